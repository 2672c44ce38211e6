package accessdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
)

// CompletePasswordReset uses a link, changes the password and ends all sessions and pending logins.
func (s *Store) CompletePasswordReset(ctx context.Context, link seal.Hash, p access.PasswordChange) error {
	return s.db.Tx(ctx, "reset password", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		return setPassword(ctx, tx, p, nil)
	})
}

// ExchangeLink uses a link and adds another in its place.
func (s *Store) ExchangeLink(ctx context.Context, used seal.Hash, next seal.Link, now time.Time) error {
	return s.db.Tx(ctx, "exchange link", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, used, now); err != nil {
			return err
		}
		return store.AddLinks(ctx, tx, []seal.Link{next}, nil)
	})
}

// setPassword changes a password. It ends every session except keep, every pending login, and every other
// link to a new password.
func setPassword(ctx context.Context, tx pgx.Tx, p access.PasswordChange, keep []byte) error {
	id := string(p.Account)
	for _, statement := range []string{
		"delete from login_step where account_id = $1",
		"update link set used_at = now(), sealed = '' where account_id = $1 and purpose in ('password', 'password.code') and used_at is null",
	} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "delete from session where account_id = $1 and ($2::bytea is null or token_hash <> $2)", id, keep); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "update account set password_hash = $2 where id = $1", id, p.Hash); err != nil {
		return err
	}
	if err := store.AddEvent(ctx, tx, p.Account, access.EventPassword, p.At, access.Place{}); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, p.Messages)
}

// ChangePassword changes a password and ends every session except keep.
func (s *Store) ChangePassword(ctx context.Context, p access.PasswordChange, keep seal.Hash) error {
	return s.db.Tx(ctx, "change password", func(tx pgx.Tx) error { return setPassword(ctx, tx, p, keep[:]) })
}
