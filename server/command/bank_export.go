package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"bompass/server/bank"
)

// bankExport writes the claims of AvtaleGiro for the bank.
func bankExport(ctx context.Context, args []string, w World, s *bank.Service) error {
	flags := flag.NewFlagSet("bank export", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	folder := flags.String("to", "", "`folder` that the files are written to")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("bank export: %w", err)
	}
	if flags.NArg() > 0 || *folder == "" {
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
		_, _ = fmt.Fprintln(w.Out, filepath.Join(*folder, name))
		return writeWhole(filepath.Join(*folder, name), data)
	})
	if err == nil && files == 0 {
		_, err = fmt.Fprintln(w.Out, "there is nothing to claim")
	}
	return err
}

// writeWhole writes a file under another name and renames it when it is complete, so that nobody reads a part of it.
func writeWhole(path string, data []byte) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(part, path)
}
