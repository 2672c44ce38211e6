package passage_test

import (
	"testing"
	"time"

	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// tresfjord is a passage of Kari's on the old road around the fjord, which costs nothing with a tag
// unless it is driven all the way.
func tresfjord(n int64, station toll.StationID, at time.Time) toll.Observation {
	return toll.Observation{
		Station: station, Lane: 1, Epoch: 20, Sequence: n, At: at, Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
	}
}

func (r *rig) line(o toll.Observation) api.PassageLine {
	r.t.Helper()
	reply, err := r.desk().List(r.t.Context(), fixture.Kari, list(oslo.DayOf(o.At), oslo.DayOf(o.At), ""), r.now())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, l := range reply.Lines {
		if l.ID == o.ID() {
			return l
		}
	}
	r.t.Fatalf("passage %s is not in the list", o.Key())
	return api.PassageLine{}
}

// tolling.md A-6: whether a pair is complete is known when its window has closed; it is settled then
// though nobody passes, and though the server was another one meanwhile.
func TestAnOpenPairIsPendingAndSettlesByItself(t *testing.T) {
	noon := oslo.At(november+3, 12, 0, 0)
	r := newRig(t, noon.Add(time.Minute))
	alone := tresfjord(1, "tresfjord-2", noon)
	r.send(ndjson(alone))
	r.settle()
	l := r.line(alone)
	if !l.Pending || l.Net != 0 || l.Steps[len(l.Steps)-1].Rule != rating.RulePending {
		t.Fatalf("while the window is open: got %+v, want it pending", l)
	}
	if _, report := r.bill(fixture.Kari, fixture.KariPetrol, november.Month()); !report.Agrees() {
		t.Errorf("a bill with a pending line differs in %d lines", report.Differ)
	}
	r.stop()
	r.clock.Store(noon.Add(59 * time.Minute))
	r.Pipeline = r.start(r.plan)
	r.settle()
	if l := r.line(alone); !l.Pending {
		t.Fatalf("before the window has closed: got %+v, want it pending", l)
	}
	r.stop()
	r.clock.Store(noon.Add(61 * time.Minute))
	r.Pipeline = r.start(r.plan)
	r.settle()
	l = r.line(alone)
	if l.Pending || l.Net != 0 || l.Corrected || l.Steps[len(l.Steps)-1].Rule != rating.RulePair {
		t.Errorf("after the window has closed: got %+v, want it settled at 0", l)
	}
	if _, report := r.bill(fixture.Kari, fixture.KariPetrol, november.Month()); !report.Agrees() {
		t.Errorf("a settled bill differs in %d lines", report.Differ)
	}
}

func TestACompletedPairIsNotPending(t *testing.T) {
	noon := oslo.At(november+3, 12, 0, 0)
	r := newRig(t, noon.Add(time.Minute))
	first, second := tresfjord(1, "tresfjord-2", noon), tresfjord(2, "tresfjord-3", noon.Add(40*time.Minute))
	r.send(ndjson(first))
	r.settle()
	r.clock.Store(noon.Add(41 * time.Minute))
	r.send(ndjson(second))
	r.settle()
	for _, o := range []toll.Observation{first, second} {
		if l := r.line(o); l.Pending || l.Net != 4050 {
			t.Errorf("%s: got %+v, want 40.50", o.Station, l)
		}
	}
	r.clock.Store(noon.Add(3 * time.Hour)) // what was to be looked at again changes nothing
	r.settle()
	for _, a := range r.audit() {
		if a.Posted != a.Net || a.Net != 4050 {
			t.Errorf("got %+v", a)
		}
	}
}
