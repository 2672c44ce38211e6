package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/dunning"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/server/store/migration"
	"bompass/shared/dun"
	"bompass/shared/oslo"
)

const (
	remindUsage  = "server billing remind [--on DAY]"
	holdUsage    = "server billing hold NUMBER --reason TEXT"
	releaseUsage = "server billing release NUMBER"
	creditUsage  = "server billing credit NUMBER --reason TEXT"
)

// Dunning returns the service that reminds of invoices of a database.
func Dunning(db *store.DB, w World) *dunning.Service {
	return dunning.NewService(billingdb.New(db), dun.Standard(), w.Now, slog.New(slog.NewTextHandler(w.Err, nil)))
}

// billingRemindCommand writes the reminders that are due today, or in development on another day. It can be repeated, and run
// beside servers that do the same.
func billingRemindCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("billing remind", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	on := flags.String("on", "", "`day` that counts as today, such as 2026-11-20; in development only")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("billing remind: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("billing remind takes no %q; write: %s", flags.Arg(0), remindUsage)
	}
	if *on != "" {
		day, err := oslo.ParseDay(*on)
		if err != nil {
			return fmt.Errorf("%q is not a day; write it as 2026-11-20", *on)
		}
		w.Now = func() time.Time { return oslo.At(day, dunning.Hour, 0, 0) }
	}
	return withMigrated(ctx, w, func(c config.Config, db *store.DB) error {
		if *on != "" && c.Mode != config.Development {
			return errors.New("letters are dated on the day on which they are sent: --on is for development only")
		}
		r, err := Dunning(db, w).Run(ctx, dunning.Scope{})
		if r.Reminders > 0 || err == nil {
			_, printed := fmt.Fprintf(w.Out, "%d reminders with fees of %s and interest of %s\n", r.Reminders, r.Fees, r.Interest)
			err = errors.Join(err, printed)
		}
		return err
	})
}

// withMigrated calls do with the migrated database.
func withMigrated(ctx context.Context, w World, do func(config.Config, *store.DB) error) error {
	return WithStore(ctx, w, func(c config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		return do(c, db)
	})
}

// numberAndReason reads the arguments of a command about one document.
func numberAndReason(name, usage string, args []string, w World) (number, reason string, err error) {
	if len(args) == 0 {
		return "", "", errors.New("write: " + usage)
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(w.Err)
	text := flags.String("reason", "", "`text` that says why; the customer reads it")
	if err := flags.Parse(args[1:]); err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	if flags.NArg() > 0 || *text == "" {
		return "", "", errors.New("write: " + usage)
	}
	return args[0], *text, nil
}

// billingHoldCommand stops the reminders of an invoice, such as one that the customer disputes.
func billingHoldCommand(ctx context.Context, args []string, w World) error {
	number, reason, err := numberAndReason("billing hold", holdUsage, args, w)
	if err != nil {
		return err
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		if err := billingdb.New(db).HoldReminders(ctx, number, reason, w.Now()); err != nil {
			return unknownInvoice(err, number)
		}
		_, err := fmt.Fprintf(w.Out, "nobody is reminded of invoice %s until: server billing release %s\n", number, number)
		return err
	})
}

// billingReleaseCommand lets reminders of an invoice be written again.
func billingReleaseCommand(ctx context.Context, args []string, w World) error {
	if len(args) != 1 {
		return errors.New("write: " + releaseUsage)
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		err := billingdb.New(db).ReleaseReminders(ctx, args[0])
		if errors.Is(err, billing.ErrNoDocument) {
			return fmt.Errorf("no reminders are stopped for an invoice %s", args[0])
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.Out, "invoice %s is reminded of again when it is overdue\n", args[0])
		return err
	})
}

// billingCreditCommand credits what is left of an invoice, and of its reminders.
func billingCreditCommand(ctx context.Context, args []string, w World) error {
	number, reason, err := numberAndReason("billing credit", creditUsage, args, w)
	if err != nil {
		return err
	}
	return withMigrated(ctx, w, func(_ config.Config, db *store.DB) error {
		notes, err := billing.Credit(ctx, billingdb.New(db), number, reason, oslo.DayOf(w.Now()))
		if errors.Is(err, billing.ErrCredited) {
			return fmt.Errorf("invoice %s is credited already", number)
		}
		if err != nil {
			return unknownInvoice(err, number)
		}
		for _, note := range notes {
			if _, err := fmt.Fprintf(w.Out, "credit note %s\n", note); err != nil {
				return err
			}
		}
		return nil
	})
}

func unknownInvoice(err error, number string) error {
	if errors.Is(err, billing.ErrNoDocument) {
		return fmt.Errorf("no invoice has the number %s", number)
	}
	return err
}
