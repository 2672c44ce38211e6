package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/ledger"
	"bompass/server/passage/reading"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
	"bompass/server/store/pricedb"
	"bompass/shared/fixture"
	"bompass/shared/ident"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

const (
	billingUsage = "write: server billing run [--period YYYY-MM], server billing held [--json], " + paidUsage + ", " + remindUsage + ", " + holdUsage + ", " +
		releaseUsage + ", " + creditUsage + ", " + disputesUsage + ", " + decideUsage + ", or " + ehfUsage
	paidUsage   = "server billing paid --kid KID --amount KRONER --on DAY --reference TEXT"
	ledgerUsage = "write: server ledger check [--since YYYY-MM]"
)

// billingCommand makes the invoices of a month, writes one as a file, takes payments, reminds, credits, decides complaints, or lists
// the payers to whom nothing is invoiced.
func billingCommand(ctx context.Context, args []string, w World) error {
	if len(args) == 0 {
		return errors.New(billingUsage)
	}
	do, ok := map[string]func(context.Context, []string, World) error{
		"run": billingRunCommand, "held": billingHeldCommand, "paid": billingPaidCommand, "ehf": billingEHFCommand, "remind": billingRemindCommand,
		"hold": billingHoldCommand, "release": billingReleaseCommand, "credit": billingCreditCommand,
		"disputes": billingDisputesCommand, "decide": billingDecideCommand,
	}[args[0]]
	if !ok {
		return errors.New(billingUsage)
	}
	return do(ctx, args[1:], w)
}

// billingRunCommand makes the invoices of a month, by default of the latest one that can be invoiced. It can be repeated, and
// run beside servers that do the same.
func billingRunCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("billing run", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	period := flags.String("period", "", "`month` of the passages, such as 2026-11")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("billing run: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("billing run takes no %q; %s", flags.Arg(0), billingUsage)
	}
	month, err := monthOf(*period)
	if err != nil {
		return err
	}
	return withBooks(ctx, w, func(c config.Config, db *store.DB, plan *rating.Plan) error {
		s, err := Billing(db, func() *rating.Plan { return plan }, c, w)
		if err != nil {
			return err
		}
		if *period == "" {
			month = s.Newest()
		}
		r, err := s.Run(ctx, month)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.Out, "%s: %d invoices of %s, %d payers have one already, %d wait for the next month, %d are held\n",
			month, r.Invoices, r.Total, r.Done, r.Waiting, r.Held)
		if err == nil && r.Held > 0 {
			_, err = fmt.Fprintln(w.Out, "server billing held says why")
		}
		return err
	})
}

// monthOf parses a month; the empty text is the zero month.
func monthOf(text string) (oslo.Month, error) {
	if text == "" {
		return 0, nil
	}
	month, err := oslo.ParseMonth(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a month; write it as 2026-11", text)
	}
	return month, nil
}

// billingHeldCommand lists the payers to whom nothing is invoiced until a person has looked at it.
func billingHeldCommand(ctx context.Context, args []string, w World) error {
	asJSON := len(args) == 1 && args[0] == "--json"
	if len(args) > 0 && !asJSON {
		return fmt.Errorf("billing held takes no %q; %s", args[0], billingUsage)
	}
	return withBooks(ctx, w, func(_ config.Config, db *store.DB, _ *rating.Plan) error {
		list, err := billingdb.New(db).Held(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return printLines(w.Out, list)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(w.Out, "nothing is held")
			return err
		}
		table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "AGREEMENT\tCUSTOMER\tSINCE\tREASON")
		for _, h := range list {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", h.Number, h.Customer, h.Since.UTC().Format("2006-01-02"), h.Reason)
		}
		return table.Flush()
	})
}

// ledgerCommand recomputes the books from passages up, or writes them for an accounting system.
func ledgerCommand(ctx context.Context, args []string, w World) error {
	if len(args) > 0 && args[0] == "export" {
		return ledgerExportCommand(ctx, args[1:], w)
	}
	if len(args) == 0 || args[0] != "check" {
		return errors.New(ledgerUsage + ", or " + exportUsage[len("write: "):])
	}
	flags := flag.NewFlagSet("ledger check", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	since := flags.String("since", "", "`month` from which on passages are rated again; all months without it")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("ledger check: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("ledger check takes no %q; %s", flags.Arg(0), ledgerUsage)
	}
	month, err := monthOf(*since)
	if err != nil {
		return err
	}
	return withBooks(ctx, w, func(_ config.Config, db *store.DB, plan *rating.Plan) error {
		difference, err := Books(db, func() *rating.Plan { return plan }, w).Check(ctx, month)
		if err != nil {
			return err
		}
		if difference != "" {
			return fmt.Errorf("the books differ: %s", difference)
		}
		_, err = fmt.Fprintln(w.Out, "passages, lines, invoices and ledger agree")
		return err
	})
}

// withBooks calls do with the migrated database and the price lists in force.
func withBooks(ctx context.Context, w World, do func(config.Config, *store.DB, *rating.Plan) error) error {
	return WithStore(ctx, w, func(c config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		latest, err := pricedb.New(db).Latest(ctx)
		if err != nil {
			return err
		}
		if latest.Number == 0 {
			if latest.Files, err = BuiltInTariffs(c.Mode == config.Development); err != nil {
				return err
			}
		}
		release, err := pricelist.Compile(latest)
		if err != nil {
			return err
		}
		return do(c, db, release.Plan)
	})
}

// account returns the number of the account that invoices are paid to, empty if none is set.
func account(c config.Config) (string, error) {
	switch {
	case c.Account != "":
		number, problem := ident.Account(c.Account)
		if problem != ident.None {
			return "", fmt.Errorf("BOMPASS_ACCOUNT: %q is not the number of a Norwegian bank account; write its eleven digits, such as %s", c.Account, fixture.BankAccount)
		}
		return number, nil
	case c.Mode == config.Development:
		return fixture.BankAccount, nil
	}
	return "", nil
}

// Billing returns the service that makes invoices on a database, with the price lists in force.
func Billing(db *store.DB, plan func() *rating.Plan, c config.Config, w World) (_ *billing.Service, err error) {
	settings := billing.Standard()
	if settings.Account, err = account(c); err != nil {
		return nil, err
	}
	stations := func() billing.Stations {
		return func(id toll.StationID) (tariff.Station, bool) { return plan().Station(id) }
	}
	return billing.NewService(billingdb.New(db), stations, prices(db, plan), settings, w.Now, slog.New(slog.NewTextHandler(w.Err, nil))), nil
}

// Books returns the check of the books of a database.
func Books(db *store.DB, plan func() *rating.Plan, w World) *ledger.Checker {
	return ledger.NewChecker(billingdb.New(db), prices(db, plan), w.Now, slog.New(slog.NewTextHandler(w.Err, nil)))
}

// prices returns the check of charges that customers use, too.
func prices(db *store.DB, plan func() *rating.Plan) billing.Recheck {
	return billing.Recheck{Months: reading.NewService(passagedb.New(db), plan), Plan: plan}
}
