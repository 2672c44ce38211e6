package rating_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/rating/internal/plain"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Properties that hold for any set of passages.

func TestRatingEqualsPlainImplementation(t *testing.T) {
	book := wholeBook(t)
	plan := compile(t, book)
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawSet(t, plan)
		known := drawKnown(t, inputs)
		want := plain.Rate(book, inputs, known)
		for i, got := range rateKnown(plan, inputs, known) {
			w := want[i]
			if (got.err != nil) != w.Missing {
				t.Fatalf("%d: got error %v, want missing %v", i, got.err, w.Missing)
			}
			if got.list != w.List || got.net != w.Net {
				t.Fatalf("%d %+v: got %s of %s (%s), want %s of %s", i, inputs[i], got.net, got.list, rules(got.steps), w.Net, w.List)
			}
			by, count, of := counters(got.steps)
			waiting := w.Pending && w.Freed == rating.RulePair // then the only step of it is pending
			if w.Pending != got.pending || !waiting && freed(got.steps) != w.Freed {
				t.Fatalf("%d: pending %v, freed by %q (%s); want %v, %q", i, got.pending, freed(got.steps), rules(got.steps), w.Pending, w.Freed)
			}
			if w.Carrier != i && by != fmt.Sprint(w.Carrier+1) || w.Carrier == i && by != "" {
				t.Fatalf("%d: charge carried by %q, want %d", i, by, w.Carrier+1)
			}
			if count != w.Count || w.Count > 0 && of != w.Of {
				t.Fatalf("%d: counted %d of %d, want %d of %d", i, count, of, w.Count, w.Of)
			}
		}
	})
}

// counters are the parameters of the hour rule and the monthly cap.
func counters(steps []rating.Step) (by string, count, of int) {
	for _, s := range steps {
		switch s.Rule {
		case rating.RuleHour:
			by = string(s.By)
		case rating.RuleCap, rating.RuleCounted:
			count, of = s.Count, s.Of
		default:
		}
	}
	return by, count, of
}

// freed returns the rule that made a passage free before the hour rule.
func freed(steps []rating.Step) rating.Rule {
	for _, s := range steps {
		switch {
		case s.Rule == rating.RulePair && s.By == "", s.Rule == rating.RuleAnnul, s.Rule == rating.RuleWaive, s.Rule == rating.RuleDuplicate:
			return s.Rule
		}
	}
	return ""
}

// drawKnown draws the instant until which passages are complete, often inside a window or at its end.
func drawKnown(t *rapid.T, inputs []rating.Input) time.Time {
	if len(inputs) == 0 || !rapid.Bool().Draw(t, "not all known") {
		return end(inputs)
	}
	at := inputs[rapid.IntRange(0, len(inputs)-1).Draw(t, "known")].At
	return at.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "after")) * time.Minute)
}

// end is the instant at which all passages are known.
func end(inputs []rating.Input) (at time.Time) {
	for _, in := range inputs {
		if in.At.After(at) {
			at = in.At
		}
	}
	return at.Add(48 * time.Hour)
}

func TestRatingDoesNotDependOnOrderOfArrival(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawSet(t, plan)
		sameInAnyOrder(t, plan, inputs)
		sameInBatches(t, plan, inputs)
	})
}

// An added passage changes no charge in other schemes, and none farther back than Longest.
func TestAddedPassageChangesOnlyChargesWithinReach(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) { reachesNoFurther(t, plan, drawSet(t, plan)) })
}

func reachesNoFurther(t *rapid.T, plan *rating.Plan, inputs []rating.Input) {
	if len(inputs) == 0 {
		return
	}
	n := rapid.IntRange(0, len(inputs)-1).Draw(t, "added")
	added := inputs[n]
	with := rate(plan, inputs)
	without := rate(plan, slices.Delete(slices.Clone(inputs), n, n+1))
	with = slices.Delete(with, n, n+1)
	inputs = slices.Delete(slices.Clone(inputs), n, n+1)
	here, _ := plan.Station(added.Station)
	for i, in := range inputs {
		st, _ := plan.Station(in.Station)
		if with[i].net != without[i].net && (st.Scheme != here.Scheme || added.At.After(in.At) && added.At.Sub(in.At) >= plan.Longest()) {
			t.Fatalf("%v at %s changed from %s to %s for the sake of %v at %s", in.At, in.Station, without[i].net, with[i].net, added.At, added.Station)
		}
	}
}

// The fast resolver gives and refuses the same as the general one, also in Sweden, on ferries, before the first
// price list and without one.
func TestFastResolveEqualsResolve(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		for _, in := range drawSet(t, plan) {
			in.Products, in.LengthMM, in.TrailerMM = nil, 0, 0
			i, _ := plan.StationIndex(in.Station)
			want, refused := plan.Resolve(in)
			got, err := plan.ResolveAt(i, in.At.UnixMilli(), in.Traits())
			if got != want || fmt.Sprint(err) != fmt.Sprint(refused) {
				t.Fatalf("%+v: got %+v %v, want %+v %v", in, got, err, want, refused)
			}
		}
	})
}

// Steps written over earlier steps contain nothing of those.
func TestExplainLeavesNoStepsOfEarlierCharge(t *testing.T) {
	plan := compile(t, wholeBook(t))
	junk := rating.Step{
		Rule: "junk", Ore: 1, Tariff: "junk", Class: "junk", Band: "junk", Num: 1, Den: 1, From: start, Mins: 1, By: "junk", Count: 1, Of: 1, Text: "junk", Amount: 1,
	}
	rapid.Check(t, func(t *rapid.T) {
		set := resolveAll(plan, drawSet(t, plan))
		rating.Sort(set)
		charges := make([]rating.Charge, len(set))
		plan.Rate(set, charges)
		ids := func(n int) toll.PassageID { return toll.PassageID(fmt.Sprint(n)) }
		for i := range set {
			want := plan.Explain(set, charges, i, ids, nil)
			got := plan.Explain(set, charges, i, ids, slices.Repeat([]rating.Step{junk}, 16)[:0])
			if !slices.Equal(got, want) {
				t.Fatalf("%d: got %v, want %v", i, got, want)
			}
		}
	})
}

func TestStepsSumToNetAndNetIsAtMostList(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		for i, a := range rate(plan, drawSet(t, plan)) {
			if a.err == nil && (rating.Sum(a.steps) != a.net || a.net < 0 || a.net > a.list) {
				t.Fatalf("%d: net %s of %s, steps %v", i, a.net, a.list, a.steps)
			}
		}
	})
}

func TestCapBoundsAMonth(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		in := drawVehicle(t)
		in.Station, in.Agreement, in.TagRead = "kvam-1", true, true
		if in.Facts.Class(true).Heavy() {
			return
		}
		var inputs []rating.Input
		day := rapid.IntRange(0, 3000).Draw(t, "day")
		for range rapid.IntRange(20, 60).Draw(t, "passages") {
			in.At = start.AddDate(0, 0, day).Add(time.Duration(rapid.IntRange(0, 2*24*60).Draw(t, "minute")) * time.Minute)
			in.Key++
			inputs = append(inputs, in)
		}
		total, top := map[oslo.Month]money.Ore{}, money.Ore(0)
		for i, a := range rate(plan, inputs) {
			total[oslo.MonthOf(inputs[i].At)] += a.net
			top = max(top, a.list)
		}
		for m, sum := range total {
			if sum > 25*top {
				t.Fatalf("%v: %s is over the cap of 25 × %s", m, sum, top)
			}
		}
	})
}

func TestRatingAgainChangesNothing(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		set := resolveAll(plan, drawSet(t, plan))
		rating.Sort(set)
		once, twice := make([]rating.Charge, len(set)), make([]rating.Charge, len(set))
		plan.Rate(set, once)
		copy(twice, once)
		plan.Rate(set, twice)
		for i := range once {
			if once[i] != twice[i] {
				t.Fatalf("%d: %v, then %v", i, once[i], twice[i])
			}
		}
	})
}

func resolveAll(plan *rating.Plan, inputs []rating.Input) (set []rating.Crossing) {
	for _, in := range inputs {
		if c, err := plan.Resolve(in); err == nil {
			set = append(set, c)
		}
	}
	return set
}

// start is before every price list. The latest draws lie beyond the table of days.
var start = time.Date(2017, time.September, 20, 0, 0, 0, 0, time.UTC)

func drawVehicle(t *rapid.T) rating.Input {
	return rating.Input{
		Products:  drawProducts(t),
		LengthMM:  rapid.SampledFrom([]int{0, 5200, 6000, 6010, 12000, 25000, 70000}).Draw(t, "length"),
		TrailerMM: rapid.SampledFrom([]int{0, 0, 800, 4300, 9000, -1}).Draw(t, "trailer"),
		Facts: toll.Facts{
			Category: rapid.SampledFrom([]string{"M1", "M1", "M1", "N1", "N3", "M3", "L3e", ""}).Draw(t, "category"),
			WeightKG: rapid.SampledFrom([]int{0, 1800, 3500, 3501, 4250, 19000}).Draw(t, "weight"),
			Fuel:     rapid.SampledFrom([]toll.Fuel{"petrol", "diesel", "electric", "hydrogen", "gas", ""}).Draw(t, "fuel"),
			PlugIn:   rapid.IntRange(0, 5).Draw(t, "plug-in") == 0,
			Euro:     rapid.IntRange(0, 6).Draw(t, "euro"),
		},
	}
}

func drawProducts(t *rapid.T) []tariff.ProductID {
	return rapid.SampledFrom([][]tariff.ProductID{
		nil, nil, {"prepaid"}, {"commuter", "prepaid"}, {"prepaid-private"}, {"prepaid-business", "unknown"},
	}).Draw(t, "products")
}

// drawSet draws a vehicle's passages: bursts of them at a few stations, so that windows, ties and
// caps are met, around a day that may be a change of month, of clock or of price list.
func drawSet(t *rapid.T, plan *rating.Plan) (inputs []rating.Input) {
	vehicle := drawVehicle(t)
	stations := drawStations(t, plan)
	at := drawDay(t)
	steady := rapid.Bool().Draw(t, "steady") // most have an agreement and a working tag
	for n := range rapid.IntRange(0, 150).Draw(t, "passages") {
		step := rapid.SampledFrom([]time.Duration{0, time.Second, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour, 90 * time.Minute, 7 * time.Hour, 20 * time.Hour}).Draw(t, "step")
		at = at.Add(step + time.Duration(rapid.IntRange(0, 1000).Draw(t, "ms"))*time.Millisecond*time.Duration(rapid.IntRange(0, 1).Draw(t, "odd")))
		in := vehicle
		in.At, in.Key = at, uint32(n)*2654435761
		in.Station = rapid.SampledFrom(stations).Draw(t, "station")
		in.Direction = rapid.SampledFrom([]toll.Direction{toll.Inbound, toll.Inbound, toll.Outbound, ""}).Draw(t, "direction")
		in.Agreement = steady || rapid.Bool().Draw(t, "agreement")
		in.TagRead = steady || rapid.Bool().Draw(t, "tag")
		if rapid.IntRange(0, 15).Draw(t, "rare") == 0 {
			in.Exempt = rapid.SampledFrom(append(tariff.ExemptionKinds(), "retired")).Draw(t, "exempt")
		}
		if inputs = append(inputs, in); rapid.IntRange(0, 31).Draw(t, "twice") == 0 {
			inputs = append(inputs, in)
		}
	}
	return inputs
}

// drawDay draws any day, or the eve of one that calendars stumble over: holidays on each kind of weekday,
// the ends of July, February and the year, and the nights in which clocks are changed.
func drawDay(t *rapid.T) time.Time {
	odd := rapid.SampledFrom([]string{"", "", "2023-04-05", "2026-04-02", "2021-12-24", "2025-04-30", "2023-06-29", "2024-07-25", "2024-02-28", "2026-03-28", "2026-10-24", "2022-12-31"}).Draw(t, "odd day")
	if at, err := time.Parse(time.DateOnly, odd); err == nil {
		return at
	}
	return start.AddDate(0, 0, rapid.IntRange(0, 7200).Draw(t, "day"))
}

// drawStations draws a few stations, mostly of one scheme, so that they have to do with each other.
func drawStations(t *rapid.T, plan *rating.Plan) (some []toll.StationID) {
	all := plan.Stations()
	one := rapid.SampledFrom(append(schemes(all), linked(all)...)).Draw(t, "scheme")
	var own []toll.StationID
	for _, st := range all {
		if st.Scheme == one {
			own = append(own, st.ID)
		}
	}
	some = rapid.SliceOfN(rapid.SampledFrom(own), 1, 5).Draw(t, "stations")
	if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
		some = append(some, all[rapid.IntRange(0, len(all)-1).Draw(t, "other")].ID)
	}
	return some
}

// linked returns the schemes with rules of linked stations, which are drawn more often.
func linked(all []tariff.Station) (list []toll.SchemeID) {
	for _, id := range []toll.SchemeID{"mixed", "moholt", "tresfjord", "gothenburg", "trondheim"} {
		if slices.Contains(schemes(all), id) {
			list = append(list, id)
		}
	}
	return list
}

func schemes(all []tariff.Station) (list []toll.SchemeID) {
	for _, st := range all {
		if !slices.Contains(list, st.Scheme) {
			list = append(list, st.Scheme)
		}
	}
	return list
}
