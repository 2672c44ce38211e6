package uplink_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
	"bompass/hardware/uplink"
)

func tagAt(i int) hardware.Sighting {
	return hardware.Sighting{
		Lane: 1, At: time.Unix(1_780_000_000+int64(i), 123_000_000).UTC(),
		Tag: hardware.TagRead{Finding: hardware.Read, PAN: fmt.Sprintf("957801%013d", i)},
	}
}

func openJournal(t *testing.T, spool *uplink.Spool) *uplink.Journal {
	t.Helper()
	j, err := uplink.OpenJournal("oslo-301", spool)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// crash copies the files as a crash at this moment would leave them.
func crash(t *testing.T, dir string) string {
	t.Helper()
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return left
}

// Wherever the process dies between storing a tag and emitting it, the tag is emitted once.
func TestJournalEmitsOnceAfterAnyCrash(t *testing.T) {
	dir := t.TempDir()
	spool := open(t, dir)
	j := openJournal(t, spool)
	var left []string
	id, err := j.Keep(tagAt(1))
	if err != nil {
		t.Fatal(err)
	}
	left = append(left, crash(t, dir)) // stored
	p := lane.Passage{Sighting: tagAt(1), Events: []int64{id}}
	err = j.Settle(p, func(s hardware.Sighting) error {
		left = append(left, crash(t, dir)) // about to be emitted
		_, err := spool.Append(uplink.FromSighting("oslo-301", s))
		left = append(left, crash(t, dir)) // emitted, not yet noted
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	left = append(left, crash(t, dir)) // noted
	for i, home := range left {
		emitted := 0
		for round := range 2 { // and once more after that
			spool, journal := reopen(t, home)
			if round == 0 {
				for id, s := range journal.Waiting() {
					if err := journal.Settle(lane.Passage{Sighting: s, Events: []int64{id}}, func(s hardware.Sighting) error {
						_, err := spool.Append(uplink.FromSighting("oslo-301", s))
						return err
					}); err != nil {
						t.Fatal(err)
					}
				}
			}
			emitted = spool.Waiting()
			closeBoth(t, spool, journal)
		}
		if emitted != 1 {
			t.Errorf("crash %d: emitted %d times", i, emitted)
		}
	}
}

func reopen(t *testing.T, dir string) (*uplink.Spool, *uplink.Journal) {
	t.Helper()
	spool := open(t, dir)
	return spool, openJournal(t, spool)
}

func closeBoth(t *testing.T, spool *uplink.Spool, j *uplink.Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
}

// Settled sightings are dropped and waiting ones kept, however large the journal has grown and wherever it
// is torn.
func TestJournalDropsSettledSightings(t *testing.T) {
	dir := t.TempDir()
	spool, j := reopen(t, dir)
	for i := range 4000 {
		id, err := j.Keep(hardware.Sighting{Lane: 1, At: time.Unix(int64(i), 0), Plate: hardware.PlateRead{Country: "NO", Text: "DP45821"}})
		if err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			continue
		}
		if err := j.Settle(lane.Passage{Events: []int64{id}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	closeBoth(t, spool, j)
	path := filepath.Join(dir, "journal")
	whole, err := os.ReadFile(path)
	if err != nil || len(whole) > 2<<20 {
		t.Fatalf("got %d octets %v", len(whole), err)
	}
	if err := os.WriteFile(path, append(whole, 9, 0, 0, 0, 1, 2), 0o600); err != nil {
		t.Fatal(err)
	}
	spool, j = reopen(t, dir)
	if n := len(j.Waiting()); n != 4 || spool.Waiting() != 0 {
		t.Errorf("got %d sightings and %d passages waiting, want 4 and 0", n, spool.Waiting())
	}
	closeBoth(t, spool, j)
}
