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

// BeginSessionWithPasskey spends the step, if there was one, and begins a session.
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

// usePasskey keeps a key's counter and flags as they are after use.
func usePasskey(ctx context.Context, tx pgx.Tx, id toll.AccountID, key factor.Passkey) error {
	return store.ExactlyOne(tx.Exec(ctx, "update passkey set credential = $3, used_at = $4 where id = $1 and account_id = $2", key.ID, string(id), key.Credential, key.Used))
}

// AddPasskey keeps a key that the person has just made.
func (s *Store) AddPasskey(ctx context.Context, id toll.AccountID, key factor.Passkey, letters []notice.Message) error {
	return s.db.Tx(ctx, "add passkey", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into passkey (id, account_id, name, credential, added_at) values ($1, $2, $3, $4, $5)",
			key.ID, string(id), key.Name, key.Credential, key.Added)
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, id, access.EventFactorAdded, key.Added, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, letters)
	})
}

// RemovePasskey forgets a key unless it is the account's last factor.
func (s *Store) RemovePasskey(ctx context.Context, id toll.AccountID, key []byte, at time.Time, letters []notice.Message) error {
	return s.db.Tx(ctx, "remove passkey", func(tx pgx.Tx) error {
		var others int
		err := tx.QueryRow(ctx, `select (length(totp_secret) > 0)::int + (select count(*) from passkey where account_id = $1 and id <> $2)
			from account where id = $1 for update`, string(id), key).Scan(&others)
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
		return store.AddMessages(ctx, tx, letters)
	})
}

// Passkeys lists an account's keys, the oldest first.
func (s *Store) Passkeys(ctx context.Context, id toll.AccountID) ([]factor.Passkey, error) {
	rows, err := s.db.Pool.Query(ctx, "select id, name, credential, added_at, coalesce(used_at, 'epoch') from passkey where account_id = $1 order by added_at, id", string(id))
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k factor.Passkey, err error) {
		err = row.Scan(&k.ID, &k.Name, &k.Credential, &k.Added, &k.Used)
		if k.Used.Unix() == 0 {
			k.Used = time.Time{}
		}
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return list, nil
}
