package noticedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/notice"
	"bompass/server/store"
)

// AddMessages puts letters into the outbox on their own.
func (s *Store) AddMessages(ctx context.Context, letters []notice.Message) error {
	return s.db.Tx(ctx, "add letters", func(tx pgx.Tx) error { return store.AddMessages(ctx, tx, letters) })
}

// TakeMessages returns letters that are due, each to one taker, and makes them due again at again: so a
// letter whose taker dies is taken by the next.
func (s *Store) TakeMessages(ctx context.Context, now, again time.Time, most int) ([]notice.Message, error) {
	rows, err := s.db.Pool.Query(ctx, `
		with taken as (
			update outbox set due_at = $2, tries = tries + 1
			where id in (
				select id from outbox where sent_at is null and given_up_at is null and due_at <= $1
				order by due_at, written limit $3 for update skip locked)
			returning *)
		select id::text, channel, kind, coalesce(account_id::text, ''), key, sealed, due_at, tries from taken order by written`, now, again, most)
	if err != nil {
		return nil, fmt.Errorf("take letters: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l notice.Message, err error) {
		err = row.Scan(&l.ID, &l.Channel, &l.Kind, &l.Account, &l.Key, &l.Sealed, &l.Due, &l.Tries)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("take letters: %w", err)
	}
	return list, nil
}

// MarkMessageSent wipes a letter that has left.
func (s *Store) MarkMessageSent(ctx context.Context, id string, now time.Time) error {
	if _, err := s.db.Pool.Exec(ctx, "update outbox set sent_at = $2, sealed = '', key = '' where id = $1", id, now); err != nil {
		return fmt.Errorf("letter sent: %w", err)
	}
	return nil
}

// RescheduleMessage makes a letter due at an instant; a zero one gives it up and wipes it.
func (s *Store) RescheduleMessage(ctx context.Context, id string, now, due time.Time) error {
	var err error
	if due.IsZero() {
		_, err = s.db.Pool.Exec(ctx, "update outbox set given_up_at = $2, sealed = '', key = '' where id = $1", id, now)
	} else {
		_, err = s.db.Pool.Exec(ctx, "update outbox set due_at = $2 where id = $1", id, due)
	}
	if err != nil {
		return fmt.Errorf("letter later: %w", err)
	}
	return nil
}

// CountMessages tells how many letters wait, have left and were given up.
func (s *Store) CountMessages(ctx context.Context) (waiting, sent, lost int, err error) {
	err = s.db.Pool.QueryRow(ctx, `select count(*) filter (where sent_at is null and given_up_at is null),
		count(*) filter (where sent_at is not null and channel <> 'none'), count(*) filter (where given_up_at is not null) from outbox`).Scan(&waiting, &sent, &lost)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("count letters: %w", err)
	}
	return waiting, sent, lost, nil
}
