package uplink_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

// memory is an in-memory server for virtual time, where no real socket may be used.
type memory struct {
	mu    sync.Mutex
	away  bool
	kept  map[string]bool
	twice int
	order map[string][2]int64 // by lane: the last epoch and sequence
	wrong int
}

func (m *memory) set(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

// RoundTrip accepts a batch like the server's intake.
func (m *memory) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, fmt.Errorf("no route to host")
	}
	n := 0
	err := lines(r.Body, func(o uplink.Observation) {
		n++
		if m.kept[key(o)] {
			m.twice++
			return
		}
		m.kept[key(o)] = true
		lane := fmt.Sprint(o.Station, o.Lane)
		last := m.order[lane]
		if o.Epoch == last[0] && o.Sequence != last[1]+1 || o.Epoch < last[0] {
			m.wrong++
		}
		m.order[lane] = [2]int64{o.Epoch, o.Sequence}
	})
	return answer(fmt.Sprintf(`{"accepted":%d}`, n)), err
}

func newMemory() *memory { return &memory{kept: map[string]bool{}, order: map[string][2]int64{}} }

// road returns a station of four lanes with the given rate of vehicles.
func road(perSecond float64) *sim.Reader {
	gates := []sim.Gate{{Lane: 1, Direction: "in"}, {Lane: 2, Direction: "out"}, {Lane: 3, Direction: "in"}, {Lane: 4, Direction: "out"}}
	return &sim.Reader{
		Traffic: &sim.Traffic{Vehicles: sim.RandomVehicles(sim.NewRand(5, 0), 500, gates), Rate: perSecond, Rand: sim.NewRand(5, 1)},
		Profile: efc.Standard(dsrc.BeaconID{Manufacturer: 1, Individual: 1000}), Now: time.Now, Wait: uplink.Sleep,
	}
}

// simulate runs four lanes in virtual time. during runs beside the agent.
func simulate(t *testing.T, perSecond float64, duration time.Duration, during func(*memory)) (m *memory, kept int) {
	t.Helper()
	m = newMemory()
	synctest.Test(t, func(t *testing.T) {
		spool, err := uplink.Open(t.TempDir(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		sender := sender("http://server.example", spool)
		sender.Client, sender.Wait = &http.Client{Transport: m}, uplink.Sleep
		ctx, cancel := context.WithTimeout(t.Context(), duration)
		defer cancel()
		if during != nil {
			go during(m)
		}
		agent := uplink.Agent{
			Sites: []uplink.Site{{Station: "oslo-301", Reader: road(perSecond)}}, Sender: sender,
			OnKept: func(uplink.Observation, hardware.Sighting) { kept++ },
		}
		if err := agent.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return m, kept
}

func (m *memory) check(t *testing.T, kept int) {
	t.Helper()
	if len(m.kept) != kept || m.twice > 0 || m.wrong > 0 {
		t.Errorf("%d passages kept, %d arrived, %d twice, %d out of order", kept, len(m.kept), m.twice, m.wrong)
	}
}

// Ten simulated minutes at 20 passages a second on four lanes, without a loss; one minute in a short run.
func TestSustainedTrafficLosesNothing(t *testing.T) {
	began, minutes := time.Now(), 1
	if figures() {
		minutes = 10
	}
	m, kept := simulate(t, 20, time.Duration(minutes)*time.Minute, nil)
	m.check(t, kept)
	if kept < 1100*minutes {
		t.Errorf("got %d passages, want about %d", kept, 1200*minutes)
	}
	t.Logf("%d passages in %d simulated minutes on %d lanes, none lost, none doubled (%v here)", kept, minutes, len(m.order), time.Since(began).Round(time.Millisecond))
}

// The server is down for a simulated day of an average station with 8,350 vehicles a day; an hour in a short
// run.
func TestServerDownForADay(t *testing.T) {
	away := time.Hour
	if figures() {
		away = 24 * time.Hour
	}
	m, kept := simulate(t, 8350.0/86400, away+time.Hour, func(m *memory) {
		time.Sleep(30 * time.Minute)
		m.set(true)
		time.Sleep(away)
		m.set(false)
	})
	m.check(t, kept)
	t.Logf("%d passages, the server away for %v: none lost, none doubled", kept, away)
}

// A spool of 80,000 passages is drained over loopback during live traffic; the duration is printed.
func TestSpoolIsDrainedDuringLiveTraffic(t *testing.T) {
	const waiting, drainMax = 80_000, 10 * time.Minute
	s := newServer(t, nil)
	spool := open(t, t.TempDir())
	fill(t, spool, waiting)
	sender := sender(s.URL, spool)
	sender.Wait = uplink.Sleep
	ctx, cancel := context.WithCancel(t.Context())
	live := 0
	agent := uplink.Agent{
		Sites: []uplink.Site{{Station: "oslo-302", Reader: road(20)}}, Sender: sender,
		OnKept: func(uplink.Observation, hardware.Sighting) { live++ },
	}
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- agent.Run(ctx) }()
	for spool.Waiting() > 40 && time.Since(began) < drainMax {
		time.Sleep(10 * time.Millisecond)
	}
	took := time.Since(began)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if took >= drainMax || len(s.received()) != waiting+live {
		t.Errorf("%d of %d passages after %v", len(s.received()), waiting+live, took)
	}
	t.Logf("80,000 passages drained over loopback in %v with %d live ones meanwhile, to a server that checks and keeps each (the test's own)", took.Round(time.Millisecond), live)
}
