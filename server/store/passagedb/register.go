package passagedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage"
	"bompass/server/store"
	"bompass/shared/toll"
)

// RegisterVersion returns the version of the register, which every change to its tables increases.
func (s *Store) RegisterVersion(ctx context.Context) (version int64, err error) {
	err = s.db.Pool.QueryRow(ctx, "select version from directory_version").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("register version: %w", err)
	}
	return version, nil
}

// Register returns the register that vehicles and payers are found by, as of one instant.
func (s *Store) Register(ctx context.Context) (r passage.Register, err error) {
	err = s.db.Snapshot(ctx, "register", func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select version from directory_version").Scan(&r.Version); err != nil {
			return err
		}
		return readRegister(ctx, tx, &r)
	})
	return r, err
}

func readRegister(ctx context.Context, tx pgx.Tx, r *passage.Register) (err error) {
	r.Agreements, err = store.SelectMapped(ctx, tx, agreementRow.agreement,
		"select id::text, number, customer_id::text, issuer, charger, valid_from, valid_to, blocked from agreement")
	if err != nil {
		return err
	}
	r.Vehicles, err = store.SelectMapped(ctx, tx, vehicleRow.vehicle, "select id::text, country, plate, coalesce(owner_id::text, '') as owner from vehicle")
	if err != nil {
		return err
	}
	if r.Facts, err = store.SelectMapped(ctx, tx, factsRow.facts, selectFacts); err != nil {
		return err
	}
	r.Tags, err = store.Select[toll.Tag](ctx, tx, "select id, agreement_id::text as agreement, status from tag")
	if err != nil {
		return err
	}
	r.Mounts, err = store.SelectMapped(ctx, tx, mountRow.mount,
		"select vehicle_id::text as vehicle, agreement_id::text as agreement, coalesce(tag_id, '') as tag, valid_from, valid_to from mount")
	if err != nil {
		return err
	}
	if r.Exemptions, err = store.SelectMapped(ctx, tx, exemptionRow.exemption, selectExemptions); err != nil {
		return err
	}
	if r.Supplements, err = store.SelectMapped(ctx, tx, supplementRow.supplement, selectSupplements); err != nil {
		return err
	}
	r.Keys, err = store.SelectMapped(ctx, tx, stationKeyRow.key, "select key_hash, stations from station_key")
	return err
}

// period is a validity as it is stored.
type period struct {
	ValidFrom time.Time
	ValidTo   *time.Time
}

type agreementRow struct {
	ID, Number, CustomerID, Issuer, Charger string
	Blocked                                 bool
	period
}

func (r agreementRow) agreement() toll.Agreement {
	return toll.Agreement{
		ID: toll.AgreementID(r.ID), Number: r.Number, Customer: toll.CustomerID(r.CustomerID), Issuer: toll.IssuerID(r.Issuer),
		Charger: toll.ChargerID(r.Charger), Validity: validity(r.ValidFrom, r.ValidTo), Blocked: r.Blocked,
	}
}

type vehicleRow struct {
	ID             toll.VehicleID
	Country, Plate string
	Owner          toll.CustomerID
}

func (r vehicleRow) vehicle() toll.Vehicle {
	return toll.Vehicle{ID: r.ID, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Owner: r.Owner}
}

const selectFacts = "select vehicle_id::text as vehicle, valid_from, valid_to, category, weight_kg, fuel, plug_in, euro, length_mm from vehicle_facts"

type factsRow struct {
	Vehicle        toll.VehicleID
	Category       string
	WeightKG       int
	Fuel           toll.Fuel
	PlugIn         bool
	Euro, LengthMM int
	period
}

func (r factsRow) facts() passage.DatedFacts {
	return passage.DatedFacts{
		Vehicle: r.Vehicle, LengthMM: r.LengthMM, Validity: validity(r.ValidFrom, r.ValidTo),
		Facts: toll.Facts{Category: r.Category, WeightKG: r.WeightKG, Fuel: r.Fuel, PlugIn: r.PlugIn, Euro: r.Euro},
	}
}

type mountRow struct {
	Vehicle   toll.VehicleID
	Agreement toll.AgreementID
	Tag       toll.TagID
	period
}

func (r mountRow) mount() toll.Mount {
	return toll.Mount{Vehicle: r.Vehicle, Agreement: r.Agreement, Tag: r.Tag, Validity: validity(r.ValidFrom, r.ValidTo)}
}

const selectExemptions = "select vehicle_id::text as vehicle, kind, valid_from, valid_to from exemption"

type exemptionRow struct {
	Vehicle toll.VehicleID
	Kind    toll.ExemptionKind
	period
}

func (r exemptionRow) exemption() toll.Exemption {
	return toll.Exemption{Vehicle: r.Vehicle, Kind: r.Kind, Validity: validity(r.ValidFrom, r.ValidTo)}
}

const selectSupplements = "select vehicle_id::text as vehicle, product, valid_from, valid_to from supplement"

type supplementRow struct {
	Vehicle toll.VehicleID
	Product string
	period
}

func (r supplementRow) supplement() toll.Supplement {
	return toll.Supplement{Vehicle: r.Vehicle, Product: r.Product, Validity: validity(r.ValidFrom, r.ValidTo)}
}

type stationKeyRow struct {
	KeyHash  []byte
	Stations []string
}

func (r stationKeyRow) key() (k passage.StationKey) {
	copy(k.Hash[:], r.KeyHash)
	k.Stations = r.Stations
	return k
}
