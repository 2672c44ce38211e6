package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/toll"
)

// SaveTextCode saves a code in the place of the one before, if decide allows one more to be sent. Requests at
// the same time take turns, and each is counted.
func (s *Store) SaveTextCode(ctx context.Context, id toll.AccountID, c factor.TextCode, decide func(factor.TextCodesSent) (factor.TextCodesSent, error)) error {
	return s.db.Tx(ctx, "save text code", func(tx pgx.Tx) error {
		// The row must exist to be locked; this code has expired already.
		_, err := tx.Exec(ctx, `insert into text_code (account_id, code_hash, until, sent_at, day_began, sent)
			values ($1, '', 'epoch', 'epoch', 'epoch', 0) on conflict do nothing`, string(id))
		if err != nil {
			return err
		}
		sent, err := store.SelectOne[factor.TextCodesSent](ctx, tx,
			"select sent_at as last, day_began as day, sent as count from text_code where account_id = $1 for update", string(id))
		if err != nil {
			return err
		}
		if sent, err = decide(sent); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update text_code set code_hash = $2, until = $3, tries = 0, sent_at = $4, day_began = $5, sent = $6 where account_id = $1`,
			string(id), c.Hash, c.Until, sent.Last, sent.Day, sent.Count)
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, c.Messages)
	})
}

// TryTextCode counts a try and returns the hash of the code, or nil when no code may be tried.
func (s *Store) TryTextCode(ctx context.Context, id toll.AccountID, now time.Time, triesMax int) (hash []byte, err error) {
	err = s.db.Pool.QueryRow(ctx, `update text_code set tries = tries + 1 where account_id = $1 and until > $2 and tries < $3 and code_hash <> ''
		returning code_hash`, string(id), now, triesMax).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("try text code: %w", err)
	}
	return hash, nil
}

// useTextCode uses a code; the count of those sent stays.
func useTextCode(ctx context.Context, tx pgx.Tx, id toll.AccountID, code []byte, now time.Time) error {
	return store.ExactlyOne(tx.Exec(ctx, "update text_code set code_hash = '' where account_id = $1 and code_hash = $2 and code_hash <> '' and until > $3",
		string(id), code, now))
}

// BeginSessionWithTextCode uses a pending login and a code and begins a session.
func (s *Store) BeginSessionWithTextCode(ctx context.Context, step seal.Hash, code []byte, b access.Session) (bool, error) {
	return s.db.TryTx(ctx, "begin session", func(tx pgx.Tx) error {
		if err := usePendingLogin(ctx, tx, step, b.Account); err != nil {
			return err
		}
		if err := useTextCode(ctx, tx, b.Account, code, b.Began); err != nil {
			return err
		}
		return beginSession(ctx, tx, b)
	})
}

// AddTextFactor uses a code and makes the number a factor. It returns false when the code is used or the number
// is no longer the confirmed one.
func (s *Store) AddTextFactor(ctx context.Context, id toll.AccountID, mobile string, c factor.TextCode) (bool, error) {
	return s.db.TryTx(ctx, "add text factor", func(tx pgx.Tx) error {
		if err := useTextCode(ctx, tx, id, c.Hash, c.At); err != nil {
			return err
		}
		err := store.ExactlyOne(tx.Exec(ctx, `insert into text_factor (account_id, mobile, added_at)
			select account_id, mobile, $3 from profile where account_id = $1 and mobile = $2 and mobile_confirmed_at is not null
			on conflict (account_id) do update set mobile = excluded.mobile, added_at = excluded.added_at`, string(id), mobile, c.At))
		if err != nil {
			return err
		}
		if err := store.AddEvent(ctx, tx, id, access.EventFactorAdded, c.At, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, c.Messages)
	})
}

// RemoveTextFactor removes the factor of codes by text message, if there is one.
func (s *Store) RemoveTextFactor(ctx context.Context, id toll.AccountID, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "remove text factor", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "delete from text_factor where account_id = $1", string(id))
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		if err := store.AddEvent(ctx, tx, id, access.EventFactorRemoved, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, messages)
	})
}
