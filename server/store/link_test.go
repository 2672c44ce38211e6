package store_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/fault"
)

// noon is the time of these tests.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// newLink returns a link for a new password that ends at an instant.
func newLink(name string, until time.Time) seal.Link {
	return seal.Link{
		Hash: sha256.Sum256([]byte(name)), Purpose: seal.PurposePassword, Sealed: seal.Sealed{Key: "k", Data: []byte(name)},
		Until: until,
	}
}

// A link that several requests use at once works for one of them.
func TestLinkWorksOnce(t *testing.T) {
	db := pgtest.New(t)
	links := store.NewLinks(db)
	link := newLink("once", noon.Add(time.Hour))
	if err := links.AddLinks(t.Context(), noon, []seal.Link{link}, nil); err != nil {
		t.Fatal(err)
	}
	spend := func() error {
		return db.Tx(t.Context(), "spend", func(tx pgx.Tx) error { return store.SpendLink(t.Context(), tx, link.Hash, noon) })
	}
	undone := errors.New("undone")
	err := db.Tx(t.Context(), "spend", func(tx pgx.Tx) error {
		return errors.Join(store.SpendLink(t.Context(), tx, link.Hash, noon), undone)
	})
	if !errors.Is(err, undone) || fault.CodeOf(err) == fault.LinkSpent {
		t.Errorf("a use that is rolled back: %v", err)
	}
	used := 0
	for _, err := range pgtest.Race(t, db, 16, func(int) error { return spend() }) {
		switch {
		case err == nil:
			used++
		case fault.CodeOf(err) != fault.LinkSpent:
			t.Errorf("got %v, want %s", err, fault.LinkSpent)
		}
	}
	if used != 1 {
		t.Errorf("the link worked %d times", used)
	}
	if text := pgtest.One[string](t, db, "select encode(sealed, 'escape') from link"); text != "" {
		t.Errorf("a used link still holds %q", text)
	}
	if _, err := links.FindLink(t.Context(), link.Hash, link.Purpose, noon); fault.CodeOf(err) != fault.LinkSpent {
		t.Errorf("a used link is found: %v", err)
	}
}

// A link works until the instant of its end, that instant excluded, and for its purpose alone.
func TestLinkEnds(t *testing.T) {
	db := pgtest.New(t)
	links := store.NewLinks(db)
	account, _ := pgtest.AddPerson(t, db, 1)
	link := newLink("ends", noon.Add(time.Hour))
	link.Account = account
	if err := links.AddLinks(t.Context(), noon, []seal.Link{link}, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		hash    seal.Hash
		purpose seal.Purpose
		at      time.Time
		works   bool
	}{
		{"another token", sha256.Sum256([]byte("other")), link.Purpose, noon, false},
		{"another purpose", link.Hash, seal.PurposeFindAgreements, noon, false},
		{"at its end", link.Hash, link.Purpose, link.Until, false},
		{"just before its end", link.Hash, link.Purpose, link.Until.Add(-time.Microsecond), true},
	} {
		found, err := links.FindLink(t.Context(), c.hash, c.purpose, c.at)
		if c.works && (err != nil || found.Account != account || string(found.Sealed.Data) != "ends" || !found.Until.Equal(link.Until)) {
			t.Errorf("%s: got %+v, %v", c.name, found, err)
		}
		if !c.works && fault.CodeOf(err) != fault.LinkSpent {
			t.Errorf("%s: got %v, want %s", c.name, err, fault.LinkSpent)
		}
		err = db.Tx(t.Context(), "spend", func(tx pgx.Tx) error { return store.SpendLink(t.Context(), tx, c.hash, c.at) })
		if works := err == nil; c.purpose == link.Purpose && works != c.works {
			t.Errorf("%s: used with %v", c.name, err)
		}
		pgtest.Exec(t, db, "update link set used_at = null, sealed = 'ends'")
	}
}

// A link is stored together with the message that carries it, or not at all. Expired links are deleted on the way, a
// few at a time; others stay.
func TestLinksAreStoredWithTheirMessages(t *testing.T) {
	db := pgtest.New(t)
	links := store.NewLinks(db)
	var old []seal.Link
	for n := range store.SweepMax + 3 {
		old = append(old, newLink(fmt.Sprint("old", n), noon))
	}
	if err := links.AddLinks(t.Context(), noon.Add(-time.Hour), append(old, newLink("open", noon.Add(time.Hour))), nil); err != nil {
		t.Fatal(err)
	}
	stranger := notice.Message{
		ID: "0196a000-0000-7000-8000-00000000f001", Channel: notice.Mail, Kind: notice.Reset, Account: pgtest.AccountID(404),
		Sealed: []byte("text"), Written: noon,
	}
	new1 := newLink("new", noon.Add(time.Hour))
	if err := links.AddLinks(t.Context(), noon, []seal.Link{new1}, []notice.Message{stranger}); err == nil {
		t.Error("a message to an account that does not exist was added")
	}
	if n := pgtest.One[int](t, db, "select count(*) from link"); n != len(old)+1 {
		t.Errorf("%d links after a message that failed, want %d", n, len(old)+1)
	}
	stranger.Account = ""
	if err := links.AddLinks(t.Context(), noon, []seal.Link{new1}, []notice.Message{stranger}); err != nil {
		t.Fatal(err)
	}
	got := pgtest.One[string](t, db, "select concat_ws(' ', count(*) filter (where until <= $1), count(*) filter (where until > $1)) from link", noon)
	if got != "3 2" {
		t.Errorf("%s expired and open links are left, want 3 and 2", got)
	}
	if n := pgtest.One[int](t, db, "select count(*) from outbox"); n != 1 {
		t.Errorf("%d messages", n)
	}
}
