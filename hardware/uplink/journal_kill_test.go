package uplink_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
	"bompass/hardware/uplink"
)

// waitingTags is the number of tags that wait to be joined at a time.
const waitingTags = 5

// runJoining stores tags as fast as it can, prints each once a receipt may be written to it, and emits them
// a few tags later, like a lane that joins them with plates.
func runJoining(dir, address string) error {
	spool, err := uplink.Open(dir, time.Now())
	if err != nil {
		return err
	}
	j, err := uplink.OpenJournal("oslo-301", spool)
	if err != nil {
		return err
	}
	s := sender(address, spool)
	s.Wait = uplink.Sleep
	go func() { _ = s.Run(context.Background()) }()
	settle := func(id int64, seen hardware.Sighting) error {
		return j.Settle(lane.Passage{Sighting: seen, Events: []int64{id}}, func(seen hardware.Sighting) error {
			_, err := spool.Append(uplink.FromSighting("oslo-301", seen))
			return err
		})
	}
	for n := time.Now().UnixNano(); ; n++ {
		seen := hardware.Sighting{Lane: 1, At: time.Now().UTC(), Tag: hardware.TagRead{Finding: hardware.Read, PAN: fmt.Sprintf("%019d", n)}}
		if _, err := j.Keep(seen); err != nil {
			return err
		}
		fmt.Println(seen.Tag.PAN)
		waiting := j.Waiting()
		if len(waiting) < waitingTags {
			continue
		}
		oldest := slices.Min(slices.Collect(maps.Keys(waiting)))
		if err := settle(oldest, waiting[oldest]); err != nil {
			return err
		}
	}
}

// After kill -9 at any point, every tag that may hold a receipt is one passage.
func TestKilledStationEmitsEveryTagOnce(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, nil)
	dice := rand.New(rand.NewPCG(7, 8))
	stored := map[string]bool{}
	rounds := killRounds()
	for range rounds {
		for _, pan := range runAndKill(t, dir, s.URL, 1+dice.IntN(150), "UPLINK_TEST_JOURNAL=1") {
			stored[pan] = true
		}
	}
	spool, j := reopen(t, dir)
	for id, seen := range j.Waiting() {
		if err := j.Settle(lane.Passage{Sighting: seen, Events: []int64{id}}, func(seen hardware.Sighting) error {
			_, err := spool.Append(uplink.FromSighting("oslo-301", seen))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, o := range s.passages() {
		times[o.Tag]++
	}
	for pan := range stored {
		if times[pan] == 0 {
			t.Errorf("%s may hold a receipt and never arrived", pan)
		}
	}
	for pan, n := range times {
		if n > 1 {
			t.Errorf("%s arrived as %d passages", pan, n)
		}
	}
	t.Logf("killed %d times: %d tags stored, %d arrived, each once", rounds, len(stored), len(times))
	closeBoth(t, spool, j)
}
