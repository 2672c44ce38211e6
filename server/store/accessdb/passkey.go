package accessdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// BeginSessionWithPasskey uses a passkey, and a pending login if there is one, and begins a session.
func (s *Store) BeginSessionWithPasskey(ctx context.Context, step *seal.Hash, key factor.Passkey, b access.Session) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		if step != nil {
			if err := usePendingLogin(ctx, tx, *step, b.Account); err != nil {
				return err
			}
		}
		if err := usePasskey(ctx, tx, b.Account, key); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// usePasskey saves the counter and flags of a passkey after use.
func usePasskey(ctx context.Context, tx pgx.Tx, id toll.AccountID, key factor.Passkey) error {
	return store.ExactlyOne(tx.Exec(ctx, "update passkey set credential = $3, used_at = $4 where id = $1 and account_id = $2", key.ID, string(id), key.Credential, key.Used))
}

// AddPasskey adds a passkey, with an event and messages.
func (s *Store) AddPasskey(ctx context.Context, id toll.AccountID, key factor.Passkey, messages []notice.Message) error {
	return s.db.Tx(ctx, "add passkey", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into passkey (id, account_id, name, credential, added_at) values ($1, $2, $3, $4, $5)",
			key.ID, string(id), key.Name, key.Credential, key.Added)
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, id, access.EventFactorAdded, key.Added, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
}

// RemovePasskey deletes a passkey. It returns fault.LastFactor when the account would have no factor left.
func (s *Store) RemovePasskey(ctx context.Context, id toll.AccountID, key []byte, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "remove passkey", func(tx pgx.Tx) error {
		// The others are counted by a statement after the lock, which sees what other removals have committed.
		if _, err := tx.Exec(ctx, "select from account where id = $1 for update", string(id)); err != nil {
			return err
		}
		var others int
		err := tx.QueryRow(ctx, `select (length(totp_secret) > 0)::int
				+ (select count(*) from passkey where account_id = $1 and id <> $2)
			from account where id = $1`, string(id), key).Scan(&others)
		if err != nil {
			return err
		}
		if others == 0 {
			return fault.New(fault.LastFactor)
		}
		done, err := tx.Exec(ctx, "delete from passkey where id = $1 and account_id = $2", key, string(id))
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.NotFound)
		}
		if err := store.AddEvent(ctx, tx, id, access.EventFactorRemoved, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
}

// Passkeys returns the passkeys of an account, the oldest first.
func (s *Store) Passkeys(ctx context.Context, id toll.AccountID) ([]factor.Passkey, error) {
	type passkeyRow struct {
		ID         []byte
		Name       string
		Credential []byte
		AddedAt    time.Time
		UsedAt     *time.Time
	}
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r passkeyRow) factor.Passkey {
		return factor.Passkey{ID: r.ID, Name: r.Name, Credential: r.Credential, Added: r.AddedAt, Used: store.ZeroIfNull(r.UsedAt)}
	}, "select id, name, credential, added_at, used_at from passkey where account_id = $1 order by added_at, id", string(id))
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return list, nil
}
