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

// AddDeferredLogin adds a sign-in whose password is judged together with the code. The id is empty if it was wrong.
func (s *Store) AddDeferredLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error {
	return s.db.Tx(ctx, "add deferred login", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from deferred_login where token_hash in (select token_hash from deferred_login where until <= $1 limit $2 for update skip locked)",
			now, store.SweepMax)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into deferred_login (token_hash, account_id, until) values ($1, nullif($2, '')::uuid, $3)", hash[:], string(id), until)
		return err
	})
}

// HasDeferredLogin reports whether a token is that of a deferred login.
func (s *Store) HasDeferredLogin(ctx context.Context, hash seal.Hash, now time.Time) (has bool, err error) {
	err = s.db.Pool.QueryRow(ctx, "select exists (select from deferred_login where token_hash = $1 and until > $2)", hash[:], now).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("find deferred login: %w", err)
	}
	return has, nil
}

// TryDeferredLogin counts a try of a deferred login and returns its account, whose ID is empty if the password was wrong.
// It returns fault.SignedOut when the login has expired, is unknown, or has had triesMax tries.
func (s *Store) TryDeferredLogin(ctx context.Context, hash seal.Hash, now time.Time, triesMax int) (found access.Account, err error) {
	err = s.db.Tx(ctx, "try deferred login", func(tx pgx.Tx) error {
		var id *string
		err := tx.QueryRow(ctx, "update deferred_login set tries = tries + 1 where token_hash = $1 and until > $2 and tries < $3 returning account_id::text",
			hash[:], now, triesMax).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.SignedOut)
		}
		if err != nil || id == nil {
			return err
		}
		found, err = loadAccount(ctx, tx, now, "a.id = $1", *id)
		return err
	})
	return found, err
}
