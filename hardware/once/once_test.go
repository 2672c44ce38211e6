package once_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/once"
)

func tag(lane int, direction, pan string) hardware.Sighting {
	return hardware.Sighting{Lane: lane, Direction: direction, Tag: hardware.TagRead{Finding: hardware.Read, PAN: pan}}
}

// A tag is the same vehicle within its window, in any lane of its direction, whatever the clock does; in the
// other direction it is doubtful.
func TestWindowDecidesByTag(t *testing.T) {
	start := time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name           string
		lane           int
		direction      string
		after          time.Duration
		same, doubtful bool
	}{
		{"at once in the neighbouring lane", 2, "in", 20 * time.Millisecond, true, false},
		{"seconds later", 1, "in", 9 * time.Second, true, false},
		{"after the window", 1, "in", 11 * time.Second, false, false},
		{"in the other direction", 3, "out", time.Second, true, true},
		{"after the clock was set back", 1, "in", -5 * time.Second, true, false},
	} {
		w := once.NewWindow(once.Rules{})
		if d := w.Tag(tag(1, "in", "9578010000000000012"), start); d.Same {
			t.Errorf("%s: the first detection is %+v", c.name, d)
		}
		d := w.Tag(tag(c.lane, c.direction, "9578010000000000012"), start.Add(c.after))
		if d.Same != c.same || d.Doubtful != c.doubtful || d.Reason == "" {
			t.Errorf("%s: got %+v", c.name, d)
		}
		if d := w.Tag(tag(1, "in", "9578010000000000020"), start.Add(c.after)); d.Same {
			t.Errorf("%s: another tag is %+v", c.name, d)
		}
	}
}

// A tag that stays is refreshed, so that a minute in the field is one passage.
func TestWindowIsRefreshed(t *testing.T) {
	w, now, passages := once.NewWindow(once.Rules{}), time.Unix(1_780_000_000, 0), 0
	for range 60 {
		if !w.Tag(tag(1, "in", "9578010000000000012"), now).Same {
			passages++
		}
		now = now.Add(time.Second)
	}
	if passages != 1 {
		t.Errorf("got %d passages, want 1", passages)
	}
}

// Plates are compared as plates.
func TestWindowComparesPlates(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	w := once.NewWindow(once.Rules{})
	for i, text := range []string{"EK 10001", "EK10001", "ek-10001", "EK.10001"} {
		d := w.Plate(hardware.Sighting{Lane: 1 + i, Plate: hardware.PlateRead{Country: "NO", Text: text}}, now)
		if d.Same != (i > 0) {
			t.Errorf("%s: got %+v", text, d)
		}
	}
}

// A Window of a busy station stays bounded.
func TestWindowIsBounded(t *testing.T) {
	w, now := once.NewWindow(once.Rules{}), time.Unix(1_780_000_000, 0)
	for i := range 20_000 {
		w.Tag(tag(1, "in", fmt.Sprintf("%019d", i)), now.Add(time.Duration(i)*time.Millisecond))
	}
	if same, doubtful := w.Counts(); same != 0 || doubtful != 0 {
		t.Errorf("got %d same and %d doubtful", same, doubtful)
	}
}

// A lane tells a tag that answers again after its release from the next one of the same issuer.
func TestLaneRecognizesInterruptedTag(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	mark := [6]byte{0x30, 0xC0, 1, 0, 1, 2}
	for _, c := range []struct {
		name     string
		key, old uint16
		released bool
		after    time.Duration
		same     bool
	}{
		{"the same tag after its release", 7, 7, true, 800 * time.Millisecond, true},
		{"another tag of the issuer", 8, 7, true, 800 * time.Millisecond, false},
		{"level 0, a moment after the release", 0, 0, true, 400 * time.Millisecond, true},
		{"level 0, long after the release", 0, 0, true, 800 * time.Millisecond, false},
		{"level 0, not released", 0, 0, false, 5 * time.Second, true},
	} {
		var l once.Lane
		read := hardware.TagRead{Finding: hardware.Read, PAN: "9578010000000000012", Mark: mark, AccessKey: c.old}
		l.Add(read, now)
		l.Finish(read, now, c.released)
		broken := hardware.TagRead{Finding: hardware.Interrupted, Mark: mark, AccessKey: c.key}
		if d := l.Interrupted(broken, now.Add(c.after)); d.Same != c.same || d.Reason == "" {
			t.Errorf("%s: got %+v", c.name, d)
		}
	}
}

// beacon is a reader that reports vehicles at their times.
type beacon []hardware.Sighting

func (b beacon) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	for _, s := range b {
		select {
		case <-time.After(time.Until(s.At)):
		case <-ctx.Done():
			return nil
		}
		if err := emit(s); err != nil {
			return err
		}
	}
	return nil
}

func (beacon) Health() hardware.Health { return hardware.Health{Up: true} }

// Two beacons over one zone report every vehicle once, in the order of the road.
func TestTwoBeaconsOverOneZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const vehicles = 9
		var beacons [2]beacon
		for i := range vehicles {
			at := time.Now().Add(time.Duration(i) * 1500 * time.Millisecond)
			for b := range beacons {
				s := tag(1+b, "in", fmt.Sprintf("95780100000000000%02d", i))
				s.At = at.Add(time.Duration(b*(i%5)*30) * time.Millisecond)
				beacons[b] = append(beacons[b], s)
			}
		}
		window := once.NewWindow(once.Standard())
		var mu sync.Mutex
		var got []string
		var running sync.WaitGroup
		for _, source := range beacons {
			r := once.Reader{Source: source, Window: window, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			running.Go(func() {
				if err := r.Run(t.Context(), func(s hardware.Sighting) error {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, s.Tag.PAN)
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		if len(got) != vehicles || !slices.IsSorted(got) {
			t.Errorf("got %d passages of %d vehicles: %v", len(got), vehicles, got)
		}
		same, _ := window.Counts()
		t.Logf("two beacons over one zone: %d vehicles, %d reports, %d passages, %d repeated reports", vehicles, 2*vehicles, len(got), same)
	})
}

// A doubtful sighting goes to review, and an error of emit is returned.
func TestReaderReviewsDoubtfulSightings(t *testing.T) {
	full := errors.New("disk is full")
	reviewed := 0
	now := time.Now()
	source := beacon{tag(1, "in", "9578010000000000012"), tag(2, "out", "9578010000000000012"), tag(1, "in", "9578010000000000020")}
	for i := range source {
		source[i].At = now
	}
	emitted := 0
	r := once.Reader{
		Source: source, Window: once.NewWindow(once.Rules{}), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Review: func(hardware.Sighting, once.Decision) error { reviewed++; return nil },
	}
	err := r.Run(t.Context(), func(hardware.Sighting) error {
		if emitted++; emitted == 2 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || reviewed != 1 || !r.Health().Up {
		t.Errorf("got %v, %d reviewed", err, reviewed)
	}
}
