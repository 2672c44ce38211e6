package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"text/tabwriter"

	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/disputedb"
	"bompass/shared/dispute"
)

const (
	disputesUsage = "server billing disputes [--json]"
	decideUsage   = "server billing decide NUMBER --uphold | --reject --reason TEXT [--take-back]"
)

// billingDisputesCommand lists the complaints about passages that a person has to decide.
func billingDisputesCommand(ctx context.Context, args []string, w World) error {
	asJSON := len(args) == 1 && args[0] == "--json"
	if len(args) > 0 && !asJSON {
		return fmt.Errorf("billing disputes takes no %q; write: %s", args[0], disputesUsage)
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		list, err := disputedb.New(db).Waiting(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return printLines(w.Out, list)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(w.Out, "no complaint waits")
			return err
		}
		table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "NUMBER\tSINCE\tREASON\tPASSAGE\tPASSED\tSTATION\tPLATE\tAMOUNT\tSAID")
		for _, d := range list {
			_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Number, d.At.Format("2006-01-02"), d.Reason, d.Passage, d.PassedAt.Format("2006-01-02T15:04:05Z07:00"),
				d.Station, d.Plate, d.Amount, strconv.Quote(d.Said))
		}
		return table.Flush()
	})
}

// billingDecideCommand decides a complaint. With --take-back the passage's charge is taken back, too; without it, what corrects the
// charge has been done otherwise, such as a change of the register.
func billingDecideCommand(ctx context.Context, args []string, w World) error {
	if len(args) == 0 {
		return errors.New("write: " + decideUsage)
	}
	number, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not the number of a complaint; write: %s", args[0], decideUsage)
	}
	flags := flag.NewFlagSet("billing decide", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	uphold, reject := flags.Bool("uphold", false, "the customer is right"), flags.Bool("reject", false, "the charge stands")
	back := flags.Bool("take-back", false, "take the passage's charge back")
	reason := flags.String("reason", "", "`text` that says why; the customer reads it")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("billing decide: %w", err)
	}
	if flags.NArg() > 0 || *uphold == *reject || *reason == "" || *back && *reject {
		return errors.New("write: " + decideUsage)
	}
	state := dispute.Rejected
	if *uphold {
		state = dispute.Upheld
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		done, err := disputedb.New(db).Decide(ctx, number, state, *reason, *back, w.Now())
		if err != nil {
			return err
		}
		if !done {
			return fmt.Errorf("no complaint %d waits; server billing disputes lists those that do", number)
		}
		_, err = fmt.Fprintf(w.Out, "complaint %d is %s\n", number, state)
		return err
	})
}
