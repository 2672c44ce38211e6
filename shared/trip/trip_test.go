package trip_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/assets"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/rating/file"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

var (
	plan   = mustPlan()
	monday = oslo.Date(2026, time.November, 16)
)

func mustPlan() *rating.Plan {
	book, problems := tariff.Load(assets.Tariff)
	if len(problems) > 0 {
		panic(tariff.Summary(problems))
	}
	plan, err := rating.Compile(book)
	if err != nil {
		panic(err)
	}
	return plan
}

func commute() trip.Trip {
	return trip.Trip{
		Day: monday, Way: toll.Inbound, Class: toll.LightDiesel, Return: true, Back: 15*60 + 50,
		Stops: []trip.Stop{{"oslo-104", 6*60 + 40}, {"oslo-201", 6*60 + 48}, {"oslo-301", 6*60 + 55}},
	}
}

func TestReturnTripReversesStationsAndDirection(t *testing.T) {
	var got []string
	for _, p := range commute().Passages() {
		got = append(got, string(p.Station)+" "+oslo.In(p.At).Format("15:04")+" "+string(p.Direction))
	}
	want := []string{"oslo-104 06:40 in", "oslo-201 06:48 in", "oslo-301 06:55 in", "oslo-301 15:50 out", "oslo-201 15:57 out", "oslo-104 16:05 out"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEarlierClockTimeMeansNextDay(t *testing.T) {
	got := trip.Trip{
		Day: monday, Stops: []trip.Stop{{"oslo-104", 23*60 + 50}, {"oslo-201", 5}}, Return: true, Back: 0,
	}.Passages()
	for i, want := range []oslo.Day{monday, monday + 1, monday + 2, monday + 2} {
		if day := oslo.DayOf(got[i].At); day != want {
			t.Errorf("passage %d is on %s, want %s", i+1, day, want)
		}
	}
}

// The city border of Oslo is charged inbound.
func TestReturnTripMayCostLess(t *testing.T) {
	q := trip.Price(plan, commute(), true)
	if last := q.Lines[len(q.Lines)-1]; last.Net != 0 || last.Steps[0].Rule != rating.RuleDirection {
		t.Errorf("out through the border: got %v for %v", last.Net, last.Steps)
	}
	with, without := q.Sums[0], trip.Price(plan, commute(), false).Sums[0]
	if with.Net == 0 || with.Net >= without.Net || with.Currency != "NOK" {
		t.Errorf("with a tag %v, without %v", with, without)
	}
}

func TestQuoteNamesStationWithoutPrice(t *testing.T) {
	early := commute()
	early.Day = oslo.Date(2001, time.May, 1)
	early.Stops = append(early.Stops, trip.Stop{Station: "nowhere", Minute: 8 * 60})
	q := trip.Price(plan, early, false)
	if q.Whole || len(q.Sums) != 0 {
		t.Fatalf("got %+v", q)
	}
	for _, l := range q.Lines {
		want := fault.TariffMissing
		if l.Station == "nowhere" {
			want = fault.StationUnknown
		}
		if l.Why == nil || l.Why.Code != want || l.Why.Params["station"] != string(l.Station) {
			t.Errorf("%s: got %v, want %s", l.Station, l.Why, want)
		}
	}
	if q := trip.Price(plan, trip.Trip{Day: monday, Return: true}, true); len(q.Lines) != 0 || !q.Whole {
		t.Errorf("no stations: got %+v", q)
	}
}

func TestSumsArePerCurrency(t *testing.T) {
	var swedish toll.StationID
	for _, s := range plan.Stations() {
		if s.Currency == "SEK" {
			swedish = s.ID
		}
	}
	abroad := trip.Trip{Day: monday, Class: toll.LightPetrol, Stops: []trip.Stop{{"oslo-104", 420}, {swedish, 900}}}
	q := trip.Price(plan, abroad, true)
	if len(q.Sums) != 2 || q.Sums[0].Currency != "NOK" || q.Sums[1].Currency != "SEK" {
		t.Errorf("got %v", q.Sums)
	}
}

func TestFerryRequiresLength(t *testing.T) {
	crossing := trip.Trip{Day: monday, Class: toll.LightPetrol, Stops: []trip.Stop{{"ferry-example-1", 600}}}
	if q := trip.Price(plan, crossing, true); q.Whole {
		t.Errorf("a length that is not known: got %+v", q.Lines)
	}
	crossing.LengthMM = 4_500
	short := trip.Price(plan, crossing, true)
	crossing.LengthMM = 11_000
	if long := trip.Price(plan, crossing, true); !short.Whole || long.Sums[0].Net <= short.Sums[0].Net {
		t.Errorf("4.5 m: %v, 11 m: %v", short.Sums, long.Sums)
	}
}

// Any trip costs what the server charges for a file of the same passages.
func TestTripCostsTheSumOfItsPassages(t *testing.T) {
	stations := plan.Stations()
	rapid.Check(t, func(t *rapid.T) {
		tr := trip.Trip{
			Day:      oslo.Date(2023, time.January, 1) + oslo.Day(rapid.IntRange(0, 1500).Draw(t, "day")),
			Way:      rapid.SampledFrom([]toll.Direction{toll.Inbound, toll.Outbound, toll.DirectionUnknown}).Draw(t, "way"),
			Class:    toll.Class(rapid.IntRange(0, toll.ClassCount-1).Draw(t, "class")),
			LengthMM: rapid.SampledFrom([]int{0, 4_500, 16_000}).Draw(t, "length"),
			Return:   rapid.Bool().Draw(t, "return"), Back: rapid.IntRange(0, trip.MinutesPerDay-1).Draw(t, "back"),
		}
		scheme := rapid.SampledFrom(stations).Draw(t, "scheme").Scheme
		var near []toll.StationID
		for _, s := range stations {
			if s.Scheme == scheme {
				near = append(near, s.ID)
			}
		}
		clock := rapid.IntRange(0, trip.MinutesPerDay-1).Draw(t, "clock")
		for range rapid.IntRange(1, 6).Draw(t, "stops") {
			tr.Stops = append(tr.Stops, trip.Stop{Station: rapid.SampledFrom(near).Draw(t, "station"), Minute: clock % trip.MinutesPerDay})
			clock += rapid.IntRange(0, 50).Draw(t, "pause")
		}
		tagged := rapid.Bool().Draw(t, "tagged")
		quote := trip.Price(plan, tr, tagged)
		want := rated(t, tr, tagged)
		var sum money.Ore
		for _, l := range quote.Lines {
			charged, ok := want[l.ID]
			if ok == (l.Why != nil) {
				t.Fatalf("%s at %s: priced %v here, %v by the server", l.Station, l.At, l.Why == nil, ok)
			}
			if diff := cmp.Diff(charged.Steps, l.Steps); charged.Net != l.Net || charged.List != l.List || diff != "" {
				t.Fatalf("%s at %s: %v here, %v by the server\n%s", l.Station, l.At, l.Net, charged.Net, diff)
			}
			sum += l.Net
		}
		if len(quote.Sums) > 0 && quote.Sums[0].Net != sum {
			t.Fatalf("lines sum to %v, the trip to %v", sum, quote.Sums[0].Net)
		}
	})
}

// rated returns the output of file rating for a trip's passages.
func rated(t *rapid.T, tr trip.Trip, tagged bool) map[toll.PassageID]file.Line {
	var in, out, problems bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, p := range tr.Passages() {
		if err := enc.Encode(map[string]any{
			"id": p.ID, "vehicle": "EL12345", "station": p.Station, "at": p.At, "direction": p.Direction,
			"class": tr.Class.String(), "agreement": tagged, "tag": tagged, "length_mm": tr.LengthMM,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (file.Job{Plan: plan, Name: "trip.ndjson", In: &in, Out: &out, Problems: &problems}).Run(); err != nil {
		t.Fatal(err)
	}
	lines := map[toll.PassageID]file.Line{}
	for text := range strings.Lines(out.String()) {
		var l file.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		lines[l.ID] = l
	}
	return lines
}
