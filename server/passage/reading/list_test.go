package reading_test

import (
	"testing"

	"bompass/server/internal/pipelinetest"
	"bompass/server/passage/reading"
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

func TestListHasEveryPassageOnceNewestFirst(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+20)
	r.Send(pipelinetest.NDJSON(driven...))
	r.Settle()
	want := map[toll.PassageID]bool{}
	for _, o := range driven {
		if o.Station[:4] == "tron" || o.Station[:4] == "ales" || o.Station[:4] == "nord" {
			want[o.ID()] = true
		}
	}
	service, seen, after := r.Service(), map[toll.PassageID]bool{}, ""
	var last api.PassageLine
	var sum money.Ore
	for {
		reply, err := service.List(t.Context(), fixture.Fjordfrakt, list(pipelinetest.November, pipelinetest.November+20, after), r.Now())
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
		if len(reply.Lines) != reading.PageSize {
			t.Fatalf("got a page of %d", len(reply.Lines))
		}
		after = reply.Next
	}
	latest, err := service.Latest(t.Context(), fixture.Fjordfrakt, 5)
	if err != nil || len(latest) != 5 {
		t.Errorf("got %d latest, %v", len(latest), err)
	}
}

func TestListRefusesInvalidRequests(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	for _, c := range []struct {
		why  string
		req  api.PassageListRequest
		want fault.Code
	}{
		{"31 days over two months", list(pipelinetest.November-1, pipelinetest.November+29, ""), fault.PeriodTooLong},
		{"reversed", list(pipelinetest.November+1, pipelinetest.November, ""), fault.PeriodReversed},
		{"no dates", list(0, 0, ""), fault.PeriodMissing},
		{"a page of nothing", list(pipelinetest.November, pipelinetest.November, "x"), fault.BadRequest},
		{"not a vehicle", api.PassageListRequest{From: pipelinetest.November, To: pipelinetest.November, Vehicle: "'"}, fault.BadRequest},
	} {
		if _, err := r.Service().List(t.Context(), fixture.Kari, c.req, r.Now()); fault.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.why, err, c.want)
		}
	}
	other := api.PassageListRequest{From: pipelinetest.November, To: pipelinetest.November, Vehicle: fixture.PerCar}
	if reply, err := r.Service().List(t.Context(), fixture.Kari, other, r.Now()); err != nil || reply.Count != 0 {
		t.Errorf("somebody else's vehicle: got %+v, %v", reply, err)
	}
}

// A passage at which the vehicle's tag was not read says so, and what that cost.
func TestListSaysWhichTagWasNotReadAndWhatItCost(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(pipelinetest.November, pipelinetest.November+20)...))
	r.Settle()
	for customer, wantUnread := range map[toll.CustomerID]bool{fixture.Kari: true, fixture.Per: false} {
		reply, err := r.Service().List(t.Context(), customer, list(pipelinetest.November, pipelinetest.November+20, ""), r.Now())
		if err != nil {
			t.Fatal(err)
		}
		unread, lost := false, money.Ore(0)
		for _, l := range reply.Lines {
			if l.Unread != (l.MatchedBy == toll.ByPlate) {
				t.Errorf("%s: matched by %s, but unread is %v", customer, l.MatchedBy, l.Unread)
			}
			if l.Lost > 0 && (!l.Unread || l.Lost >= l.Net) {
				t.Errorf("%s: %v lost of %v", customer, l.Lost, l.Net)
			}
			unread, lost = unread || l.Unread, lost+l.Lost
		}
		if unread != wantUnread || lost > 0 != wantUnread {
			t.Errorf("%s: unread %v, lost %v", customer, unread, lost)
		}
	}
}

// The newest passages in a row at which the tag was not read are counted, with the discount that was lost. Two of them are
// no reason to worry.
func TestUnreadRunCountsNewestPassages(t *testing.T) {
	for _, unread := range []int{2, 4} {
		r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
		driven := fixture.Passages(pipelinetest.November, pipelinetest.November+20)
		for i, left := len(driven)-1, unread; i >= 0 && left >= 0; i-- {
			if o := &driven[i]; o.Tag == "9578010000000000012" || o.Plate == "DP45821" {
				o.Tag, o.Country, o.Plate = "", "NO", "DP45821"
				if left == 0 {
					o.Tag = "9578010000000000012"
				}
				left--
			}
		}
		r.Send(pipelinetest.NDJSON(driven...))
		r.Settle()
		run, err := r.Service().UnreadRun(t.Context(), fixture.Kari, fixture.KariPetrol)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := r.Service().List(t.Context(), fixture.Kari, api.PassageListRequest{From: pipelinetest.November, To: pipelinetest.November + 20, Vehicle: fixture.KariPetrol}, r.Now())
		if err != nil || len(reply.Lines) <= unread {
			t.Fatal(reply, err)
		}
		var lost money.Ore
		for _, l := range reply.Lines[:unread] {
			lost += l.Lost
		}
		want := api.UnreadRun{Passages: unread, Lost: lost}
		if unread < api.UnreadRunMin {
			want = api.UnreadRun{}
		}
		if run != want || unread >= api.UnreadRunMin && lost == 0 {
			t.Errorf("%d unread: got %+v, want %+v", unread, run, want)
		}
	}
}
