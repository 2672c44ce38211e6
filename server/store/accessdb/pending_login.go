package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// AddPendingLogin adds a sign-in whose password was right and whose second factor is missing.
func (s *Store) AddPendingLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error {
	return s.db.Tx(ctx, "add pending login", func(tx pgx.Tx) error {
		for _, statement := range []string{
			"delete from login_step where token_hash in (select token_hash from login_step where until <= $1 limit $2 for update skip locked)",
			"delete from session where token_hash in (select token_hash from session where until <= $1 limit $2 for update skip locked)",
		} {
			if _, err := tx.Exec(ctx, statement, now, store.SweepMax); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "insert into login_step (token_hash, account_id, until) values ($1, $2, $3)", hash[:], string(id), until)
		return err
	})
}

// TryPendingLogin counts a try of a pending login and returns its account.
func (s *Store) TryPendingLogin(ctx context.Context, hash seal.Hash, now time.Time, triesMax int) (found access.Account, err error) {
	err = pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
		var id string
		err := tx.QueryRow(ctx, "update login_step set tries = tries + 1 where token_hash = $1 and until > $2 and tries < $3 returning account_id::text",
			hash[:], now, triesMax).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.SignedOut)
		}
		if err != nil {
			return fmt.Errorf("try pending login: %w", err)
		}
		found, err = loadAccount(ctx, tx, now, "a.id = $1", id)
		return err
	})
	return found, err
}

// usePendingLogin deletes a pending login that is about to become a session.
func usePendingLogin(ctx context.Context, tx pgx.Tx, hash seal.Hash, id toll.AccountID) error {
	return store.ExactlyOne(tx.Exec(ctx, "delete from login_step where token_hash = $1 and account_id = $2", hash[:], string(id)))
}
