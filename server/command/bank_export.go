package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"

	"bompass/server/bank"
	"bompass/server/bank/folder"
)

// bankExport writes the claims of AvtaleGiro for the bank.
func bankExport(ctx context.Context, args []string, w World, s *bank.Service) error {
	flags := flag.NewFlagSet("bank export", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	to := flags.String("to", "", "`folder` that the files are written to")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("bank export: %w", err)
	}
	if flags.NArg() > 0 || *to == "" {
		return errors.New(bankUsage)
	}
	c, err := w.Settings()
	if err != nil {
		return err
	}
	if c.Unit == "" {
		return errors.New("claims need the number that the banks know the issuer by; set BOMPASS_DIRECT_DEBIT to its customer unit")
	}
	number, err := account(c)
	if err != nil {
		return err
	}
	files, err := s.Export(ctx, bank.Creditor{Unit: c.Unit, Account: number}, func(name string, data []byte) error {
		_, _ = fmt.Fprintln(w.Out, filepath.Join(*to, name))
		return folder.WriteWhole(filepath.Join(*to, name), data)
	})
	if err == nil && files == 0 {
		_, err = fmt.Fprintln(w.Out, "there is nothing to claim")
	}
	return err
}
