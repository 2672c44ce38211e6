package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/fault"
)

// limited returns a message that counts under a limit.
func limited(key string, most int, dropped bool) notice.Message {
	return notice.Message{
		ID: uuid.NewString(), Channel: notice.Mail, Kind: notice.AddressChanged, Sealed: []byte("x"), Written: time.Now(),
		Counts: []notice.Count{{Key: key, Max: most}}, Dropped: dropped,
	}
}

// Two changes that write to the same two people, in either order, do not wait for each other.
func TestMessagesToSamePeopleNeverDeadlock(t *testing.T) {
	db := pgtest.New(t)
	const changes, times = 6, 40
	for n, err := range pgtest.Race(t, db, changes, func(n int) error {
		for range times {
			messages := []notice.Message{limited("a", 10_000, true), limited("b", 10_000, true)}
			if n%2 == 1 {
				messages[0], messages[1] = messages[1], messages[0]
			}
			if err := db.Tx(t.Context(), "write messages", func(tx pgx.Tx) error { return store.AddMessages(t.Context(), tx, messages) }); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("change %d: %v", n, err)
		}
	}
	if n := pgtest.One[int](t, db, "select sum(count)::int from throttle"); n != 2*changes*times {
		t.Errorf("%d messages were counted, want %d", n, 2*changes*times)
	}
}

// Beyond a limit, a message that somebody asks for is refused with all of its transaction; one that is dropped is stored
// without being sent, and the others are sent.
func TestMessageBeyondLimitIsRefusedOrDropped(t *testing.T) {
	db := pgtest.New(t)
	add := func(messages ...notice.Message) error {
		return db.Tx(t.Context(), "write messages", func(tx pgx.Tx) error { return store.AddMessages(t.Context(), tx, messages) })
	}
	if err := add(limited("a", 1, false)); err != nil {
		t.Fatal(err)
	}
	if err := add(limited("other", 1, false), limited("a", 1, false)); fault.CodeOf(err) != fault.TooManyToday {
		t.Errorf("got %v, want %s", err, fault.TooManyToday)
	}
	if err := add(limited("a", 1, true), limited("other", 1, false)); err != nil {
		t.Errorf("a message that is dropped: %v", err)
	}
	sent := pgtest.One[string](t, db, "select string_agg(channel, ' ' order by channel) from outbox")
	if want := "mail mail none"; sent != want {
		t.Errorf("got the channels %q, want %q", sent, want)
	}
}
