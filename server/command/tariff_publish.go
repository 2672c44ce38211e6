package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"bompass/assets"
	"bompass/server/config"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/migration"
	"bompass/server/store/pricedb"
	"bompass/shared/tariff"
)

const tariffPublishUsage = `tariff publish: write: server tariff publish --note WHY [--dry-run] [DIR | --release NUMBER]`

// tariffPublishCommand puts the price lists of a directory in force, those of this build, or those of a release before:
// tariff publish --note WHY [--dry-run] [DIR | --release NUMBER]. Running servers follow within seconds.
func tariffPublishCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("tariff publish", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	note := flags.String("note", "", "`why` the price lists are published")
	dry := flags.Bool("dry-run", false, "check the price lists and print what would change")
	number := flags.Int64("release", 0, "`number` of the release to put in force again")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("tariff publish: %w", err)
	}
	if flags.NArg() > 1 || flags.NArg() == 1 && *number > 0 || *note == "" && !*dry {
		return errors.New(tariffPublishUsage)
	}
	return WithStore(ctx, w, func(c config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		releases := pricedb.New(db)
		files, err := filesToPublish(ctx, releases, flags.Arg(0), *number, c.Mode == config.Development)
		if err != nil {
			return err
		}
		latest, err := releases.Latest(ctx)
		if err != nil {
			return err
		}
		if _, err := pricelist.Compile(pricelist.Stored{Files: files}); err != nil {
			return fmt.Errorf("nothing was published: %w", err)
		}
		printChanges(w, latest.Files, files)
		if *dry {
			return nil
		}
		published, isNew, err := pricelist.Publish(ctx, releases, files, *note)
		switch {
		case err != nil:
			return fmt.Errorf("nothing was published: %w", err)
		case !isNew:
			_, err = fmt.Fprintf(w.Out, "release %d has the same price lists and stays in force\n", published)
		default:
			_, err = fmt.Fprintf(w.Out, "release %d is in force\n", published)
		}
		return err
	})
}

// filesToPublish returns the tariff files of a directory, of a release, or of this build.
func filesToPublish(ctx context.Context, releases *pricedb.Store, dir string, number int64, demo bool) ([]tariff.File, error) {
	switch {
	case dir != "":
		files, err := tariff.Files(os.DirFS(dir))
		if err == nil && len(files) == 0 {
			err = fmt.Errorf("%s has no *.tariff files", dir)
		}
		return files, err
	case number > 0:
		r, err := releases.Release(ctx, number)
		if err == nil && r.Number == 0 {
			err = fmt.Errorf("there is no release %d; server tariff releases lists them", number)
		}
		return r.Files, err
	default:
		return BuiltInTariffs(demo)
	}
}

// printChanges prints which files a release adds, changes and removes.
func printChanges(w World, was, is []tariff.File) {
	before := map[string]string{}
	for _, f := range was {
		before[f.Name] = f.Text
	}
	for _, f := range is {
		text, known := before[f.Name]
		switch {
		case !known:
			_, _ = fmt.Fprintln(w.Out, "new     ", f.Name)
		case text != f.Text:
			_, _ = fmt.Fprintln(w.Out, "changed ", f.Name)
		}
		delete(before, f.Name)
	}
	for _, f := range was {
		if _, gone := before[f.Name]; gone {
			_, _ = fmt.Fprintln(w.Out, "removed ", f.Name)
		}
	}
}

// tariffReleasesCommand lists the releases of the price lists, the latest first.
func tariffReleasesCommand(ctx context.Context, args []string, w World) error {
	if len(args) > 0 {
		return fmt.Errorf("tariff releases takes no arguments, but %q was given", args[0])
	}
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		list, err := pricedb.New(db).List(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(w.Out, "nothing has been published; the first start of the server publishes the price lists of its build")
			return err
		}
		table := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "release\tpublished\tversion\tnote")
		for _, r := range list {
			_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", r.Number, r.Published.UTC().Format(time.DateTime), tariff.Fingerprint(r.Files), r.Note)
		}
		return table.Flush()
	})
}

// exampleSuffix ends the names of price lists with invented prices, which belong to the demo data.
const exampleSuffix = "-example.tariff"

// BuiltInTariffs returns the tariff files of this build; those with invented prices only with the demo data.
func BuiltInTariffs(demo bool) ([]tariff.File, error) {
	files, err := fs.Sub(assets.Tariff, "tariff")
	if err != nil {
		return nil, fmt.Errorf("price lists: %w", err)
	}
	list, err := tariff.Files(files)
	if err != nil {
		return nil, fmt.Errorf("price lists: %w", err)
	}
	if !demo {
		list = slices.DeleteFunc(list, func(f tariff.File) bool { return strings.HasSuffix(f.Name, exampleSuffix) })
	}
	return list, nil
}
