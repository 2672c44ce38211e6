package persondb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/seclog"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Sessions returns the sessions of an account, the latest used first.
func (s *Store) Sessions(ctx context.Context, account toll.AccountID, here seal.Hash) ([]api.SessionLine, error) {
	list, err := store.Select[api.SessionLine](ctx, s.db.Pool, `
		select id::text, device, network, began_at as began, seen_at as seen, token_hash = $2 as here from session
		where account_id = $1 order by seen_at desc`, string(account), here[:])
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return list, nil
}

// History returns at most limit events of an account, the newest first.
func (s *Store) History(ctx context.Context, account toll.AccountID, limit int) ([]api.EventLine, error) {
	list, err := store.Select[api.EventLine](ctx, s.db.Pool,
		"select kind, at, device, network from account_event where account_id = $1 order by id desc limit $2", string(account), limit)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return list, nil
}

// EndSessionByID ends one session of an account and returns its token hash, or fault.NotFound.
func (s *Store) EndSessionByID(ctx context.Context, account toll.AccountID, id string) (hash seal.Hash, err error) {
	var raw []byte
	err = s.db.Pool.QueryRow(ctx, "delete from session where id::text = $2 and account_id = $1 returning token_hash", string(account), id).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return hash, fault.New(fault.NotFound)
	}
	if err != nil {
		return hash, fmt.Errorf("end session: %w", err)
	}
	seclog.Note(ctx, seclog.SessionEnded, account)
	return seal.Hash(raw), nil
}

// EndSessions ends all sessions and pending logins of an account and returns the token hashes of the sessions.
func (s *Store) EndSessions(ctx context.Context, account toll.AccountID, messages []notice.Message) (ended []seal.Hash, err error) {
	err = s.db.Tx(ctx, "end sessions", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from login_step where account_id = $1", string(account)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "delete from session where account_id = $1 returning token_hash", string(account))
		if err != nil {
			return err
		}
		if ended, err = store.CollectHashes(rows); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into account_event (account_id, kind, at) values ($1, $2, now())", string(account), string(access.EventSessionsEnded))
		if err != nil {
			return err
		}
		seclog.Note(ctx, seclog.Changed(string(access.EventSessionsEnded)), account)
		return store.AddMessages(ctx, tx, messages)
	})
	return ended, err
}
