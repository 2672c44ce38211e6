// Package pricedb stores the releases of price lists for package pricelist.
package pricedb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/pricelist"
	"bompass/server/store"
)

// Store stores releases. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store { return &Store{db: db} }

const selectReleases = "select number, core, files, note, published_at from tariff_release"

type releaseRow struct {
	Number      int64
	Core        int
	Files       []byte // JSON
	Note        string
	PublishedAt time.Time
}

func (r *releaseRow) release() (s pricelist.Stored, err error) {
	s = pricelist.Stored{Number: r.Number, Core: r.Core, Note: r.Note, Published: r.PublishedAt}
	if err := json.Unmarshal(r.Files, &s.Files); err != nil {
		return s, fmt.Errorf("price lists, release %d: %w", r.Number, err)
	}
	return s, nil
}

// Latest returns the release in force. Its Number is 0 if there is none.
func (s *Store) Latest(ctx context.Context) (pricelist.Stored, error) {
	return s.one(ctx, selectReleases+" order by number desc limit 1")
}

// Release returns a release by its number. Its Number is 0 if there is none.
func (s *Store) Release(ctx context.Context, number int64) (pricelist.Stored, error) {
	return s.one(ctx, selectReleases+" where number = $1", number)
}

func (s *Store) one(ctx context.Context, sql string, args ...any) (pricelist.Stored, error) {
	row, err := store.SelectOne[releaseRow](ctx, s.db.Pool, sql, args...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return pricelist.Stored{}, nil
	case err != nil:
		return pricelist.Stored{}, fmt.Errorf("price lists: %w", err)
	}
	return row.release()
}

// LatestNumber returns the number of the release in force, or 0.
func (s *Store) LatestNumber(ctx context.Context) (number int64, err error) {
	err = s.db.Pool.QueryRow(ctx, "select coalesce(max(number), 0) from tariff_release").Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("price lists: %w", err)
	}
	return number, nil
}

// List returns all releases, the latest first.
func (s *Store) List(ctx context.Context) (list []pricelist.Stored, err error) {
	rows, err := store.Select[releaseRow](ctx, s.db.Pool, selectReleases+" order by number desc")
	if err != nil {
		return nil, fmt.Errorf("price lists: %w", err)
	}
	for i := range rows {
		r, err := rows[i].release()
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Publish stores a release after the one with the given number and returns its own.
func (s *Store) Publish(ctx context.Context, after int64, r pricelist.Stored) (number int64, err error) {
	files, err := json.Marshal(r.Files)
	if err != nil {
		return 0, fmt.Errorf("publish price lists: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "lock table tariff_release in exclusive mode"); err != nil {
			return err
		}
		var latest int64
		if err := tx.QueryRow(ctx, "select coalesce(max(number), 0) from tariff_release").Scan(&latest); err != nil {
			return err
		}
		if latest != after {
			return pricelist.ErrOvertaken
		}
		number = latest + 1
		_, err := tx.Exec(ctx, "insert into tariff_release (number, core, files, note) values ($1, $2, $3, $4)", number, r.Core, files, r.Note)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish price lists: %w", err)
	}
	return number, nil
}
