package pricedb_test

import (
	"errors"
	"fmt"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/pricelist"
	"bompass/server/store/pricedb"
	"bompass/shared/tariff"
)

func files(text string) pricelist.Stored {
	return pricelist.Stored{Core: 1, Note: text, Files: []tariff.File{{Name: "a.tariff", Text: text}}}
}

// Of several publications at once after the same release one is stored, so none overwrites what it has not seen.
func TestReleasesAreNumberedWithoutGaps(t *testing.T) {
	db := pgtest.New(t)
	s := pricedb.New(db)
	empty, err := s.Latest(t.Context())
	if number, errNumber := s.LatestNumber(t.Context()); err != nil || errNumber != nil || empty.Number != 0 || number != 0 {
		t.Fatalf("before any: %+v %d, %v %v", empty, number, err, errNumber)
	}
	for after := range int64(3) {
		stored := 0
		for n, err := range pgtest.Race(t, db, 4, func(n int) error {
			_, err := s.Publish(t.Context(), after, files(fmt.Sprint("release ", after, " of ", n)))
			return err
		}) {
			switch {
			case err == nil:
				stored++
			case !errors.Is(err, pricelist.ErrOvertaken):
				t.Errorf("publisher %d: %v", n, err)
			}
		}
		if stored != 1 {
			t.Errorf("after release %d, %d were stored, want one", after, stored)
		}
	}
	list, err := s.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("got %d releases, %v, want 3", len(list), err)
	}
	for i, r := range list {
		if want := int64(3 - i); r.Number != want {
			t.Errorf("got release %d, want %d", r.Number, want)
		}
	}
	latest, err := s.Latest(t.Context())
	if err != nil || latest.Number != 3 || latest.Files[0].Text != latest.Note || latest.Published.IsZero() {
		t.Errorf("got %+v, %v", latest, err)
	}
	if first, err := s.Release(t.Context(), 1); err != nil || first.Note != list[2].Note {
		t.Errorf("got %+v, %v", first, err)
	}
	if none, err := s.Release(t.Context(), 9); err != nil || none.Number != 0 {
		t.Errorf("got %+v, %v, want none", none, err)
	}
}

// A release can only follow the latest one.
func TestReleaseFollowsTheLatest(t *testing.T) {
	db := pgtest.New(t)
	s := pricedb.New(db)
	if _, err := s.Publish(t.Context(), 0, files("one")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), 5, files("after one that is not there")); !errors.Is(err, pricelist.ErrOvertaken) {
		t.Errorf("got %v, want %v", err, pricelist.ErrOvertaken)
	}
	if number, err := s.LatestNumber(t.Context()); err != nil || number != 1 {
		t.Errorf("got %d, %v, want 1", number, err)
	}
}
