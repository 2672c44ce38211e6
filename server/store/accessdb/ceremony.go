package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/fault"
)

// SaveCeremony saves the state of a ceremony between two requests, in the place of an earlier one.
func (s *Store) SaveCeremony(ctx context.Context, hash seal.Hash, data []byte, now, until time.Time) error {
	return s.db.Tx(ctx, "save ceremony", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from ceremony where hash in (select hash from ceremony where until <= $1 limit $2 for update skip locked)", now, store.SweepMax)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into ceremony (hash, data, until) values ($1, $2, $3)
			on conflict (hash) do update set data = excluded.data, until = excluded.until`, hash[:], data, until)
		return err
	})
}

// ClaimCeremony saves the state of a ceremony unless there is one under the hash, and reports whether it has.
func (s *Store) ClaimCeremony(ctx context.Context, hash seal.Hash, data []byte, now, until time.Time) (bool, error) {
	if data == nil {
		data = []byte{}
	}
	done, err := s.db.Pool.Exec(ctx, `insert into ceremony as c (hash, data, until) values ($1, $2, $3)
		on conflict (hash) do update set data = excluded.data, until = excluded.until where c.until <= $4`, hash[:], data, until, now)
	if err != nil {
		return false, fmt.Errorf("claim ceremony: %w", err)
	}
	return done.RowsAffected() > 0, nil
}

// Ceremony returns the state of a ceremony, or fault.SignedOut. With take it is deleted, so that it is answered
// once.
func (s *Store) Ceremony(ctx context.Context, hash seal.Hash, now time.Time, take bool) (data []byte, err error) {
	query := "select data from ceremony where hash = $1 and until > $2"
	if take {
		query = "delete from ceremony where hash = $1 and until > $2 returning data"
	}
	err = s.db.Pool.QueryRow(ctx, query, hash[:], now).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.SignedOut)
	}
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	return data, nil
}
