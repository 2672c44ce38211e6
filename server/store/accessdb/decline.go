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

// FindOpenLink returns a link that is neither used nor expired, or fault.LinkSpent.
func (s *Store) FindOpenLink(ctx context.Context, hash seal.Hash, now time.Time) (seal.Link, error) {
	row, err := store.SelectOne[struct {
		Purpose   seal.Purpose
		AccountID string
		Key       string
		Sealed    []byte
		Until     time.Time
	}](ctx, s.db.Pool, `select purpose, coalesce(account_id::text, '') as account_id, key, sealed, until from link
		where token_hash = $1 and until > $2 and used_at is null`, hash[:], now)
	if errors.Is(err, pgx.ErrNoRows) {
		return seal.Link{}, fault.New(fault.LinkSpent)
	}
	if err != nil {
		return seal.Link{}, fmt.Errorf("find open link: %w", err)
	}
	return seal.Link{
		Hash: hash, Purpose: row.Purpose, Account: toll.AccountID(row.AccountID), Sealed: seal.Sealed{Key: row.Key, Data: row.Sealed}, Until: row.Until,
	}, nil
}

// DeclineLink uses a link without what it is for. The code of a new email address is deleted with it, and an invitation
// is withdrawn.
func (s *Store) DeclineLink(ctx context.Context, d access.Decline) error {
	return s.db.Tx(ctx, "decline link", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, d.Link, d.At); err != nil {
			return err
		}
		if d.Invitation != "" {
			_, err := tx.Exec(ctx, "update invitation set withdrawn_at = $2 where id = $1 and taken_at is null and withdrawn_at is null", d.Invitation, d.At)
			if err != nil {
				return err
			}
		}
		if d.Account == "" {
			return nil
		}
		if d.Purpose == seal.PurposeEmail {
			if _, err := tx.Exec(ctx, "delete from contact_code where account_id = $1 and channel = 'email'", string(d.Account)); err != nil {
				return err
			}
		}
		return store.AddEvent(ctx, tx, d.Account, access.EventDeclined, d.At, access.Place{})
	})
}
