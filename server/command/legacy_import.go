package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/legacy"
	"bompass/server/store"
	"bompass/server/store/legacydb"
	"bompass/server/store/migration"
)

// legacyCommand imports files of the legacy system, each in one transaction: a file with a wrong line changes
// nothing. See assets/docs/legacy.md.
func legacyCommand(ctx context.Context, args []string, w World) error {
	usage := errors.New("write: server legacy import [--dry-run] FILE…, or - for standard input")
	if len(args) == 0 || args[0] != "import" {
		return usage
	}
	flags := flag.NewFlagSet("legacy import", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	dry := flags.Bool("dry-run", false, "check the files and change nothing")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return usage
	}
	for _, name := range flags.Args() { // before the database is opened
		if _, err := os.Stat(name); name != "-" && err != nil {
			return fmt.Errorf("open: %w", err)
		}
	}
	return WithStore(ctx, w, func(cfg config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		keys, err := OpenKeys(cfg)
		if err != nil {
			return err
		}
		for _, name := range flags.Args() {
			if err := importFile(ctx, legacydb.New(db), keys, name, *dry, w); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}

// importFile imports one file and prints what it has added, or the lines that are wrong.
func importFile(ctx context.Context, db *legacydb.Store, keys seal.Keys, name string, dry bool, w World) error {
	in := w.In
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("open: %w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	kind, rows, problems, err := legacy.ReadFile(in, keys, w.Now())
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	var result legacy.Result
	if len(problems) == 0 {
		if result, err = db.Import(ctx, rows, dry); err != nil {
			return fmt.Errorf("nothing was imported: %w", err)
		}
		problems = result.Problems
	}
	if len(problems) > 0 {
		for _, p := range problems {
			_, _ = fmt.Fprintf(w.Err, "%s: %s\n", name, p)
		}
		return fmt.Errorf("nothing was imported: %s", problems[0])
	}
	verb := "imported"
	if dry {
		verb = "would be imported"
	}
	_, err = fmt.Fprintf(w.Out, "%s: %d %s %s, %d are there already\n", name, result.Added, kind, verb, result.Unchanged)
	return err
}
