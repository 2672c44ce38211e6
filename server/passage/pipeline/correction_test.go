package pipeline_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/oracle"
	"bompass/server/internal/pipelinetest"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// corrected returns random corrections of passages: some are withdrawn, some move to another instant, some have several
// revisions. It also returns the passages as they are in the end.
func corrected(driven []toll.Observation, dice *rand.Rand) (reports, left []toll.Observation, withdrawn map[toll.PassageID]bool) {
	withdrawn = map[toll.PassageID]bool{}
	for _, o := range driven {
		last := o
		if dice.IntN(4) == 0 {
			for n := 1 + dice.IntN(3); n > 0; n-- {
				last.Revision++
				last.At = o.At.Add(time.Duration(dice.IntN(240)-120) * time.Minute)
				if dice.IntN(6) == 0 {
					last.At = last.At.AddDate(0, 0, dice.IntN(50)-25)
				}
				last.Withdrawn, last.Reason = dice.IntN(3) == 0, "clock of the lane"
				reports = append(reports, last)
				if dice.IntN(3) == 0 {
					reports = append(reports, last) // the same revision twice is once
				}
			}
		}
		if last.Withdrawn {
			withdrawn[o.ID()] = true
		} else {
			left = append(left, last)
		}
	}
	return reports, left, withdrawn
}

// wantLeft compares the current charges with a rating of the passages in the end. A withdrawn passage costs nothing.
func wantLeft(t *testing.T, r *pipelinetest.Rig, left []toll.Observation, withdrawn map[toll.PassageID]bool) {
	t.Helper()
	want, err := oracle.Charges(r.Plan, left)
	if err != nil {
		t.Fatal(err)
	}
	got := map[toll.PassageID]money.Ore{}
	for _, a := range r.Audit() {
		if a.Posted != a.Net {
			t.Errorf("postings of %s sum to %v, but its charge is %v", a.ID, a.Posted, a.Net)
		}
		if withdrawn[a.ID] && a.Net != 0 {
			t.Errorf("%s is withdrawn and costs %v", a.ID, a.Net)
		}
		if !withdrawn[a.ID] && a.Revisions > 0 {
			got[a.ID] = a.Net
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("charges (-want +got):\n%s", diff)
	}
	r.WantSums()
}

// Neither the order of passages and corrections nor their batches change the charges in the end.
func TestCorrectionsInAnyOrderLeaveTheSameCharges(t *testing.T) {
	for seed := range uint64(3) {
		dice := rand.New(rand.NewPCG(seed, 23))
		driven := fixture.Passages(pipelinetest.November-4, pipelinetest.November+6)
		reports, left, withdrawn := corrected(driven, dice)
		r := pipelinetest.New(t, (pipelinetest.November + 60).Start())
		if seed == 2 { // with two servers at work
			r.Start(r.Plan)
		}
		sendMixed(t, r, append(reports, driven...), dice, 120, 2)
		r.SetNow(r.Now().Add(time.Hour)) // a correction that arrived together with its passage is found
		r.Settle()
		wantLeft(t, r, left, withdrawn)
	}
}

func TestWithdrawnPassageIsCreditedAndStaysInList(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	noon := oslo.At(pipelinetest.November+3, 12, 0, 0)
	pass := pipelinetest.Tresfjord(1, "tresfjord-1", noon)
	r.Send(pipelinetest.NDJSON(pass))
	r.Settle()
	if l := r.Line(pass); l.Net == 0 {
		t.Fatalf("got %+v, want a charge", l)
	}
	gone := pass
	gone.Revision, gone.Withdrawn, gone.Reason = 1, true, "a lorry's trailer"
	r.Send(pipelinetest.NDJSON(gone))
	r.Settle()
	l := r.Line(pass)
	if l.Net != 0 || !l.Corrected || len(l.Steps) != 1 || l.Steps[0].Rule != rating.RuleWithdrawn || l.Steps[0].Text != gone.Reason {
		t.Errorf("got %+v, want it withdrawn", l)
	}
	r.Send(pipelinetest.NDJSON(pass)) // the passage once more is still the same passage
	r.Settle()
	if a := r.Audit(); len(a) != 1 || a[0].Revisions != 2 || a[0].Posted != 0 {
		t.Errorf("got %+v, want a debit and a credit", a)
	}
	if _, report := r.Recheck(fixture.Kari, fixture.KariPetrol, pipelinetest.November.Month()); !report.Agrees() || len(report.Lines) != 0 {
		t.Errorf("the recheck has %d lines and differs in %d", len(report.Lines), report.Differ)
	}
	total, err := r.Store.MonthTotal(t.Context(), fixture.Kari, pipelinetest.November.Month())
	if err != nil || total != 0 {
		t.Errorf("the month comes to %v, %v", total, err)
	}
}

func TestCorrectionMayArriveBeforeItsPassage(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 40).Start())
	pass := pipelinetest.Tresfjord(1, "tresfjord-1", oslo.At(pipelinetest.November+3, 12, 0, 0))
	moved := pass
	moved.Revision, moved.At = 2, oslo.At(pipelinetest.November+33, 9, 0, 0)
	early := pass
	early.Revision, early.At = 1, oslo.At(pipelinetest.November+4, 12, 0, 0)
	r.Send(pipelinetest.NDJSON(moved))
	r.Settle()
	if a := r.Audit(); len(a) != 0 {
		t.Fatalf("got %+v, want nothing yet", a)
	}
	r.Send(pipelinetest.NDJSON(pass))
	r.Settle()
	r.Send(pipelinetest.NDJSON(early)) // a lower revision changes nothing any more
	r.Settle()
	if l := r.Line(moved); l.Net != 8100 || !l.At.Equal(moved.At) {
		t.Errorf("got %+v, want it at %v", l, moved.At)
	}
}

func TestInvalidCorrectionsAreRefused(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	pass := pipelinetest.Tresfjord(1, "tresfjord-1", oslo.At(pipelinetest.November+3, 12, 0, 0))
	for why, change := range map[string]func(*toll.Observation){
		"a withdrawal without a revision": func(o *toll.Observation) { o.Withdrawn = true },
		"a revision below 0":              func(o *toll.Observation) { o.Revision = -1 },
		"a revision beyond counting":      func(o *toll.Observation) { o.Revision = 1 << 15 },
	} {
		o := pass
		change(&o)
		if reply := r.Send(pipelinetest.NDJSON(o)); reply.RefusedN != 1 || reply.Refused[0].Why.Code != fault.LineMalformed {
			t.Errorf("%s: got %+v", why, reply)
		}
	}
}
