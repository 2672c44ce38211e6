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
)

// SetOwnSession makes a session one on the person's own device until an instant, or an ordinary one again if that is zero.
func (s *Store) SetOwnSession(ctx context.Context, hash seal.Hash, until time.Time) error {
	var end *time.Time
	if !until.IsZero() {
		end = &until
	}
	_, err := s.db.Pool.Exec(ctx, "update session set own_device = $2::timestamptz is not null, until = coalesce($2, began_at + $3::interval) where token_hash = $1",
		hash[:], end, access.SessionMax)
	if err != nil {
		return fmt.Errorf("set own session: %w", err)
	}
	return nil
}

// LockedSession returns a session on a person's own device, used recently or not.
func (s *Store) LockedSession(ctx context.Context, hash seal.Hash, now time.Time) (access.LockedSession, error) {
	l, err := store.SelectOne[access.LockedSession](ctx, s.db.Pool, `
		select a.id::text as account, a.person, (select count(*) from passkey where account_id = a.id) as passkeys
		from session s join account a on a.id = s.account_id where s.token_hash = $1 and s.own_device and s.until > $2`, hash[:], now)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.LockedSession{}, fault.New(fault.SignedOut)
	}
	if err != nil {
		return access.LockedSession{}, fmt.Errorf("locked session: %w", err)
	}
	return l, nil
}

// ContinueSession gives a new session the place of one on the same person's own device.
func (s *Store) ContinueSession(ctx context.Context, locked, next seal.Hash, now, until time.Time) error {
	return s.db.Tx(ctx, "continue session", func(tx pgx.Tx) error {
		before, err := store.SelectOne[struct {
			AccountID, CustomerID string
			Until                 time.Time
		}](ctx, tx, "delete from session where token_hash = $1 and own_device returning account_id::text, customer_id::text, until", locked[:])
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if !before.Until.After(now) {
			return nil
		}
		_, err = tx.Exec(ctx, `update session s set own_device = true, until = $3,
			customer_id = case when exists (select from account_party p where p.account_id = s.account_id and p.customer_id = $4
				and (p.until is null or p.until > $5)) then $4 else s.customer_id end
			where token_hash = $1 and account_id = $2`, next[:], before.AccountID, until, before.CustomerID, now)
		return err
	})
}

// EndOwnSession ends a session on a person's own device, with an event.
func (s *Store) EndOwnSession(ctx context.Context, hash seal.Hash, now time.Time) error {
	return s.endSession(ctx, "delete from session where token_hash = $1 and own_device", hash, now)
}
