package lane_test

import (
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// On simulated traffic with known truth, at least 99.5 % of the joinable pairs are joined and none wrongly,
// even when no tag carries its plate and the camera's clock is off and drifts.
func TestJoiningAgainstTheTruth(t *testing.T) {
	const vehicles = 4000
	for _, know := range []float64{0.8, 0} {
		var sum outcome
		for seed := uint64(1); seed <= 12; seed++ {
			r := road{seed: seed, vehicles: vehicles, skew: time.Duration(int(seed)-6) * 390 * time.Millisecond, drift: 15, knowPlate: know}
			o, _ := r.run(lane.Standard())
			sum = sum.plus(o)
		}
		if sum.wrong > 0 || sum.recall() < 99.5 {
			t.Errorf("recall %.2f %%, %d wrong, of %+v", sum.recall(), sum.wrong, sum)
		}
		t.Logf("%3.0f %% of tags carry their plate: recall %.3f %% of %d pairs, %d wrong, %d kept in doubt, %d split, %d unseen, at margin %g",
			100*know, sum.recall(), sum.both, sum.wrong, sum.doubtful, sum.split, sum.unseen, lane.Standard().Margin)
	}
}

func (o outcome) plus(p outcome) outcome {
	return outcome{o.both + p.both, o.joined + p.joined, o.wrong + p.wrong, o.doubtful + p.doubtful, o.passages + p.passages, o.unseen + p.unseen, o.split + p.split}
}

// A larger margin lowers recall and the number of wrong pairs. The figures are printed for the choice of the
// margin.
func TestMarginTradesRecallForCertainty(t *testing.T) {
	for _, margin := range []float64{0, 2, 5, 8} {
		rules := lane.Standard()
		rules.Margin = margin
		var sum outcome
		for seed := uint64(20); seed < 24; seed++ {
			o, _ := road{seed: seed, vehicles: 3000, skew: time.Second, drift: 15}.run(rules)
			sum = sum.plus(o)
		}
		t.Logf("margin %g: recall %.3f %%, %d wrong of %d, %d kept in doubt", margin, sum.recall(), sum.wrong, sum.both, sum.doubtful)
		if margin >= lane.Standard().Margin && sum.wrong > 0 {
			t.Errorf("margin %g: %d wrong", margin, sum.wrong)
		}
	}
}

var start = time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func tagged(ms int, pan, plate string) hardware.Sighting {
	read := hardware.TagRead{Finding: hardware.Read, PAN: pan}
	if plate != "" {
		read.Plate = hardware.PlateRead{Country: "NO", Text: plate}
	}
	return hardware.Sighting{Lane: 1, At: at(ms), Tag: read}
}

func plate(ms int, text string) hardware.Sighting {
	return hardware.Sighting{Lane: 1, At: at(ms), Plate: hardware.PlateRead{Country: "NO", Text: text}}
}

// taught returns a Joiner that has learned a camera offset of 100 ms, and the time in milliseconds from
// which a test may continue.
func taught(t *testing.T) (*lane.Joiner, int) {
	t.Helper()
	j := lane.NewJoiner(lane.Standard())
	for i := range 20 {
		text := string(rune('A'+i)) + "B12345"
		j.Add(tagged(i*10000, text, text), at(i*10000))
		j.Add(plate(i*10000+90+i, text), at(i*10000+500))
		j.Ready(at(i*10000+9000), false)
	}
	if offset, known := j.Offset(); !known || offset < 90*time.Millisecond || offset > 110*time.Millisecond {
		t.Fatalf("got offset %v %t, want about 100 ms", offset, known)
	}
	return j, 300_000
}

// Two vehicles side by side and two plates at the same time cannot be distinguished, so they are not joined.
func TestAmbiguousPairIsFlaggedNotJoined(t *testing.T) {
	j, ms := taught(t)
	for _, s := range []hardware.Sighting{tagged(ms, "1", ""), tagged(ms+5, "2", ""), plate(ms+100, "EK10001"), plate(ms+104, "EK10002")} {
		j.Add(s, s.At)
	}
	got := j.Ready(at(ms+30_000), false)
	if len(got) != 4 {
		t.Fatalf("got %d passages, want 4", len(got))
	}
	for _, p := range got {
		if p.Doubt != lane.Ambiguous || !p.Tag.IsZero() && (p.Plate.Text != "" || len(p.Others) != 2) {
			t.Errorf("got %+v, want it in doubt", p)
		}
	}
	for _, s := range []hardware.Sighting{tagged(ms+60_000, "1", "EK10001"), tagged(ms+60_005, "2", ""), plate(ms+60_100, "EK10001"), plate(ms+60_104, "EK10002")} {
		j.Add(s, s.At)
	}
	for _, p := range j.Ready(at(ms+90_000), false) {
		if want := map[string]string{"1": "EK10001", "2": "EK10002"}[p.Tag.PAN]; p.Plate.Text != want || p.Doubt != lane.NoDoubt {
			t.Errorf("a tag with its plate decides both pairs: got %+v", p)
		}
	}
}

// A vehicle without a readable plate and one without a tag, a second apart, are two passages.
func TestNeighbouringVehiclesAreNotJoined(t *testing.T) {
	j, ms := taught(t)
	j.Add(tagged(ms, "1", ""), at(ms))
	j.Add(plate(ms+1100, "EK10002"), at(ms+1500))
	got := j.Ready(at(ms+30_000), false)
	if len(got) != 2 || got[0].Plate.Text != "" || got[1].Doubt != lane.NoDoubt {
		t.Errorf("got %+v, want two passages", got)
	}
}

// A jump of the camera's clock is detected within about ten vehicles. Until then, a tag without its plate
// may be joined with a neighbour's plate, which is rare.
func TestCameraClockJumpIsDetected(t *testing.T) {
	for know, wrongMax := range map[float64]int{0.9: 2, 0: 4} {
		o, _ := road{seed: 3, vehicles: 3000, jump: 2 * time.Second, knowPlate: know}.run(lane.Standard())
		t.Logf("%3.0f %% of tags carry their plate: recall %.2f %%, %d wrong, %d in doubt", 100*know, o.recall(), o.wrong, o.doubtful)
		if o.wrong > wrongMax || o.recall() < 97 {
			t.Errorf("got %+v", o)
		}
	}
}

// Front and rear camera see one vehicle; a loop confirms it; a loop pulse alone is a vehicle that no other
// device detected.
func TestLoopsAndRearPlates(t *testing.T) {
	j, ms := taught(t)
	for _, s := range []hardware.Sighting{tagged(ms, "1", ""), plate(ms+100, "EK10001"), plate(ms+900, "EK10001"), {Lane: 1, At: at(ms - 50)}, {Lane: 1, At: at(ms + 20_000)}} {
		j.Add(s, at(ms+1000))
	}
	got := append(j.Ready(at(ms+30_000), false), j.Ready(at(ms+120_000), false)...)
	if len(got) != 2 || !got[0].Loop || got[0].Plate.Text != "EK10001" || !got[1].Loop || !got[1].Tag.IsZero() {
		t.Errorf("got %+v", got)
	}
}
