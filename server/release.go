package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"

	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
)

// releaseCommand lets passages out of the quarantine. It leaves a note in the database; the server that
// runs on it feeds them in within seconds, or the next one that starts.
func releaseCommand(ctx context.Context, args []string, w world) error {
	flags := flag.NewFlagSet("quarantine release", flag.ContinueOnError)
	flags.SetOutput(w.err)
	everything := flags.Bool("all", false, "release everything that waits")
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
	return withStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		n, err := passagedb.New(db).Release(ctx, ids, w.now())
		if err != nil {
			return err
		}
		if n < len(ids) {
			_, _ = fmt.Fprintf(w.err, "%d of %d do not wait: there is no such id, or they are released already\n", len(ids)-n, len(ids))
		}
		_, err = fmt.Fprintf(w.out, "%d passages are released; the running server feeds them in, or the next one that starts\n", n)
		return err
	})
}

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
