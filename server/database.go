package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/eid"
	"bompass/server/embedded"
	"bompass/server/legacy"
	"bompass/server/partner/identity/openid"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/demo"
	"bompass/server/store/legacydb"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
	"bompass/server/store/persondb"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// closer undoes what has been opened, last first.
type closer []func()

func (c *closer) add(f func()) { *c = append(*c, f) }

func (c *closer) close() {
	for i := len(*c) - 1; i >= 0; i-- {
		(*c)[i]()
	}
	*c = nil
}

// withStore runs a command on the database that the server uses: the one named by DATABASE_URL, that
// of the server running on the home, or else the home's own, started for the while.
func withStore(ctx context.Context, w world, do func(config.Config, *store.DB) error) error {
	cfg, err := config.Read(w.getenv)
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
		_, err = fmt.Fprintf(w.out, "the schema is up to date; %d steps were taken\n", n)
		return err
	})
}

func seedCommand(ctx context.Context, w world) error {
	return withStore(ctx, w, func(cfg config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		if err := seed(ctx, cfg, db); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w.out, "the cast is there: %d accounts, %d vehicles\n", len(fixture.Accounts()), len(fixture.Vehicles()))
		return err
	})
}

// seed adds the cast with the people who can sign in.
func seed(ctx context.Context, cfg config.Config, db *store.DB) error {
	if err := demo.Seed(ctx, db, demo.Fixture()); err != nil {
		return err
	}
	keys, err := openKeys(cfg)
	if err != nil {
		return err
	}
	if err := access.Seed(ctx, accessdb.New(db), keys, fixture.Accounts(), fixture.Password); err != nil {
		return err
	}
	if err := seedNumbers(ctx, db, keys); err != nil {
		return err
	}
	return seedLegacy(ctx, db, keys)
}

// seedLegacy adds the customer that came over from the system before, with its password there.
func seedLegacy(ctx context.Context, db *store.DB, keys seal.Keys) error {
	customer, agreement, vehicle, mount := fixture.Legacy()
	err := demo.Seed(ctx, db, demo.Cast{
		Customers: []toll.Customer{customer}, Agreements: []toll.Agreement{agreement}, Vehicles: []toll.Vehicle{vehicle},
		Mounts: []toll.Mount{mount}, Since: agreement.From,
	})
	if err != nil {
		return err
	}
	hash, err := legacy.ParseHash(fixture.LegacyHash)
	if err != nil {
		return err
	}
	line := legacy.Line{Number: fixture.LegacyNumber, Agreement: fixture.LegacyNumber}
	return legacydb.New(db).SaveCredentials(ctx, []legacy.Credential{legacy.Seal(keys, line, hash, agreement.From)})
}

// seedNumbers adds what the cast is known by outside: Fjordfrakt in the register of organisations, and
// Ingrid in Sweden.
func seedNumbers(ctx context.Context, db *store.DB, keys seal.Keys) error {
	if err := persondb.New(db).AddOrganisation(ctx, fixture.FjordfraktOrganisation, fixture.Fjordfrakt); err != nil {
		return err
	}
	accounts := accessdb.New(db)
	ingrid, err := accounts.AccountByEmail(ctx, "ingrid@bompass.example")
	if err != nil {
		return err
	}
	return accounts.AddNumber(ctx, ingrid.ID, eid.NewNumber(keys, ingrid.ID, openid.Sweden, fixture.IngridNumber))
}

func quarantineCommand(ctx context.Context, args []string, w world) error {
	if len(args) > 0 && args[0] == "release" {
		return releaseCommand(ctx, args[1:], w)
	}
	flags := flag.NewFlagSet("quarantine", flag.ContinueOnError)
	flags.SetOutput(w.err)
	asJSON := flags.Bool("json", false, "one JSON object a line")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("quarantine: %q is neither release nor --json; server help shows both", flags.Arg(0))
	}
	return withStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		list, err := passagedb.New(db).QuarantineList(ctx)
		if err != nil {
			return err
		}
		if *asJSON {
			return printLines(w.out, list)
		}
		return printWaiting(w.out, list)
	})
}

func printLines[T any](out io.Writer, list []T) error {
	encoder := json.NewEncoder(out)
	for _, q := range list {
		if err := encoder.Encode(q); err != nil {
			return err
		}
	}
	return nil
}

func printWaiting(out io.Writer, list []passagedb.Waiting) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "nothing waits for a person")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tRECEIVED\tREASON\tPASSAGE\tOBSERVATION")
	for _, q := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", q.ID, q.ReceivedAt.UTC().Format("2006-01-02 15:04:05Z"), q.Code, q.MessageKey, q.Observation)
	}
	return table.Flush()
}
