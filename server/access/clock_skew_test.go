package access_test

import (
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/store/accessdb"
	"bompass/shared/fault"
)

// Servers whose clocks differ by some seconds must not refuse a visitor who has nothing to wait for.
func TestClockBehindRefusesNobodyWithTriesLeft(t *testing.T) {
	db, _ := pgtest.Demo(t)
	keys, err := seal.NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	server := func(behind time.Duration) *access.Service {
		return access.NewService(accessdb.New(db), keys, func() time.Time { return time.Now().Add(-behind) })
	}
	visitor := access.Visitor{Address: "192.0.2.7"}
	for i, behind := range []time.Duration{0, 3 * time.Second, 0, time.Hour, 0} {
		s := server(behind)
		if _, err := s.CountAttempt(t.Context(), visitor, "kari@bompass.example"); err != nil {
			t.Errorf("try %d with a clock %s behind: %v", i+1, behind, err)
		}
		if err := s.ThrottleVisit(t.Context(), visitor, "eid"); err != nil {
			t.Errorf("visit %d with a clock %s behind: %v", i+1, behind, err)
		}
		if err := s.AllowDaily(t.Context(), access.DailyLimit{Kind: "mail", Name: "kari@bompass.example", Max: 20}); err != nil {
			t.Errorf("message %d with a clock %s behind: %v", i+1, behind, err)
		}
	}
}

// A clock that lies behind does not make a count larger or shorten a wait either.
func TestClockBehindDoesNotGiveMoreTries(t *testing.T) {
	db, _ := pgtest.Demo(t)
	keys, err := seal.NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	allowed := 0
	for i := range 20 {
		behind := time.Duration(i%2) * 3 * time.Second
		s := access.NewService(accessdb.New(db), keys, func() time.Time { return time.Now().Add(-behind) })
		_, err := s.CountAttempt(t.Context(), access.Visitor{Address: "192.0.2.8"}, "kari@bompass.example")
		switch {
		case err == nil:
			allowed++
		case fault.CodeOf(err) != fault.TooMany:
			t.Fatal(err)
		}
	}
	if allowed < 5 || allowed > 7 {
		t.Errorf("%d of 20 tries in a row were let through, want about five", allowed)
	}
}
