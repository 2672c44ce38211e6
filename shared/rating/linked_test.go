package rating_test

import (
	"testing"
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// rareMonths are months under the rules on neighbouring passages: a driver who crosses Gothenburg all day, and one
// who takes the cross-route in Trondheim every morning.
func rareMonths(tb testing.TB, plan *rating.Plan) (sets [][]rating.Crossing) {
	tb.Helper()
	first := time.Date(2026, time.March, 2, 5, 30, 0, 0, time.UTC)
	routes := [][]toll.StationID{
		{"gothenburg-3", "gothenburg-6", "gothenburg-1", "gothenburg-8"},
		{"trondheim-67", "trondheim-54", "trondheim-59", "trondheim-55"},
		{"tresfjord-2", "tresfjord-3", "tresfjord-1"},
	}
	for _, route := range routes {
		var set []rating.Crossing
		for day := range 25 {
			for n := range 8 {
				at := first.AddDate(0, 0, day).Add(time.Duration(n*17+n/4*300) * time.Minute)
				c, err := plan.Resolve(rating.Input{
					Station: route[n%len(route)], At: at, Facts: factsOf(toll.LightPetrol), Agreement: true, TagRead: true, Key: uint32(n),
				})
				if err != nil {
					tb.Fatal(err)
				}
				set = append(set, c)
			}
		}
		sets = append(sets, set)
	}
	return sets
}

func TestRulesOfNeighboursAllocateNothing(t *testing.T) {
	plan := compile(t, wholeBook(t))
	sets := rareMonths(t, plan)
	out, steps := make([]rating.Charge, 200), make([]rating.Step, 0, 16)
	ids := func(int) toll.PassageID { return "passage" }
	if n := testing.AllocsPerRun(20, func() {
		for _, set := range sets {
			plan.Rate(set, out)
			for i := range set {
				steps = plan.Explain(set, out[:len(set)], i, ids, steps[:0])
			}
		}
	}); n != 0 {
		t.Errorf("rating and explaining linked stations and daily maximums allocates %v times, want 0", n)
	}
}

// A charge is settled when the longest link window of its station has closed, in its own version.
func TestChargeSettlesWhenLinkWindowsClose(t *testing.T) {
	plan := compile(t, wholeBook(t))
	for station, want := range map[toll.StationID]time.Duration{
		"trondheim-55": 60 * time.Minute, // may be waived
		"trondheim-67": 0,                // waives others, and is never waived
		"oslo-301":     0,
		"gothenburg-3": 30 * time.Minute,
	} {
		at := time.Date(2023, time.March, 7, 11, 0, 0, 0, time.UTC)
		c, err := plan.Resolve(rating.Input{Station: station, At: at, Facts: factsOf(toll.LightPetrol), Agreement: true, TagRead: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Settled(c).Sub(at); got != want {
			t.Errorf("%s: got %v, want %v", station, got, want)
		}
	}
}

// Passages affect each other over at most the longest window plus the longest link window. A server rates that
// much again for a late passage.
func TestLongestIsHourWindowPlusLinkWindow(t *testing.T) {
	want := map[toll.SchemeID]time.Duration{
		"oslo": time.Hour, "gothenburg": 90 * time.Minute, "trondheim": 2 * time.Hour, "stockholm": 0, "night": 0,
		"kvam": 90*time.Minute + time.Millisecond, "tresfjord": time.Hour,
	}
	for _, s := range wholeBook(t).Schemes {
		reach, ok := want[s.ID]
		if !ok {
			continue
		}
		if got := compile(t, tariff.NewBook(s)).Longest(); got != reach {
			t.Errorf("%s: got %v, want %v", s.ID, got, reach)
		}
		delete(want, s.ID)
	}
	if len(want) > 0 {
		t.Errorf("there are no tariffs of %v", want)
	}
}

// BenchmarkRareRules rates months under all rules on neighbouring passages.
func BenchmarkRareRules(b *testing.B) {
	plan := compile(b, wholeBook(b))
	out := make([]rating.Charge, 200)
	for i, set := range rareMonths(b, plan) {
		b.Run([]string{"pair and day", "waiver", "pair and cap by station"}[i], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				plan.Rate(set, out)
			}
			report(b, len(set))
		})
	}
}

// BenchmarkCompile compiles all tariffs, as a browser does before it checks a month.
func BenchmarkCompile(b *testing.B) {
	book := wholeBook(b)
	b.ReportAllocs()
	for b.Loop() {
		compile(b, book)
	}
}
