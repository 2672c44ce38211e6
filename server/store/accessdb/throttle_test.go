package accessdb_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/accessdb"
)

// noon is the time of these tests.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Tries at the same time are all counted, also when they name the same counts in another order: they neither lose a
// try nor wait for each other for ever.
func TestConcurrentTriesAreAllCounted(t *testing.T) {
	db := pgtest.New(t)
	s := accessdb.New(db)
	const tries = 20
	orders := [][]string{{"a", "b", "c"}, {"c", "b", "a"}, {"b", "c", "a"}}
	errs := pgtest.Race(t, db, tries, func(i int) error {
		return s.UpdateTries(t.Context(), orders[i%len(orders)], noon.Add(-time.Hour), func(_ time.Duration, list []access.Tries) error {
			for n := range list {
				list[n] = access.Tries{Count: list[n].Count + 1, Last: noon}
			}
			return nil
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if got := pgtest.One[string](t, db, "select string_agg(key || count, ' ' order by key) from throttle"); got != "a20 b20 c20" {
		t.Errorf("counted %s", got)
	}
}

// decide sees each count under its own key, in the order of the keys, and its refusal leaves all of them as they were.
func TestRefusedTryChangesNoCount(t *testing.T) {
	db := pgtest.New(t)
	s := accessdb.New(db)
	pgtest.Exec(t, db, "insert into throttle values ('b', 7, $1), ('a', 3, $1)", noon)
	refused := errors.New("refused")
	err := s.UpdateTries(t.Context(), []string{"b", "new", "a"}, noon.Add(-time.Hour), func(_ time.Duration, list []access.Tries) error {
		if list[0].Count != 7 || list[1] != (access.Tries{Last: list[1].Last}) || list[2].Count != 3 || !list[0].Last.Equal(noon) {
			t.Errorf("decide sees %v", list)
		}
		list[0].Count = 8
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if got := pgtest.One[string](t, db, "select string_agg(key || count, ' ' order by key) from throttle"); got != "a3 b7" {
		t.Errorf("afterwards the counts are %s", got)
	}
}

// Counts that nobody has added to for long are deleted on the way, a few at a time; the others stay.
func TestStaleCountsAreDeleted(t *testing.T) {
	db := pgtest.New(t)
	s := accessdb.New(db)
	stale := noon.Add(-time.Hour)
	pgtest.Exec(t, db, "insert into throttle select 'old' || n, 1, $1::timestamptz - interval '1 microsecond' from generate_series(1, $2) n", stale, store.SweepMax+4)
	pgtest.Exec(t, db, "insert into throttle values ('edge', 1, $1)", stale)
	for round, want := range []string{"4 2", "0 2", "0 2"} {
		err := s.UpdateTries(t.Context(), []string{"mine"}, stale, func(_ time.Duration, list []access.Tries) error {
			list[0] = access.Tries{Count: 1, Last: noon}
			return nil
		})
		got := pgtest.One[string](t, db, `select concat_ws(' ', count(*) filter (where key like 'old%'), count(*) filter (where key in ('mine', 'edge'))) from throttle`)
		if err != nil || got != want {
			t.Errorf("round %d: %s counts are left, want %s; %v", round, got, want, err)
		}
	}
}

// The distance of the two clocks is measured, and a small one counts as none.
func TestClockOfDatabaseIsCompared(t *testing.T) {
	s := accessdb.New(pgtest.New(t))
	err := s.UpdateTries(t.Context(), []string{"k"}, noon, func(ahead time.Duration, _ []access.Tries) error {
		if ahead.Abs() > 5*time.Second { // one machine has one clock; a busy one is slow to answer
			return fmt.Errorf("the database is %s ahead", ahead)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
