package noticedb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/toll"
)

// AddMessages adds messages to the outbox in a transaction of their own.
func (s *Store) AddMessages(ctx context.Context, messages []notice.Message) error {
	return s.db.Tx(ctx, "add messages", func(tx pgx.Tx) error { return store.AddMessages(ctx, tx, messages) })
}

// WaitingMessage returns a message; found is false if it was sent, given up or deleted.
func (s *Store) WaitingMessage(ctx context.Context, id string) (m notice.Message, found bool, err error) {
	r, err := store.SelectOne[struct {
		ID, Channel, Kind, Account, Key string
		Sealed                          []byte
	}](ctx, s.db.Pool, `select id::text, channel, kind, coalesce(account_id::text, '') as account, key, sealed from outbox
		where id = $1 and sent_at is null and given_up_at is null`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("waiting message: %w", err)
	}
	m.ID, m.Channel, m.Kind, m.Account = r.ID, notice.Channel(r.Channel), notice.Kind(r.Kind), toll.AccountID(r.Account)
	m.Key, m.Sealed = r.Key, r.Sealed
	return m, true, nil
}

// MarkMessageSent deletes the text of a message that was sent.
func (s *Store) MarkMessageSent(ctx context.Context, id string, now time.Time) error {
	if _, err := s.db.Pool.Exec(ctx, "update outbox set sent_at = $2, sealed = '', key = '' where id = $1", id, now); err != nil {
		return fmt.Errorf("mark message sent: %w", err)
	}
	return nil
}

// GiveUpMessage deletes the text of a message that cannot be sent.
func (s *Store) GiveUpMessage(ctx context.Context, id string, now time.Time) error {
	if _, err := s.db.Pool.Exec(ctx, "update outbox set given_up_at = $2, sealed = '', key = '' where id = $1", id, now); err != nil {
		return fmt.Errorf("give up message: %w", err)
	}
	return nil
}

// MessageByNumber returns a message that was sent or is being sent; found is false if there is none. One that was given up
// counts as sent: whether its last attempt arrived is not known.
func (s *Store) MessageByNumber(ctx context.Context, number string) (sent notice.Sent, found bool, err error) {
	r, err := store.SelectOne[struct {
		Channel, Kind, Language, ShownTo string
		At                               time.Time
	}](ctx, s.db.Pool, `select channel, kind, language, shown_to, coalesce(sent_at, given_up_at, now()) as at from outbox
		where number = $1 and channel <> 'none'`, number)
	if errors.Is(err, pgx.ErrNoRows) {
		return sent, false, nil
	}
	if err != nil {
		return sent, false, fmt.Errorf("message by number: %w", err)
	}
	return notice.Sent{
		Number: number, Channel: notice.Channel(r.Channel), Kind: notice.Kind(r.Kind), Language: r.Language, ShownTo: r.ShownTo, At: r.At,
	}, true, nil
}

// CountMessages returns how many messages wait, were sent and were given up.
func (s *Store) CountMessages(ctx context.Context) (waiting, sent, givenUp int, err error) {
	count, err := store.SelectOne[struct{ Waiting, Sent, GivenUp int }](ctx, s.db.Pool, `
		select count(*) filter (where sent_at is null and given_up_at is null) as waiting,
			count(*) filter (where sent_at is not null and channel <> 'none') as sent, count(*) filter (where given_up_at is not null) as given_up
		from outbox`)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("count messages: %w", err)
	}
	return count.Waiting, count.Sent, count.GivenUp, nil
}
