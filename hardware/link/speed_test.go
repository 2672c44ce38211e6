package link_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/sim"
)

// zoneMetres is how far along the road a beacon sees a tag.
const zoneMetres = 5

// At the speeds of the road the whole transaction of level 1 fits into the zone, also on a rough
// channel. What is not read by its tag is left to the camera.
func TestReadsAtSpeed(t *testing.T) {
	for _, c := range []struct {
		kmh  float64
		want int // of a thousand
	}{{50, 995}, {80, 995}, {110, 990}} {
		synctest.Test(t, func(t *testing.T) {
			const seed, n = 11, 1000
			var l lane
			road := sim.Traffic{Vehicles: sim.RandomVehicles(sim.NewRand(seed, 0), 200, []sim.Gate{{Lane: 1}}), Rate: 0.05, Speed: c.kmh, Rand: sim.NewRand(seed, 1)}
			if err := l.run(t, sim.BeaconOptions{Channel: sim.RoughChannel(sim.NewRand(seed, 2))}, func() {
				for range n {
					a := road.Next(time.Now())
					time.Sleep(max(a.After, 11*time.Second)) // the same car may come again
					tag, err := sim.NewTag(a.Vehicle.PAN, a.Vehicle.Plate)
					if err != nil {
						t.Fatal(err)
					}
					l.visit(tag.Secure(keys()), a.Stay(zoneMetres))
				}
			}); err != nil {
				t.Fatal(err)
			}
			read := 0
			for _, s := range l.seen {
				if s.Tag.Finding == hardware.Read {
					read++
				}
			}
			t.Logf("seed %d: %d of %d read at %v km/h", seed, read, n, c.kmh)
			if read < c.want || read > n {
				t.Errorf("seed %d: %d of %d read at %v km/h, want %d at least", seed, read, n, c.kmh, c.want)
			}
		})
	}
}
