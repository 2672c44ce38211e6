package passage_test

import (
	"testing"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

func list(from, to oslo.Day, after string) api.PassageListRequest {
	return api.PassageListRequest{From: from, To: to, After: after}
}

func TestAListHasEveryPassageOfItsOwnerOnceNewestFirst(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	driven := fixture.Passages(november, november+20)
	r.send(ndjson(driven...))
	r.settle()
	want := map[toll.PassageID]bool{}
	for _, o := range driven {
		if o.Station[:4] == "tron" || o.Station[:4] == "ales" || o.Station[:4] == "nord" {
			want[o.ID()] = true
		}
	}
	desk, seen, after := r.desk(), map[toll.PassageID]bool{}, ""
	var last api.PassageLine
	var sum money.Ore
	for {
		reply, err := desk.List(t.Context(), fixture.Fjordfrakt, list(november, november+20, after), r.now())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range reply.Lines {
			if seen[l.ID] || !want[l.ID] || !last.At.IsZero() && l.At.After(last.At) {
				t.Fatalf("got %+v after %+v", l, last)
			}
			seen[l.ID], last = true, l
			sum += l.Net
		}
		if reply.Count != len(want) {
			t.Fatalf("got a count of %d, want %d", reply.Count, len(want))
		}
		if reply.Next == "" {
			if sum != reply.Total || len(seen) != len(want) {
				t.Errorf("got %d lines for %v, want %d for %v", len(seen), sum, len(want), reply.Total)
			}
			break
		}
		if len(reply.Lines) != passage.PageSize {
			t.Fatalf("got a page of %d", len(reply.Lines))
		}
		after = reply.Next
	}
	latest, err := desk.Latest(t.Context(), fixture.Fjordfrakt, 5)
	if err != nil || len(latest) != 5 {
		t.Errorf("got %d latest, %v", len(latest), err)
	}
}

func TestAListRefusesWhatItCannotAnswer(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	for _, c := range []struct {
		why  string
		req  api.PassageListRequest
		want fault.Code
	}{
		{"31 days over two months", list(november-1, november+29, ""), fault.PeriodTooLong},
		{"reversed", list(november+1, november, ""), fault.PeriodReversed},
		{"no dates", list(0, 0, ""), fault.PeriodMissing},
		{"a page of nothing", list(november, november, "x"), fault.BadRequest},
		{"not a vehicle", api.PassageListRequest{From: november, To: november, Vehicle: "'"}, fault.BadRequest},
	} {
		if _, err := r.desk().List(t.Context(), fixture.Kari, c.req, r.now()); fault.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.why, err, c.want)
		}
	}
	other := api.PassageListRequest{From: november, To: november, Vehicle: fixture.PerCar}
	if reply, err := r.desk().List(t.Context(), fixture.Kari, other, r.now()); err != nil || reply.Count != 0 {
		t.Errorf("somebody else's vehicle: got %+v, %v", reply, err)
	}
}
