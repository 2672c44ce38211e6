package link_test

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/link"
	"bompass/hardware/sim"
)

// faults are the faults of a simulated line: shares of octets that are altered, and the mean time between
// two failures of the line.
type faults struct {
	calm                 bool // every vehicle gets its receipt
	drop, garble, double float64
	cut, deaf, restart   time.Duration
	channel              func(*rand.Rand) *sim.Channel
}

// road is a beacon behind a line that fails.
type road struct {
	faults
	beacon *sim.Beacon
	zone   *sim.Zone

	mu    sync.Mutex
	dice  *rand.Rand
	now   *wire
	lines int // number of lines opened
}

// wire is one connection between host and beacon.
type wire struct {
	ends []io.Closer
	mu   sync.Mutex
	deaf bool // half open: takes octets and forwards none
}

func (w *wire) close() {
	for _, end := range w.ends {
		_ = end.Close()
	}
}

func (w *wire) isDeaf() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.deaf
}

func (r *road) chance(p float64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dice.Float64() < p
}

// open creates a new connection.
func (r *road) open(ctx context.Context) (io.ReadWriteCloser, error) {
	host, near := net.Pipe()
	far, device := net.Pipe()
	w := &wire{ends: []io.Closer{host, near, far, device}}
	r.mu.Lock()
	r.now = w
	r.lines++
	r.mu.Unlock()
	go r.pump(w, far, near)
	go r.pump(w, near, far)
	go func() { _ = r.beacon.Serve(ctx, device) }() // a cut connection ends with an error
	return host, nil
}

func (r *road) pump(w *wire, to io.Writer, from io.Reader) {
	defer w.close()
	buffer := make([]byte, 256)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if w.isDeaf() {
			continue
		}
		if _, err := to.Write(r.spoil(buffer[:n])); err != nil {
			return
		}
	}
}

func (r *road) spoil(in []byte) (out []byte) {
	for _, octet := range in {
		if r.chance(r.drop) {
			continue
		}
		if r.chance(r.garble) {
			octet ^= 0x5A
		}
		out = append(out, octet)
		if r.chance(r.double) {
			out = append(out, octet)
		}
	}
	return out
}

// fail calls how at random intervals with the given mean.
func (r *road) fail(ctx context.Context, every time.Duration, how func(*wire)) {
	for every > 0 {
		r.mu.Lock()
		wait, w := time.Duration(r.dice.ExpFloat64()*float64(every)), r.now
		r.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		if w != nil {
			how(w)
		}
	}
}

func (r *road) rage(ctx context.Context) {
	go r.fail(ctx, r.cut, (*wire).close)
	go r.fail(ctx, r.deaf, func(w *wire) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.deaf = true
	})
	go r.fail(ctx, r.restart, func(w *wire) {
		r.beacon.Restart()
		w.close()
	})
}

const cars = 150

var seeds = flag.Uint64("seeds", 3, "how many seeds each fault is tried with")

// Under any fault of the line, every tag that stays until the line is back is one passage, in the order of
// the road, and no receipt is written without a passage.
func TestNothingLostNothingDuplicated(t *testing.T) {
	for name, f := range map[string]faults{
		"nothing":              {calm: true},
		"dropped octets":       {drop: 0.002},
		"garbled octets":       {garble: 0.002},
		"doubled octets":       {double: 0.002},
		"the line is cut":      {cut: 3 * time.Second},
		"half-open":            {deaf: 7 * time.Second},
		"the beacon restarts":  {restart: 4 * time.Second},
		"a rough channel":      {channel: sim.RoughChannel},
		"everything together":  {drop: 0.0005, garble: 0.0005, double: 0.0005, cut: 15 * time.Second, deaf: 20 * time.Second, restart: 20 * time.Second, channel: sim.RoughChannel},
		"cut again and again":  {cut: 200 * time.Millisecond},
		"restarts in a flurry": {restart: 250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			passages, lines := 0, 0
			for seed := range *seeds {
				synctest.Test(t, func(t *testing.T) {
					seen, opened := drive(t, f, seed)
					passages += seen
					lines += opened
				})
			}
			t.Logf("%s: %d vehicles, %d passages, over %d lines", name, *seeds*cars, passages, lines)
		})
	}
}

func drive(t *testing.T, f faults, seed uint64) (passages, lines int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := &road{faults: f, zone: sim.NewZone(), dice: sim.NewRand(seed, 1)}
	var o sim.BeaconOptions
	if f.channel != nil {
		o.Channel = f.channel(sim.NewRand(seed, 2))
	}
	r.beacon = sim.NewBeacon(r.zone, time.Now, o)
	passed := make(chan string, cars)
	reader := newReader(r, seed)
	var seen []string
	ended := make(chan error, 1)
	go func() {
		ended <- reader.Run(ctx, func(s hardware.Sighting) error {
			seen = append(seen, s.Tag.PAN)
			passed <- s.Tag.PAN
			if s.Tag.Finding != hardware.Read {
				t.Errorf("seed %d: found %s", seed, s.Tag.Finding)
			}
			return nil
		})
	}()
	r.rage(ctx)

	vehicles := sim.RandomVehicles(sim.NewRand(seed, 3), cars, []sim.Gate{{Lane: 1}})
	tags := pass(t, r, vehicles, passed, sim.NewRand(seed, 4))
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	r.now.close()
	synctest.Wait()
	for i, v := range vehicles {
		if i >= len(seen) || seen[i] != v.PAN {
			t.Fatalf("seed %d: passage %d of %d is not vehicle %s: %v", seed, i, len(seen), v.PAN, seen[max(0, i-2):min(i+3, len(seen))])
		}
		if receipts := tags[i].Receipts; receipts[0].Station == 0 && f.calm {
			t.Errorf("seed %d: vehicle %d has no receipt", seed, i)
		}
	}
	if len(seen) != cars {
		t.Errorf("seed %d: got %d passages of %d vehicles", seed, len(seen), cars)
	}
	return len(seen), r.lines
}

// pass drives the vehicles through the zone, one after the other. Each stays until it is reported, at most
// two minutes, and a moment longer.
func pass(t *testing.T, r *road, vehicles []sim.Vehicle, passed <-chan string, dice *rand.Rand) (tags []*sim.Tag) {
	t.Helper()
	for i, v := range vehicles {
		tag, err := sim.NewTag(v.PAN, v.Plate)
		if err != nil {
			t.Fatal(err)
		}
		tags = append(tags, tag.Secure(keys()))
		r.zone.Enter(tag)
		late := time.After(2 * time.Minute)
		select {
		case <-passed:
		case <-late:
			t.Errorf("vehicle %d was not seen", i)
		}
		time.Sleep(time.Duration(100+dice.IntN(400)) * time.Millisecond)
		r.zone.Leave(tag)
		time.Sleep(time.Duration(dice.ExpFloat64() * float64(time.Second)))
	}
	time.Sleep(time.Minute)
	return tags
}

func newReader(r *road, seed uint64) *link.Reader {
	p := profile()
	p.Beacon = dsrc.BeaconID{Manufacturer: 1, Individual: 7}
	random := rand.NewChaCha8([32]byte{byte(seed)})
	return &link.Reader{
		Lane: 1, Direction: "in", Connect: link.NewConnector(r.open, random), Profile: p, Keys: keys(), Now: time.Now,
		Random: random, Jitter: sim.NewRand(seed, 5).Float64, Log: slog.New(slog.DiscardHandler),
	}
}
