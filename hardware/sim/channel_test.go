package sim_test

import (
	"bytes"
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bompass/hardware"
	"bompass/hardware/efc"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
)

// Any message is transmitted unchanged by a perfect channel.
func TestPerfectChannelLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 1, 128).Draw(r, "message")
		c := sim.Channel{Rand: sim.NewRand(seed, 0)}
		if got := c.Transmit(message); !bytes.Equal(got, message) {
			r.Fatalf("got %X, want %X", got, message)
		}
	})
}

// A damaged message is lost, never altered.
func TestNoisyChannelLosesButNeverAlters(t *testing.T) {
	message := []byte("\x91\x90\x00\x01\xC1\x02\x02\x06\x30\xC0\x01\x00\x01\x02\x80\x01\x00\x02\xFF\xFF")
	c := sim.Channel{Rand: sim.NewRand(seed, 0), Good: 0.005}
	lost, changed := 0, 0
	for range 10_000 {
		switch got := c.Transmit(message); {
		case got == nil:
			lost++
		case !bytes.Equal(got, message):
			changed++
		}
	}
	// About 210 bits, each flipped once in 200: two messages of three are lost.
	if changed != 0 || lost < 5500 || lost > 7500 {
		t.Errorf("seed %d: %d lost, %d changed", seed, lost, changed)
	}
}

// Losses come in bursts: after a loss the next message is more likely lost.
func TestLossesComeInBursts(t *testing.T) {
	c, message := sim.RoughChannel(sim.NewRand(seed, 1)), make([]byte, 30)
	var lost, again, total int
	before := false
	for range 50_000 {
		now := c.Transmit(message) == nil
		total++
		if now {
			lost++
		}
		if before && now {
			again++
		}
		before = now
	}
	alone, after := float64(lost)/float64(total), float64(again)/float64(lost)
	if alone > 0.15 || after < 4*alone {
		t.Errorf("seed %d: %.3f lost, %.3f after a loss", seed, alone, after)
	}
}

// A follower has the lane and speed of the vehicle before it.
func TestPlatoons(t *testing.T) {
	road := traffic(0.05)
	road.Follow = 0.4
	follows, speeds := 0, 0.0
	var before sim.Arrival
	const n = 2000
	for range n {
		a := road.Next(time.Time{})
		if a.After < 2*time.Second && a.Speed == before.Speed {
			follows++
			if a.Gate != before.Gate {
				t.Errorf("seed %d: a follower in lane %d, the one before in %d", seed, a.Gate.Lane, before.Gate.Lane)
			}
		}
		if a.Speed < 5 || a.Speed > 200 || a.Stay(5) <= 0 {
			t.Errorf("seed %d: %v km/h", seed, a.Speed)
		}
		speeds += a.Speed
		before = a
	}
	if share := float64(follows) / n; math.Abs(share-0.4) > 0.05 || math.Abs(speeds/n-80) > 2 {
		t.Errorf("seed %d: %.2f follow, %.1f km/h", seed, share, speeds/n)
	}
}

func TestCamera(t *testing.T) {
	plate, at := hardware.PlateRead{Country: "NO", Text: "DP45821"}, time.Unix(1781510399, 0)
	c := sim.Camera{Lane: 3, Rand: sim.NewRand(seed, 0), Wrong: 0.03, Missed: 0.01, Skew: 250 * time.Millisecond, Jitter: 20 * time.Millisecond}
	var missed, wrong int
	var late time.Duration
	const n = 10_000
	for range n {
		s, ok := c.See(plate, at)
		if !ok {
			missed++
			continue
		}
		if s.Plate != plate {
			wrong++
		}
		if s.Lane != 3 {
			t.Fatalf("got lane %d", s.Lane)
		}
		late += s.At.Sub(at)
	}
	if mean := late / time.Duration(n-missed); (mean-c.Skew).Abs() > 2*time.Millisecond || math.Abs(float64(missed)-100) > 40 || math.Abs(float64(wrong)-300) > 60 {
		t.Errorf("seed %d: %v late, %d missed, %d wrong", seed, mean, missed, wrong)
	}
}

// A station with keys reads tags at level 1, over the host link and the air interface.
func TestSecureStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := reader(traffic(1)), 0
		r.Keys = seal.TestKeys(sim.NorwegianMark())
		r.Profile = efc.Secure(r.Profile.Beacon, seal.TestKeyRef, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := r.Run(ctx, func(s hardware.Sighting) error {
			if s.Tag.Finding == hardware.Read && s.Tag.Verified {
				n++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if h := r.Health(); n == 0 || int64(n) != h.Tags || h.Tags*100 < h.Vehicles*85 {
			t.Errorf("seed %d: %d verified, %+v", seed, n, h)
		}
	})
}
