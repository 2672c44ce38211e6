package command

import (
	"context"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"bompass/server/config"
	"bompass/server/partner/card"
	"bompass/server/payment"
	"bompass/server/store"
	"bompass/server/store/paymentdb"
)

const paymentsUsage = "write: server payments [--json]"

// paymentsCommand lists the payments by card that stand on no invoice, and why.
func paymentsCommand(ctx context.Context, args []string, w World) error {
	asJSON := len(args) == 1 && args[0] == "--json"
	if len(args) > 0 && !asJSON {
		return fmt.Errorf("payments takes no %q; %s", args[0], paymentsUsage)
	}
	return withMigrated(ctx, w, func(c config.Config, db *store.DB) error {
		payments := payment.NewService(paymentdb.New(db), card.Unconfigured{Variable: "BOMPASS_CARD_URL"}, c.PublicURL, w.Now, slog.New(slog.NewTextHandler(w.Err, nil)))
		list, err := payments.Unplaced(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return printLines(w.Out, list)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(w.Out, "every payment by card stands on an invoice")
			return err
		}
		table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "PAYMENT\tPAID\tRECEIVED\tCURRENCY\tREFERENCE\tWHY")
		for i := range list {
			p := &list[i]
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, p.Paid.UTC().Format("2006-01-02 15:04Z"), p.Received, p.Currency, p.Reference, p.Reason)
		}
		return table.Flush()
	})
}
