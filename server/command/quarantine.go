package command

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
)

// quarantineCommand lists the quarantined passages, as a table or as JSON, or releases them.
func quarantineCommand(ctx context.Context, args []string, w World) error {
	if len(args) > 0 && args[0] == "release" {
		return releaseCommand(ctx, args[1:], w)
	}
	flags := flag.NewFlagSet("quarantine", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	asJSON := flags.Bool("json", false, "one JSON object a line")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("quarantine: %q is neither release nor --json; server help shows both", flags.Arg(0))
	}
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		list, err := passagedb.New(db).QuarantineList(ctx)
		if err != nil {
			return err
		}
		if *asJSON {
			return printLines(w.Out, list)
		}
		return printQuarantine(w.Out, list)
	})
}

// printLines prints a list as one JSON object a line.
func printLines[T any](out io.Writer, list []T) error {
	encoder := json.NewEncoder(out)
	for _, q := range list {
		if err := encoder.Encode(q); err != nil {
			return err
		}
	}
	return nil
}

// printQuarantine prints the quarantined passages as a table.
func printQuarantine(out io.Writer, list []passagedb.Waiting) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "the quarantine is empty")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tRECEIVED\tREASON\tPASSAGE\tOBSERVATION")
	for _, q := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", q.ID, q.ReceivedAt.UTC().Format("2006-01-02 15:04:05Z"), q.Code, q.MessageKey, q.Observation)
	}
	return table.Flush()
}

// releaseCommand releases passages from quarantine. It marks them in the database; the server that runs on it processes
// them within seconds, or the next one that starts.
func releaseCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("quarantine release", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	everything := flags.Bool("all", false, "release all passages")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ids, err := rowsOf(flags.Args())
	if err != nil {
		return err
	}
	if *everything == (len(ids) > 0) {
		return errors.New("release what? write: server quarantine release ID… or server quarantine release --all; server quarantine lists the ids")
	}
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		n, err := passagedb.New(db).Release(ctx, ids, w.Now())
		if err != nil {
			return err
		}
		if n < len(ids) {
			_, _ = fmt.Fprintf(w.Err, "%d of %d are not in quarantine: the id is unknown, or the passage is released already\n", len(ids)-n, len(ids))
		}
		_, err = fmt.Fprintf(w.Out, "%d passages are released; the running server processes them, or the next one that starts\n", n)
		return err
	})
}

// rowsOf parses ids of the quarantine.
func rowsOf(args []string) (ids []int64, err error) {
	for _, text := range args {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not an id of the quarantine; server quarantine lists them", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
