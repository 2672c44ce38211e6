package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/shared/ident"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// billingPaidCommand enters a payment of the bank statement. The bank's reference distinguishes payments, so that one that is
// entered twice counts once.
func billingPaidCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("billing paid", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	kid := flags.String("kid", "", "`KID` of the invoice or a reminder of it")
	amount := flags.String("amount", "", "`kroner`, such as 1234,50")
	on := flags.String("on", "", "`day` of the payment, such as 2026-11-20")
	reference := flags.String("reference", "", "the bank's `reference` of the payment")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("billing paid: %w", err)
	}
	if flags.NArg() > 0 || *kid == "" || *amount == "" || *on == "" || *reference == "" {
		return errors.New("write: " + paidUsage)
	}
	p := billing.Payment{Reference: *reference}
	var problem ident.Problem
	if p.KID, problem = ident.KID(*kid, ident.KIDMod10); problem != ident.None {
		return fmt.Errorf("%q is not a KID of ours", *kid)
	}
	var err error
	if p.Amount, err = money.Parse(strings.Replace(*amount, ",", ".", 1)); err != nil || p.Amount <= 0 {
		return fmt.Errorf("%q is not an amount that can be paid; write it as 1234,50", *amount)
	}
	if p.On, err = oslo.ParseDay(*on); err != nil {
		return fmt.Errorf("%q is not a day; write it as 2026-11-20", *on)
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		number, isNew, err := billingdb.New(db).Pay(ctx, p)
		switch {
		case errors.Is(err, billing.ErrUnknownKID):
			return fmt.Errorf("no invoice has the KID %s", p.KID)
		case err != nil:
			return err
		case !isNew:
			_, err = fmt.Fprintf(w.Out, "the payment %q is entered already\n", p.Reference)
		default:
			_, err = fmt.Fprintf(w.Out, "%s were paid for invoice %s\n", p.Amount, number)
		}
		return err
	})
}
