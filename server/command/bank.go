package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"bompass/server/bank"
	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/bankdb"
	"bompass/server/store/migration"
)

const bankUsage = "write: server bank import FILE…, server bank export --to FOLDER, server bank unplaced [--json], server bank place REFERENCE --invoice NUMBER, or server bank return REFERENCE"

// bankCommand enters payments of the bank's files, and places those that name no invoice.
func bankCommand(ctx context.Context, args []string, w World) error {
	if len(args) == 0 {
		return errors.New(bankUsage)
	}
	do, ok := map[string]func(context.Context, []string, World, *bank.Service) error{
		"import": bankImport, "export": bankExport, "unplaced": bankUnplaced, "place": bankPlace, "return": bankReturn,
	}[args[0]]
	if !ok {
		return fmt.Errorf("bank knows no %q; %s", args[0], bankUsage)
	}
	return WithStore(ctx, w, func(c config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		s, _, err := Bank(db, c, w)
		if err != nil {
			return err
		}
		return do(ctx, args[1:], w, s)
	})
}

// Bank returns the service that enters the payments of the bank's files, and the issuer as the payee of direct debit.
func Bank(db *store.DB, c config.Config, w World) (*bank.Service, bank.Creditor, error) {
	number, err := account(c)
	if err != nil {
		return nil, bank.Creditor{}, err
	}
	if number == "" {
		return nil, bank.Creditor{}, billing.ErrNoAccount
	}
	accounts, err := bank.ParseAccounts(number, c.Reported)
	if err != nil {
		return nil, bank.Creditor{}, err
	}
	return bank.NewService(bankdb.New(db), accounts, w.Now), bank.Creditor{Unit: c.Unit, Account: number}, nil
}

// bankImport reads files in turn. A file that is wrong does not stop those after it; nothing of it is entered.
func bankImport(ctx context.Context, files []string, w World, s *bank.Service) error {
	if len(files) == 0 {
		return errors.New(bankUsage)
	}
	failed := 0
	for _, name := range files {
		r, err := bankImportFile(ctx, name, s)
		if again, ok := errors.AsType[*bank.ReadError](err); ok && again.Same {
			_, _ = fmt.Fprintf(w.Out, "%s: %s\n", name, again)
			continue
		}
		if err != nil {
			failed++
			_, _ = fmt.Fprintf(w.Err, "%s: %s; nothing of it was entered\n", name, err)
			continue
		}
		if m := r.Mandates; m != nil {
			printMandates(w, name, m)
			continue
		}
		_, _ = fmt.Fprintf(w.Out, "%s: %d payments of %s, %d on their invoices", name, r.Payments, r.Sum, r.Placed)
		if r.Known > 0 {
			_, _ = fmt.Fprintf(w.Out, " (and %d that another file had, which were not entered again)", r.Known)
		}
		if r.Unplaced > 0 {
			_, _ = fmt.Fprintf(w.Out, ", %d of %s on none (server bank unplaced lists them)", r.Unplaced, r.Waiting)
		}
		_, _ = fmt.Fprintln(w.Out)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files were not entered", failed, len(files))
	}
	return nil
}

// printMandates prints what became of a file of mandates.
func printMandates(w World, name string, m *bank.MandateResult) {
	_, _ = fmt.Fprintf(w.Out, "%s: %d mandates are valid, %d have ended", name, m.Valid, m.Ended)
	if len(m.Unknown) > 0 {
		_, _ = fmt.Fprintf(w.Out, "; no invoice of an agreement has the KID %s", strings.Join(m.Unknown, ", "))
	}
	_, _ = fmt.Fprintln(w.Out)
}

func bankImportFile(ctx context.Context, name string, s *bank.Service) (bank.Result, error) {
	info, err := os.Stat(name)
	if err == nil && info.Size() > bank.SizeMax {
		err = bank.ErrSize
	}
	if err != nil {
		return bank.Result{}, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return bank.Result{}, err
	}
	return s.Import(ctx, filepath.Base(name), data)
}

// bankUnplaced lists payments that stand on no invoice.
func bankUnplaced(ctx context.Context, args []string, w World, s *bank.Service) error {
	asJSON := len(args) == 1 && args[0] == "--json"
	if len(args) > 0 && !asJSON {
		return fmt.Errorf("bank unplaced takes no %q; %s", args[0], bankUsage)
	}
	list, err := s.Unplaced(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printLines(w.Out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w.Out, "every payment is on an invoice")
		return err
	}
	table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "REFERENCE\tDAY\tAMOUNT\tKID\tREASON\tMAY BE FOR")
	for i := range list {
		u := &list[i]
		var may []string
		for _, p := range u.Proposals {
			may = append(may, fmt.Sprintf("%s (%s outstanding, by its %s)", p.Number, p.Outstanding, p.Why))
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", u.Reference, u.On, u.Amount, u.KID, u.Reason, strings.Join(may, ", "))
	}
	return table.Flush()
}

// bankPlace enters an unplaced payment for an invoice.
func bankPlace(ctx context.Context, args []string, w World, s *bank.Service) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return errors.New(bankUsage)
	}
	flags := flag.NewFlagSet("bank place", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	number := flags.String("invoice", "", "`number` of the invoice")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("bank place: %w", err)
	}
	if flags.NArg() > 0 || *number == "" {
		return errors.New(bankUsage)
	}
	if err := s.Place(ctx, args[0], *number); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	_, err := fmt.Fprintf(w.Out, "%s is entered for invoice %s\n", args[0], *number)
	return err
}

// bankReturn takes a payment from its invoice.
func bankReturn(ctx context.Context, args []string, w World, s *bank.Service) error {
	if len(args) != 1 {
		return errors.New(bankUsage)
	}
	if err := s.Return(ctx, args[0]); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	_, err := fmt.Fprintf(w.Out, "%s is on no invoice now\n", args[0])
	return err
}
