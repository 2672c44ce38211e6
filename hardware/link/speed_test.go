package link_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/sim"
)

// zoneMetres is the length of the communication zone along the road.
const zoneMetres = 5

// At road speeds the whole transaction of level 1 fits into the zone, also on a rough channel. The camera
// covers the vehicles whose tag is not read.
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
					time.Sleep(max(a.After, 11*time.Second)) // longer than the re-read window, because the same vehicle may come again
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
