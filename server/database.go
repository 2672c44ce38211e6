package main

import (
	"context"
	"errors"
	"fmt"

	"bompass/server/config"
	"bompass/server/embedded"
	"bompass/server/store"
	"bompass/server/store/migration"
)

// closer is a list of functions that close what has been opened, called last first.
type closer []func()

func (c *closer) add(f func()) { *c = append(*c, f) }

func (c *closer) close() {
	for i := len(*c) - 1; i >= 0; i-- {
		(*c)[i]()
	}
	*c = nil
}

// withStore runs a command on the server's database: that of DATABASE_URL, that of the server running on the home, or
// else the home's own, started for the duration of the command.
func withStore(ctx context.Context, w world, do func(config.Config, *store.DB) error) error {
	cfg, err := w.settings()
	if err != nil {
		return err
	}
	var opened closer
	defer opened.close()
	url, err := findDatabase(ctx, cfg, &opened)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	opened.add(db.Close)
	return do(cfg, db)
}

// findDatabase returns the URL of the database, which it starts if it is the home's own and not running.
func findDatabase(ctx context.Context, cfg config.Config, opened *closer) (string, error) {
	if cfg.Database != "" {
		return string(cfg.Database), nil
	}
	home, err := embedded.OpenHome(cfg.Home)
	if errors.Is(err, embedded.ErrHeld) {
		return embedded.Running(cfg.Home)
	}
	if err != nil {
		return "", err
	}
	opened.add(func() { _ = home.Close() })
	p, err := embedded.Start(ctx, home)
	if err != nil {
		return "", err
	}
	opened.add(func() { _ = p.Stop() })
	return p.URL(), nil
}

func migrateCommand(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ config.Config, db *store.DB) error {
		n, err := migration.Up(ctx, db.Pool)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.out, "the schema is up to date; %d migrations were applied\n", n)
		return err
	})
}
