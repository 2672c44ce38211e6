package passage_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/oracle"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// corrected makes up what stations report of some passages later: some are withdrawn, some happened at
// another instant, some get several revisions. It returns the reports, and what is left in the end.
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

// wantLeft compares what stands with a rating of what is left; what was withdrawn costs nothing.
func (r *rig) wantLeft(left []toll.Observation, withdrawn map[toll.PassageID]bool) {
	r.t.Helper()
	want, err := oracle.Charges(r.plan, left)
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[toll.PassageID]money.Ore{}
	for _, a := range r.audit() {
		if a.Posted != a.Net {
			r.t.Errorf("postings of %s sum to %v, but %v stands", a.ID, a.Posted, a.Net)
		}
		if withdrawn[a.ID] && a.Net != 0 {
			r.t.Errorf("%s is withdrawn and costs %v", a.ID, a.Net)
		}
		if !withdrawn[a.ID] && a.Revisions > 0 {
			got[a.ID] = a.Net
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("charges (-want +got):\n%s", diff)
	}
}

// design.md decision 4: neither the order of passages and corrections nor how they are batched changes
// what stands in the end.
func TestCorrectionsInAnyOrderLeaveTheSameCharges(t *testing.T) {
	for seed := range uint64(3) {
		dice := rand.New(rand.NewPCG(seed, 23))
		driven := fixture.Passages(november-4, november+6)
		reports, left, withdrawn := corrected(driven, dice)
		r := newRig(t, (november + 60).Start())
		if seed == 2 { // with two servers at work
			r.start(r.plan)
		}
		r.sendMixed(append(reports, driven...), dice, 120, 2)
		r.clock.Store(r.now().Add(time.Hour)) // a correction that was taken in beside its passage is found
		r.settle()
		r.wantLeft(left, withdrawn)
	}
}

func TestAWithdrawnPassageIsCreditedAndStaysInTheList(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	noon := oslo.At(november+3, 12, 0, 0)
	pass := tresfjord(1, "tresfjord-1", noon)
	r.send(ndjson(pass))
	r.settle()
	if l := r.line(pass); l.Net == 0 {
		t.Fatalf("got %+v, want a charge", l)
	}
	gone := pass
	gone.Revision, gone.Withdrawn, gone.Reason = 1, true, "a lorry's trailer"
	r.send(ndjson(gone))
	r.settle()
	l := r.line(pass)
	if l.Net != 0 || !l.Corrected || len(l.Steps) != 1 || l.Steps[0].Rule != rating.RuleWithdrawn || l.Steps[0].Text != gone.Reason {
		t.Errorf("got %+v, want it withdrawn", l)
	}
	r.send(ndjson(pass)) // the passage once more is still the same passage
	r.settle()
	if a := r.audit(); len(a) != 1 || a[0].Revisions != 2 || a[0].Posted != 0 {
		t.Errorf("got %+v, want a debit and a credit", a)
	}
	if _, report := r.bill(fixture.Kari, fixture.KariPetrol, november.Month()); !report.Agrees() || len(report.Lines) != 0 {
		t.Errorf("the bill has %d lines and differs in %d", len(report.Lines), report.Differ)
	}
	total, err := r.store.MonthTotal(t.Context(), fixture.Kari, november.Month())
	if err != nil || total != 0 {
		t.Errorf("the month comes to %v, %v", total, err)
	}
}

func TestACorrectionMayComeBeforeItsPassage(t *testing.T) {
	r := newRig(t, (november + 40).Start())
	pass := tresfjord(1, "tresfjord-1", oslo.At(november+3, 12, 0, 0))
	moved := pass
	moved.Revision, moved.At = 2, oslo.At(november+33, 9, 0, 0)
	early := pass
	early.Revision, early.At = 1, oslo.At(november+4, 12, 0, 0)
	r.send(ndjson(moved))
	r.settle()
	if a := r.audit(); len(a) != 0 {
		t.Fatalf("got %+v, want nothing yet", a)
	}
	r.send(ndjson(pass))
	r.settle()
	r.send(ndjson(early)) // a lower revision changes nothing any more
	r.settle()
	if l := r.line(moved); l.Net != 8100 || !l.At.Equal(moved.At) {
		t.Errorf("got %+v, want it at %v", l, moved.At)
	}
}

func TestACorrectionIsToldFromALineThatCannotBe(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	pass := tresfjord(1, "tresfjord-1", oslo.At(november+3, 12, 0, 0))
	for why, change := range map[string]func(*toll.Observation){
		"a withdrawal without a revision": func(o *toll.Observation) { o.Withdrawn = true },
		"a revision below 0":              func(o *toll.Observation) { o.Revision = -1 },
		"a revision beyond counting":      func(o *toll.Observation) { o.Revision = 1 << 15 },
	} {
		o := pass
		change(&o)
		if reply := r.send(ndjson(o)); reply.RefusedN != 1 || reply.Refused[0].Why.Code != fault.LineMalformed {
			t.Errorf("%s: got %+v", why, reply)
		}
	}
}
