package passagedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

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

// Register returns the part of the register that vehicles, plates and tags lead to, as of one instant.
func (s *Store) Register(ctx context.Context, keys passage.RegisterKeys) (r passage.Register, err error) {
	err = s.db.Snapshot(ctx, "register", func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select version from directory_version").Scan(&r.Version); err != nil {
			return err
		}
		ids, err := vehiclesOf(ctx, tx, &keys)
		if err != nil {
			return err
		}
		return readRegister(ctx, tx, ids, keys.Tags, &r)
	})
	return r, err
}

// vehiclesOf returns the vehicles that keys lead to.
func vehiclesOf(ctx context.Context, tx pgx.Tx, keys *passage.RegisterKeys) ([]passage.ID, error) {
	countries, plates := make([]string, len(keys.Plates)), make([]string, len(keys.Plates))
	for i, p := range keys.Plates {
		countries[i], plates[i] = p.Country, p.Text
	}
	return selectIDs(ctx, tx, `select id from vehicle where id = any($1)
		union select v.id from unnest($2::text[], $3::text[]) as k (country, plate) join vehicle v on v.country = k.country::bpchar and v.plate = k.plate
		union select vehicle_id from mount where tag_id = any($4)`, uuids(keys.Vehicles), countries, plates, keys.Tags)
}

func readRegister(ctx context.Context, tx pgx.Tx, ids []passage.ID, tags []toll.TagID, r *passage.Register) (err error) {
	vehicles := uuids(ids)
	r.Tags, err = store.Select[toll.Tag](ctx, tx, "select id, agreement_id::text as agreement, status from tag where id = any($1)", tags)
	if err != nil || len(ids) == 0 {
		return err
	}
	r.Vehicles, err = store.SelectMapped(ctx, tx, vehicleRow.vehicle,
		"select id::text, country, plate, coalesce(owner_id::text, '') as owner from vehicle where id = any($1)", vehicles)
	if err != nil {
		return err
	}
	if r.Facts, err = store.SelectMapped(ctx, tx, factsRow.facts, selectFacts+ofVehicles, vehicles); err != nil {
		return err
	}
	r.Mounts, err = store.SelectMapped(ctx, tx, mountRow.mount, `select vehicle_id::text as vehicle, agreement_id::text as agreement, coalesce(tag_id, '') as tag,
		valid_from, valid_to from mount where vehicle_id = any($1)`, vehicles)
	if err != nil {
		return err
	}
	r.Agreements, err = store.SelectMapped(ctx, tx, agreementRow.agreement, `select id::text, number, customer_id::text, issuer, charger, valid_from, valid_to, blocked
		from agreement where id in (select agreement_id from mount where vehicle_id = any($1))`, vehicles)
	if err != nil {
		return err
	}
	if r.Exemptions, err = store.SelectMapped(ctx, tx, exemptionRow.exemption, selectExemptions+ofVehicles, vehicles); err != nil {
		return err
	}
	r.Supplements, err = store.SelectMapped(ctx, tx, supplementRow.supplement, selectSupplements+ofVehicles, vehicles)
	return err
}

// StationKeys returns the API keys of all stations.
func (s *Store) StationKeys(ctx context.Context) ([]passage.StationKey, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, stationKeyRow.key, "select key_hash, stations from station_key")
	if err != nil {
		return nil, fmt.Errorf("station keys: %w", err)
	}
	return list, nil
}

// feedMax is the maximum number of changes that are read; after more, looking up anew costs less.
const feedMax = 50_000

// feedKept is the number of versions that the feed reaches back, as function register_changed prunes it.
const feedKept = 100_000

type feedRow struct {
	Version     int64
	VehicleID   pgtype.UUID
	Country     *string
	Plate, Tag  *string
	StationKeys bool
}

// RegisterFeed returns what has changed in the register after a version.
func (s *Store) RegisterFeed(ctx context.Context, after int64) (feed passage.RegisterFeed, err error) {
	err = s.db.Snapshot(ctx, "register feed", func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select version from directory_version").Scan(&feed.Version); err != nil || feed.Version == after {
			return err
		}
		if feed.Incomplete = feed.Version-after >= feedKept; feed.Incomplete {
			return nil
		}
		rows, err := store.Select[feedRow](ctx, tx, `select version, vehicle_id, country, plate, tag, station_keys
			from register_feed where version > $1 order by version limit $2`, after, feedMax+1)
		if feed.Incomplete = len(rows) > feedMax; err != nil || feed.Incomplete {
			return err
		}
		for i := range rows {
			feed.StationKeys = feed.StationKeys || rows[i].StationKeys
			feed.Changes = append(feed.Changes, rows[i].change())
		}
		return nil
	})
	return feed, err
}

func (r *feedRow) change() (c passage.RegisterKeyChange) {
	c.Version, c.Vehicle = r.Version, r.VehicleID.Bytes
	if r.Plate != nil {
		c.Plate = toll.Plate{Country: *r.Country, Text: *r.Plate}
	}
	if r.Tag != nil {
		c.Tag = toll.TagID(*r.Tag)
	}
	return c
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

// ofVehicles restricts a query to vehicles.
const ofVehicles = " where vehicle_id = any($1)"

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
