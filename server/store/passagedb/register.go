package passagedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage"
	"bompass/shared/toll"
)

// RegisterVersion counts every change to what a payer is found by.
func (s *Store) RegisterVersion(ctx context.Context) (version int64, err error) {
	err = s.db.Pool.QueryRow(ctx, "select version from directory_version").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("register version: %w", err)
	}
	return version, nil
}

// Register returns everything that a payer is found by, as of one instant.
func (s *Store) Register(ctx context.Context) (r passage.Register, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.db.Pool, snapshot, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select version from directory_version").Scan(&r.Version); err != nil {
			return err
		}
		return readRegister(ctx, tx, &r)
	})
	if err != nil {
		return r, fmt.Errorf("register: %w", err)
	}
	return r, nil
}

func readRegister(ctx context.Context, tx pgx.Tx, r *passage.Register) (err error) {
	r.Agreements, err = all(ctx, tx, `select id, number, customer_id, issuer, charger, valid_from, valid_to, blocked from agreement`,
		func(row pgx.CollectableRow) (a toll.Agreement, err error) {
			var to *time.Time
			err = row.Scan(&a.ID, &a.Number, &a.Customer, &a.Issuer, &a.Charger, &a.From, &to, &a.Blocked)
			a.Validity = validity(a.From, to)
			return a, err
		})
	if err != nil {
		return err
	}
	r.Vehicles, err = all(ctx, tx, `select id, country, plate, coalesce(owner_id::text, '') from vehicle`,
		func(row pgx.CollectableRow) (v toll.Vehicle, err error) {
			err = row.Scan(&v.ID, &v.Plate.Country, &v.Plate.Text, &v.Owner)
			return v, err
		})
	if err != nil {
		return err
	}
	r.Facts, err = all(ctx, tx, `select vehicle_id, valid_from, valid_to, category, weight_kg, fuel, plug_in, euro, length_mm from vehicle_facts`,
		func(row pgx.CollectableRow) (f passage.DatedFacts, err error) {
			var to *time.Time
			err = row.Scan(&f.Vehicle, &f.From, &to, &f.Facts.Category, &f.Facts.WeightKG, &f.Facts.Fuel, &f.Facts.PlugIn, &f.Facts.Euro, &f.LengthMM)
			f.Validity = validity(f.From, to)
			return f, err
		})
	if err != nil {
		return err
	}
	return readMounts(ctx, tx, r)
}

func readMounts(ctx context.Context, tx pgx.Tx, r *passage.Register) (err error) {
	r.Tags, err = all(ctx, tx, `select id, agreement_id, status from tag`,
		func(row pgx.CollectableRow) (t toll.Tag, err error) {
			err = row.Scan(&t.ID, &t.Agreement, &t.Status)
			return t, err
		})
	if err != nil {
		return err
	}
	r.Mounts, err = all(ctx, tx, `select vehicle_id, agreement_id, coalesce(tag_id, ''), valid_from, valid_to from mount`,
		func(row pgx.CollectableRow) (m toll.Mount, err error) {
			var to *time.Time
			err = row.Scan(&m.Vehicle, &m.Agreement, &m.Tag, &m.From, &to)
			m.Validity = validity(m.From, to)
			return m, err
		})
	if err != nil {
		return err
	}
	r.Exemptions, err = all(ctx, tx, `select vehicle_id, kind, valid_from, valid_to from exemption`,
		func(row pgx.CollectableRow) (e toll.Exemption, err error) {
			var to *time.Time
			err = row.Scan(&e.Vehicle, &e.Kind, &e.From, &to)
			e.Validity = validity(e.From, to)
			return e, err
		})
	if err != nil {
		return err
	}
	r.Supplements, err = all(ctx, tx, `select vehicle_id, product, valid_from, valid_to from supplement`, scanSupplement)
	if err != nil {
		return err
	}
	r.Keys, err = all(ctx, tx, `select key_hash, stations from station_key`,
		func(row pgx.CollectableRow) (k passage.StationKey, err error) {
			var hash []byte
			err = row.Scan(&hash, &k.Stations)
			copy(k.Hash[:], hash)
			return k, err
		})
	return err
}

func scanSupplement(row pgx.CollectableRow) (s toll.Supplement, err error) {
	var to *time.Time
	err = row.Scan(&s.Vehicle, &s.Product, &s.From, &to)
	s.Validity = validity(s.From, to)
	return s, err
}

func all[T any](ctx context.Context, tx pgx.Tx, sql string, read pgx.RowToFunc[T]) ([]T, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, read)
}
