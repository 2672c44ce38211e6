package command

import (
	"context"
	"errors"
	"fmt"

	"bompass/server/config"
	"bompass/server/embedded"
	"bompass/server/store"
	"bompass/server/store/migration"
)

// WithStore runs a command on the server's database: that of DATABASE_URL, that of the server running on the home, or
// else the home's own, started for the duration of the command.
func WithStore(ctx context.Context, w World, do func(config.Config, *store.DB) error) error {
	cfg, err := w.Settings()
	if err != nil {
		return err
	}
	url, stop, err := findDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer stop()
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	return do(cfg, db)
}

// findDatabase returns the URL of the database, which it starts if it is the home's own and not running. Stop stops
// what it has started.
func findDatabase(ctx context.Context, cfg config.Config) (url string, stop func(), err error) {
	nothing := func() {}
	if cfg.Database != "" {
		return string(cfg.Database), nothing, nil
	}
	home, err := embedded.OpenHome(cfg.Home)
	if errors.Is(err, embedded.ErrHeld) {
		url, err = embedded.Running(cfg.Home)
		return url, nothing, err
	}
	if err != nil {
		return "", nothing, err
	}
	p, err := embedded.Start(ctx, home)
	if err != nil {
		_ = home.Close()
		return "", nothing, err
	}
	return p.URL(), func() { _ = p.Stop(); _ = home.Close() }, nil
}

func migrateCommand(ctx context.Context, w World) error {
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		n, err := migration.Up(ctx, db.Pool)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.Out, "the schema is up to date; %d migrations were applied\n", n)
		return err
	})
}
