package command

import (
	"context"
	"fmt"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/eid"
	"bompass/server/legacy"
	"bompass/server/partner/identity/openid"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/demo"
	"bompass/server/store/legacydb"
	"bompass/server/store/migration"
	"bompass/server/store/persondb"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

func seedCommand(ctx context.Context, w World) error {
	return WithStore(ctx, w, func(cfg config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		if err := Seed(ctx, cfg, db); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w.Out, "the demo data is complete: %d accounts, %d vehicles\n", len(fixture.Accounts()), len(fixture.Vehicles()))
		return err
	})
}

// Seed adds the demo data and accounts that can sign in.
func Seed(ctx context.Context, cfg config.Config, db *store.DB) error {
	if err := demo.Seed(ctx, db, demo.Fixture()); err != nil {
		return err
	}
	keys, err := OpenKeys(cfg)
	if err != nil {
		return err
	}
	if err := access.Seed(ctx, accessdb.New(db), keys, fixture.Accounts(), fixture.Password); err != nil {
		return err
	}
	if err := demo.SeedContacts(ctx, db, fixture.Accounts()); err != nil {
		return err
	}
	if err := seedNumbers(ctx, db, keys); err != nil {
		return err
	}
	return seedLegacy(ctx, db, keys)
}

// seedLegacy adds the customer of the legacy system, with its password there.
func seedLegacy(ctx context.Context, db *store.DB, keys seal.Keys) error {
	customer, agreement, vehicle, mount := fixture.Legacy()
	err := demo.Seed(ctx, db, demo.Data{
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

// seedNumbers adds the organisation number of Fjordfrakt and the Swedish number of Ingrid.
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
