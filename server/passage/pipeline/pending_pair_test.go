package pipeline_test

import (
	"testing"
	"time"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Whether a pair is complete is known when its window has closed. It is settled then without a new passage, also by
// another server.
func TestOpenPairIsPendingUntilItsWindowCloses(t *testing.T) {
	noon := oslo.At(pipelinetest.November+3, 12, 0, 0)
	r := pipelinetest.New(t, noon.Add(time.Minute))
	alone := pipelinetest.Tresfjord(1, "tresfjord-2", noon)
	r.Send(pipelinetest.NDJSON(alone))
	r.Settle()
	l := r.Line(alone)
	if !l.Pending || l.Net != 0 || l.Steps[len(l.Steps)-1].Rule != rating.RulePending {
		t.Fatalf("while the window is open: got %+v, want it pending", l)
	}
	if _, report := r.Recheck(fixture.Kari, fixture.KariPetrol, pipelinetest.November.Month()); !report.Agrees() {
		t.Errorf("a recheck with a pending line differs in %d lines", report.Differ)
	}
	r.Stop()
	r.SetNow(noon.Add(59 * time.Minute))
	r.Pipeline = r.Start(r.Plan)
	r.Settle()
	if l := r.Line(alone); !l.Pending {
		t.Fatalf("before the window has closed: got %+v, want it pending", l)
	}
	r.Stop()
	r.SetNow(noon.Add(61 * time.Minute))
	r.Pipeline = r.Start(r.Plan)
	r.Settle()
	l = r.Line(alone)
	if l.Pending || l.Net != 0 || l.Corrected || l.Steps[len(l.Steps)-1].Rule != rating.RulePair {
		t.Errorf("after the window has closed: got %+v, want it settled at 0", l)
	}
	if _, report := r.Recheck(fixture.Kari, fixture.KariPetrol, pipelinetest.November.Month()); !report.Agrees() {
		t.Errorf("a settled recheck differs in %d lines", report.Differ)
	}
}

func TestCompletedPairIsNotPending(t *testing.T) {
	noon := oslo.At(pipelinetest.November+3, 12, 0, 0)
	r := pipelinetest.New(t, noon.Add(time.Minute))
	first, second := pipelinetest.Tresfjord(1, "tresfjord-2", noon), pipelinetest.Tresfjord(2, "tresfjord-3", noon.Add(40*time.Minute))
	r.Send(pipelinetest.NDJSON(first))
	r.Settle()
	r.SetNow(noon.Add(41 * time.Minute))
	r.Send(pipelinetest.NDJSON(second))
	r.Settle()
	for _, o := range []toll.Observation{first, second} {
		if l := r.Line(o); l.Pending || l.Net != 4050 {
			t.Errorf("%s: got %+v, want 40.50", o.Station, l)
		}
	}
	r.SetNow(noon.Add(3 * time.Hour)) // the review changes nothing
	r.Settle()
	for _, a := range r.Audit() {
		if a.Posted != a.Net || a.Net != 4050 {
			t.Errorf("got %+v", a)
		}
	}
}
