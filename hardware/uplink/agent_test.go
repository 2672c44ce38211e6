package uplink_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

func station(seed uint64) *sim.Reader {
	gates := []sim.Gate{{Lane: 1, Direction: "in"}, {Lane: 2, Direction: "out"}}
	return &sim.Reader{
		Traffic: &sim.Traffic{Vehicles: sim.RandomVehicles(sim.NewRand(seed, 0), 20, gates), Rate: 2000, Rand: sim.NewRand(seed, 1)},
		Profile: efc.Standard(dsrc.BeaconID{Manufacturer: 1, Individual: 1000}), Now: time.Now, Wait: uplink.Sleep,
	}
}

// From the octets of simulated tags to the server, every stored passage arrives, and each lane's sequence
// has no gap.
func TestAgentDeliversEveryPassage(t *testing.T) {
	s := newServer(t, nil)
	sender := sender(s.URL, open(t, t.TempDir()))
	sender.Wait = uplink.Sleep
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()

	var mu sync.Mutex
	seen, tags := map[string]bool{}, 0
	agent := uplink.Agent{
		Sites: []uplink.Site{{Station: "oslo-301", Reader: station(1)}, {Station: "oslo-302", Reader: station(2)}}, Sender: sender,
		OnKept: func(o uplink.Observation, _ hardware.Sighting) {
			mu.Lock()
			defer mu.Unlock()
			seen[key(o)] = true
			if o.Tag != "" {
				tags++
			}
			if len(seen) == 200 {
				cancel()
			}
		},
	}
	if err := agent.Run(ctx); err != nil {
		t.Fatal(err)
	}
	kept := s.passages()
	if len(seen) == 0 || len(seen) != len(kept) || tags == 0 {
		t.Errorf("got %d passages of %d, %d by tag", len(kept), len(seen), tags)
	}
	last := map[string]int64{}
	for _, key := range s.received() {
		o := kept[key]
		lane := o.Station + string(rune('0'+o.Lane))
		if o.Sequence != last[lane]+1 {
			t.Errorf("%s: sequence %d follows %d", lane, o.Sequence, last[lane])
		}
		last[lane] = o.Sequence
	}
}

// A failing reader ends the agent after the stored passages have been sent.
func TestAgentStopsWhenReaderFails(t *testing.T) {
	s := newServer(t, nil)
	sender := sender(s.URL, open(t, t.TempDir()))
	sender.Wait = uplink.Sleep
	agent := uplink.Agent{Sites: []uplink.Site{{Station: "oslo-301", Reader: broken{}}, {Station: "oslo-302", Reader: station(1)}}, Sender: sender}
	if err := agent.Run(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
	if len(s.received()) == 0 || sender.Spool.Waiting() != 0 {
		t.Errorf("got %d waiting, want 0", sender.Spool.Waiting())
	}
}

var errBroken = errors.New("antenna fell off")

// broken is a reader whose device fails after one vehicle.
type broken struct{}

func (broken) Run(_ context.Context, emit func(hardware.Sighting) error) error {
	return errors.Join(emit(hardware.Sighting{Lane: 1, At: time.Unix(1_780_000_000, 0)}), errBroken)
}

func (broken) Health() hardware.Health { return hardware.Health{} }

// Only a chargeable tag is sent as the passage's tag.
func TestOnlyReadTagIsReported(t *testing.T) {
	for finding, want := range map[hardware.Finding]string{hardware.Read: "9578010000000000012", hardware.Expired: "", hardware.WrongNumber: ""} {
		o := uplink.FromSighting("oslo-301", hardware.Sighting{Tag: hardware.TagRead{Finding: finding, PAN: "9578010000000000012"}})
		if o.Tag != want {
			t.Errorf("%s: got tag %q, want %q", finding, o.Tag, want)
		}
	}
}
