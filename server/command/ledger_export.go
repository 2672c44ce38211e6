package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/ledger/sie"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/shared/oslo"
	"bompass/shared/rating"
)

const exportUsage = "write: server ledger export --month YYYY-MM --to FILE [--chart FILE]"

// ledgerExportCommand writes the postings of a month as SIE, and prints the sums that the accounting system must show.
func ledgerExportCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("ledger export", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	period := flags.String("month", "", "`month` of the postings, such as 2026-11")
	to := flags.String("to", "", "`file` to write")
	own := flags.String("chart", "", "`file` with a chart of accounts of one's own")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("ledger export: %w", err)
	}
	if flags.NArg() > 0 || *period == "" || *to == "" {
		return errors.New(exportUsage)
	}
	month, err := monthOf(*period)
	if err != nil {
		return err
	}
	chart, err := chartOf(*own)
	if err != nil {
		return err
	}
	return withBooks(ctx, w, func(c config.Config, db *store.DB, _ *rating.Plan) error {
		if c.Issuer.Name == "" {
			return billing.ErrNoIssuer
		}
		return exportLedger(ctx, billingdb.New(db), month, *to, w, func(f io.Writer) *sie.Writer {
			return sie.NewWriter(f, chart, c.Issuer.Name, w.Now())
		})
	})
}

func chartOf(file string) (sie.Chart, error) {
	if file == "" {
		return sie.Standard(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("chart of accounts: %w", err)
	}
	defer func() { _ = f.Close() }()
	chart, err := sie.ReadChart(f)
	if err != nil {
		return nil, fmt.Errorf("chart of accounts %s: %w", file, err)
	}
	return chart, nil
}

// exportLedger writes the file under another name first, so that no half a month is imported.
func exportLedger(ctx context.Context, st *billingdb.Store, month oslo.Month, to string, w World, begin func(io.Writer) *sie.Writer) error {
	part := to + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("ledger export: %w", err)
	}
	out := begin(f)
	err = st.Postings(ctx, month, out.Add)
	if err = errors.Join(err, out.Close(), f.Close()); err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("ledger export: %w", err), os.Remove(part))
	}
	vouchers, sums := out.Sums()
	if _, err := fmt.Fprintf(w.Out, "%s: %d vouchers in %s\n", month, vouchers, to); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', tabwriter.AlignRight)
	for _, s := range sums {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t\n", s.Number, s.Account, s.Amount)
	}
	return table.Flush()
}
