package persondb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Sessions lists where a person is signed in, the latest used first.
func (s *Store) Sessions(ctx context.Context, account toll.AccountID, here seal.Hash) ([]api.SessionLine, error) {
	rows, err := s.db.Pool.Query(ctx, `select id::text, device, network, began_at, seen_at, token_hash = $2 from session
		where account_id = $1 order by seen_at desc`, string(account), here[:])
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l api.SessionLine, err error) {
		err = row.Scan(&l.ID, &l.Device, &l.Network, &l.Began, &l.Seen, &l.Here)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return list, nil
}

// History lists what has happened to an account, newest first.
func (s *Store) History(ctx context.Context, account toll.AccountID, most int) ([]api.EventLine, error) {
	rows, err := s.db.Pool.Query(ctx, "select kind, at, device, network from account_event where account_id = $1 order by id desc limit $2", string(account), most)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l api.EventLine, err error) {
		err = row.Scan(&l.Kind, &l.At, &l.Device, &l.Network)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return list, nil
}

// EndSessionByID ends one of an account's sessions.
func (s *Store) EndSessionByID(ctx context.Context, account toll.AccountID, id string) (hash seal.Hash, err error) {
	var raw []byte
	err = s.db.Pool.QueryRow(ctx, "delete from session where id::text = $2 and account_id = $1 returning token_hash", string(account), id).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return hash, fault.New(fault.NotFound)
	}
	if err != nil {
		return hash, fmt.Errorf("end session: %w", err)
	}
	return seal.Hash(raw), nil
}

// EndSessions ends all of an account's sessions and steps towards one.
func (s *Store) EndSessions(ctx context.Context, account toll.AccountID, letters []notice.Message) (ended []seal.Hash, err error) {
	err = s.db.Tx(ctx, "end sessions", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from login_step where account_id = $1", string(account)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "delete from session where account_id = $1 returning token_hash", string(account))
		if err != nil {
			return err
		}
		ended, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (seal.Hash, error) {
			var raw []byte
			if err := row.Scan(&raw); err != nil {
				return seal.Hash{}, err
			}
			return seal.Hash(raw), nil
		})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into account_event (account_id, kind, at) values ($1, $2, now())", string(account), string(access.EventSessionsEnded))
		if err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, letters)
	})
	return ended, err
}
