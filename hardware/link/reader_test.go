package link_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware"
	"bompass/hardware/link"
	"bompass/hardware/sim"
)

// lane is a running reader on a faultless line and the sightings it has emitted.
type lane struct {
	*road
	reader *link.Reader
	emit   func(hardware.Sighting) error // nil appends to seen
	seen   []hardware.Sighting
}

// run runs the reader while happens is called.
func (l *lane) run(t *testing.T, o sim.BeaconOptions, happens func()) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l.road = &road{zone: sim.NewZone(), dice: sim.NewRand(1, 1)}
	l.beacon = sim.NewBeacon(l.zone, time.Now, o)
	l.reader = newReader(l.road, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- l.reader.Run(ctx, func(s hardware.Sighting) error {
			if l.emit != nil {
				return l.emit(s)
			}
			l.seen = append(l.seen, s)
			return nil
		})
	}()
	time.Sleep(time.Second)
	happens()
	cancel()
	err := <-ended
	l.now.close()
	synctest.Wait()
	return err
}

// visit drives a tag through the zone.
func (l *lane) visit(tag *sim.Tag, stay time.Duration) {
	l.zone.Enter(tag)
	time.Sleep(stay)
	l.zone.Leave(tag)
}

func findings(seen []hardware.Sighting) (list []hardware.Finding) {
	for _, s := range seen {
		list = append(list, s.Tag.Finding)
	}
	return list
}

// What drives through the lane, and the findings it causes.
func TestUnusualTags(t *testing.T) {
	other := hardware.PlateRead{Country: "SE", Text: "ABC12D"}
	for _, c := range []struct {
		name    string
		happens func(t *testing.T, l *lane)
		want    []hardware.Finding
	}{
		{"a tag is one passage however long it stays", func(t *testing.T, l *lane) { t.Helper(); l.visit(newTag(t), time.Minute) }, []hardware.Finding{hardware.Read}},
		{"a mute tag is not reported", func(t *testing.T, l *lane) {
			t.Helper()
			tag := newTag(t)
			tag.Mute = true
			l.visit(tag, time.Second)
		}, nil},
		{"a slow tag is read", func(t *testing.T, l *lane) {
			t.Helper()
			tag := newTag(t)
			tag.Slow = 25 * time.Millisecond
			l.visit(tag, time.Second)
		}, []hardware.Finding{hardware.Read}},
		{"two refusing tags in close succession are two passages", func(t *testing.T, l *lane) {
			t.Helper()
			for range 2 {
				tag := newTag(t)
				tag.Refuses = true
				l.visit(tag, 300*time.Millisecond)
				time.Sleep(700 * time.Millisecond)
			}
		}, []hardware.Finding{hardware.AccessDenied, hardware.AccessDenied}},
		{"a tag that returns later is another passage", func(t *testing.T, l *lane) {
			t.Helper()
			l.visit(newTag(t), time.Second)
			time.Sleep(time.Minute)
			l.visit(newTag(t), time.Second)
		}, []hardware.Finding{hardware.Read, hardware.Read}},
		{"two tags at once are both read", func(t *testing.T, l *lane) {
			t.Helper()
			second, err := sim.NewTag(sim.RandomVehicles(sim.NewRand(1, 0), 1, nil)[0].PAN, other)
			if err != nil {
				t.Fatal(err)
			}
			l.zone.Enter(second.Secure(keys()))
			l.visit(newTag(t), time.Second)
			l.zone.Leave(second)
		}, []hardware.Finding{hardware.Read, hardware.Read}},
		{"a tag that leaves too early is a passage without a number", func(t *testing.T, l *lane) {
			t.Helper()
			l.visit(newTag(t), 2*time.Millisecond)
			time.Sleep(5 * time.Second)
		}, []hardware.Finding{hardware.Interrupted}},
		{"a tag that breaks off and is found again is one passage", func(t *testing.T, l *lane) {
			t.Helper()
			tag := newTag(t)
			l.visit(tag, 2*time.Millisecond)
			time.Sleep(time.Second)
			l.visit(tag, time.Second)
			time.Sleep(5 * time.Second)
		}, []hardware.Finding{hardware.Read}},
		{"a tag that broke off at the end is reported", func(t *testing.T, l *lane) {
			t.Helper()
			l.visit(newTag(t), 2*time.Millisecond)
			time.Sleep(time.Second)
		}, []hardware.Finding{hardware.Interrupted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l lane
				if err := l.run(t, sim.BeaconOptions{}, func() { c.happens(t, &l) }); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, findings(l.seen)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A passage has the time of the tag's answer by the host's clock; the beacon's own time is kept beside it.
func TestSightingHasHostAndDeviceTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lane
		var at time.Time
		if err := l.run(t, sim.BeaconOptions{Skew: time.Hour}, func() {
			at = time.Now()
			l.visit(newTag(t), time.Second)
		}); err != nil {
			t.Fatal(err)
		}
		s := l.seen[0]
		if late := s.At.Sub(at); late < 0 || late > 5*time.Millisecond || s.Tag.Device.Sub(at).Abs() > 5*time.Millisecond || s.Offset.Abs() > time.Millisecond {
			t.Errorf("came %v, seen %v, by the beacon %v, offset %v", at, s.At, s.Tag.Device, s.Offset)
		}
		if s.Lane != 1 || s.Direction != "in" || !s.Tag.Verified || len(s.Tag.Raw) == 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lane
		if err := l.run(t, sim.BeaconOptions{}, func() {
			if h := l.reader.Health(); !h.Up || h.Fault != "" {
				t.Errorf("a good beacon: got %+v", h)
			}
			l.beacon.SetFault(3)
			time.Sleep(3 * time.Second)
			if h := l.reader.Health(); !h.Up || h.Fault != "beacon reports fault 3" {
				t.Errorf("a faulty beacon: got %+v", h)
			}
			l.beacon.SetFault(0)
			l.now.mu.Lock()
			l.now.deaf = true
			l.now.mu.Unlock()
			before := l.reader.Health()
			time.Sleep(5 * time.Second)
			if h := l.reader.Health(); !h.Up || !h.Since.After(before.Since) {
				t.Errorf("a line that was half open: got %+v, before %+v", h, before)
			}
			l.beacon.Restart() // the connection stays
			time.Sleep(4 * time.Second)
			l.visit(newTag(t), time.Second)
		}); err != nil {
			t.Fatal(err)
		}
		if h := l.reader.Health(); h.Up || h.Tags != 1 || h.Vehicles != 1 {
			t.Errorf("at the end: got %+v", h)
		}
	})
}

// A busy beacon is tried again at intervals, and no passage results from it.
func TestBusyBeacon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lane
		if err := l.run(t, sim.BeaconOptions{}, func() {
			l.beacon.SetBusy(true)
			tag := newTag(t)
			l.zone.Enter(tag)
			time.Sleep(10 * time.Second)
			if h := l.reader.Health(); !h.Up || h.Fault != "link: find: busy" {
				t.Errorf("got %+v", h)
			}
			l.beacon.SetBusy(false)
			time.Sleep(3 * time.Second)
			l.zone.Leave(tag)
		}); err != nil {
			t.Fatal(err)
		}
		if h := l.reader.Health(); len(l.seen) != 1 || h.Tags != 1 {
			t.Errorf("got %d passages, %+v", len(l.seen), h)
		}
	})
}

// Late and duplicate answers are not mistaken for the awaited ones.
func TestLateAndDuplicateAnswers(t *testing.T) {
	for name, c := range map[string]sim.Channel{"late": {Late: 0.2}, "doubled": {Double: 0.2}, "both": {Late: 0.1, Double: 0.1}} {
		synctest.Test(t, func(t *testing.T) {
			const seed, n = 3, 300
			var l lane
			c.Rand = sim.NewRand(seed, 0)
			if err := l.run(t, sim.BeaconOptions{Channel: &c}, func() {
				for _, v := range sim.RandomVehicles(sim.NewRand(seed, 1), n, nil) {
					tag, err := sim.NewTag(v.PAN, v.Plate)
					if err != nil {
						t.Fatal(err)
					}
					l.visit(tag.Secure(keys()), time.Second)
				}
			}); err != nil {
				t.Fatal(err)
			}
			for i, s := range l.seen {
				if s.Tag.Finding == hardware.Read && !s.Tag.Verified {
					t.Errorf("%s, seed %d: passage %d is not verified", name, seed, i)
				}
			}
			if h := l.reader.Health(); h.Vehicles != n || h.Tags < n*98/100 {
				t.Errorf("%s, seed %d: got %d passages, %d read, of %d", name, seed, h.Vehicles, h.Tags, n)
			}
		})
	}
}

func TestEmitErrorEndsRun(t *testing.T) {
	full := errors.New("disk is full")
	synctest.Test(t, func(t *testing.T) {
		l := lane{emit: func(hardware.Sighting) error { return full }}
		tag := newTag(t)
		if err := l.run(t, sim.BeaconOptions{}, func() { l.visit(tag, time.Second) }); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
		if tag.Receipts[0].Station != 0 {
			t.Error("a receipt was written")
		}
	})
}

// The waits between attempts to open a line grow exponentially.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		var tries []time.Time
		r := newReader(&road{dice: sim.NewRand(1, 1)}, 1)
		r.Connect = func(context.Context) (link.Beacon, error) {
			tries = append(tries, time.Now())
			return nil, errors.New("no such port")
		}
		if err := r.Run(ctx, func(hardware.Sighting) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(tries); i++ {
			most := min(250*time.Millisecond<<min(i-1, 10), 30*time.Second)
			if wait := tries[i].Sub(tries[i-1]); wait < most/2 || wait > most {
				t.Errorf("wait %d: got %v, want %v to %v", i, wait, most/2, most)
			}
		}
		if len(tries) < 15 || r.Health().Fault != "no such port" {
			t.Errorf("got %d tries, %+v", len(tries), r.Health())
		}
	})
}
