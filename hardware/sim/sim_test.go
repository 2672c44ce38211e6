package sim_test

import (
	"context"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

const seed = 7

func gates() []sim.Gate {
	return []sim.Gate{{Lane: 1, Direction: "in"}, {Lane: 2, Direction: "out"}}
}

func traffic(rate float64) *sim.Traffic {
	return &sim.Traffic{Vehicles: sim.RandomVehicles(sim.NewRand(seed, 0), 50, gates()), Rate: rate, Rand: sim.NewRand(seed, 1)}
}

func reader(t *sim.Traffic) *sim.Reader {
	return &sim.Reader{Traffic: t, Profile: efc.Standard(dsrc.BeaconID{Manufacturer: 1, Individual: 1000}), Now: time.Now, Wait: uplink.Sleep}
}

// An hour of virtual time has the configured rate of vehicles, 91 of 100 identified by their tag.
func TestSimulatedTrafficMatchesRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		r := reader(traffic(1))
		lanes := map[int]int{}
		if err := r.Run(ctx, func(s hardware.Sighting) error {
			lanes[s.Lane]++
			if s.Tag.Finding == hardware.Read && s.Tag.Plate != s.Plate {
				t.Errorf("seed %d: tag of %v on %v", seed, s.Tag.Plate, s.Plate)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		h := r.Health()
		if h.Up || math.Abs(float64(h.Vehicles)-3600) > 240 || math.Abs(float64(h.Tags)/float64(h.Vehicles)-0.91) > 0.02 {
			t.Errorf("seed %d: got %+v, want about 3600 vehicles, 91 %% by tag", seed, h)
		}
		if len(lanes) != 2 {
			t.Errorf("seed %d: got lanes %v, want both", seed, lanes)
		}
	})
}

func TestSameSeedSameTraffic(t *testing.T) {
	a, b := traffic(1), traffic(1)
	for range 100 {
		if diff := cmp.Diff(a.Next(time.Time{}), b.Next(time.Time{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestMisreadPlatesDifferByOneCharacter(t *testing.T) {
	road := traffic(1)
	road.Misread = 1
	for range 200 {
		a := road.Next(time.Time{})
		wrong := 0
		for i := range a.Plate.Text {
			if a.Plate.Text[i] != a.Vehicle.Plate.Text[i] {
				wrong++
			}
		}
		if len(a.Plate.Text) != len(a.Vehicle.Plate.Text) || wrong != 1 {
			t.Errorf("seed %d: got %s for %s", seed, a.Plate.Text, a.Vehicle.Plate.Text)
		}
	}
}

func TestReadVehicles(t *testing.T) {
	got, err := sim.ReadVehicles(strings.NewReader("# vehicles\n\nNO DP45821 9578010000000000012\nSE ABC12D\n"), gates())
	want := []sim.Vehicle{
		{PAN: "9578010000000000012", Plate: hardware.PlateRead{Country: "NO", Text: "DP45821"}, Gates: gates()},
		{Plate: hardware.PlateRead{Country: "SE", Text: "ABC12D"}, Gates: gates()},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("got %v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{"", "NO", "NO DP45821 123", "NO DP45821 1 2"} {
		if _, err := sim.ReadVehicles(strings.NewReader(text), nil); err == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}

// A tag answers valid requests and ignores all others.
func TestTagAnswers(t *testing.T) {
	tag, err := sim.NewTag("9578010000000000012", hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, want string }{
		{"nothing before the BST", "9162020120", ""},
		{"the BST", "9180000800041C6A2FB0FF00010100", "91900001C102020630C001000102800100020000"},
		{"not a message", "91F0", ""},
		{"two fragments", "1162020120", ""},
		{"another contract's attributes", "9162030120", "91720301"},
		{"a missing attribute", "9162020105", "91720202"},
		{"an echo", "9105000F020400010203", "911400020400010203"},
		{"an attribute that is not a receipt", "9148020111310100", ""},
		{"an unknown action", "9104022A", ""},
		{"an unknown action, confirmed", "9101022A", "91120202"},
		{"release", "91200000", ""},
		{"nothing after the release", "9162020120", ""},
	} {
		in, err := hex.DecodeString(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ToUpper(hex.EncodeToString(tag.Answer(in))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
