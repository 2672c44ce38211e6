package lane_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// script is a reader that emits prepared sightings at their times.
type script struct {
	sightings []hardware.Sighting
	end       error
}

func (s script) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	began := time.Now()
	for _, x := range s.sightings {
		sleep(ctx, time.Until(began.Add(x.At.Sub(start))))
		if ctx.Err() != nil {
			break
		}
		if err := emit(x); err != nil {
			return err
		}
	}
	if s.end != nil {
		return s.end
	}
	<-ctx.Done()
	return nil
}

func (script) Health() hardware.Health { return hardware.Health{Up: true} }

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func wait(ctx context.Context, d time.Duration) error {
	sleep(ctx, d)
	return ctx.Err()
}

// A tag reader and a camera of one lane are joined, and doubts go to review.
func TestReaderJoinsItsSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tags, plates []hardware.Sighting
		for i := range 30 {
			pan := string(rune('a' + i))
			ms := i*6000 + i*i*137%2500
			tags = append(tags, tagged(ms, pan, ""))
			plates = append(plates, plate(ms+800, "P"+pan))
		}
		tags = append(tags, tagged(220_000, "x", ""), tagged(220_005, "y", ""))
		plates = append(plates, plate(220_800, "Px"), plate(220_804, "Py"))
		var got []hardware.Sighting
		doubted := 0
		r := &lane.Reader{
			Sources: []hardware.Reader{script{sightings: tags}, script{sightings: plates}}, Rules: lane.Standard(), Now: time.Now, Wait: wait,
			Review: func(lane.Passage) error { doubted++; return nil },
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := r.Run(ctx, func(s hardware.Sighting) error { got = append(got, s); return nil }); err != nil {
			t.Fatal(err)
		}
		joined := 0
		for _, s := range got {
			if s.Plate.Text == "P"+s.Tag.PAN {
				joined++
			}
		}
		if joined < 28 || len(got) != 32 || doubted > 8 { // the first vehicles wait in vain for the clock offset
			t.Errorf("got %d passages, %d joined, %d doubts, want 32, at least 28 and at most 8", len(got), joined, doubted)
		}
		if h := r.Health(); h.Vehicles < 34 || h.Offset.Round(time.Millisecond) != 800*time.Millisecond {
			t.Errorf("got %+v", h)
		}
	})
}

// A tag in a vehicle with another plate than it was issued for is reported and stays chargeable.
func TestPlateMismatchIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tags, plates []hardware.Sighting
		for i := range 30 {
			text := "DP4582" + string(rune('0'+i%10))
			if tags = append(tags, tagged(i*6000, text, text)); i == 29 {
				text = "DP4582X"
			}
			plates = append(plates, plate(i*6000+800, text))
		}
		found := map[hardware.Finding]int{}
		r := &lane.Reader{
			Sources: []hardware.Reader{script{sightings: tags}, script{sightings: plates}}, Rules: lane.Standard(), Now: time.Now, Wait: wait,
			Review: func(lane.Passage) error { return nil },
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := r.Run(ctx, func(s hardware.Sighting) error {
			found[s.Tag.Finding]++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if h := r.Health(); found[hardware.Read] != 29 || found[hardware.PlateDiffers] != 1 || h.Tags != 30 {
			t.Errorf("got %v, %+v", found, h)
		}
	})
}

// A failing source ends Run after everything seen has been emitted.
func TestReaderStopsWhenSourceFails(t *testing.T) {
	errGone := errors.New("camera is gone")
	synctest.Test(t, func(t *testing.T) {
		n := 0
		r := &lane.Reader{
			Sources: []hardware.Reader{script{sightings: []hardware.Sighting{tagged(0, "a", "")}, end: errGone}}, Rules: lane.Standard(), Now: time.Now, Wait: wait,
		}
		if err := r.Run(t.Context(), func(hardware.Sighting) error { n++; return nil }); !errors.Is(err, errGone) || n != 1 {
			t.Errorf("got %v after %d passages", err, n)
		}
	})
}
