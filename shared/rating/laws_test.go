package rating_test

import (
	"fmt"
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

// tolling.md B.5: the laws that hold for any set of passages.

func TestRatingIsWhatThePlainOneSays(t *testing.T) {
	book := wholeBook(t)
	plan := compile(t, book)
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawSet(t, plan)
		want := plain.Rate(book, inputs)
		for i, got := range rate(plan, inputs) {
			w := want[i]
			if (got.err != nil) != w.Missing {
				t.Fatalf("%d: got error %v, want missing %v", i, got.err, w.Missing)
			}
			if got.list != w.List || got.net != w.Net {
				t.Fatalf("%d %+v: got %s of %s (%s), want %s of %s", i, inputs[i], got.net, got.list, rules(got.steps), w.Net, w.List)
			}
			by, count, of := lastStep(got.steps)
			if w.Carrier != i && by != fmt.Sprint(w.Carrier+1) || w.Carrier == i && by != "" {
				t.Fatalf("%d: charge carried by %q, want %d", i, by, w.Carrier+1)
			}
			if count != w.Count || w.Count > 0 && of != w.Of {
				t.Fatalf("%d: counted %d of %d, want %d of %d", i, count, of, w.Count, w.Of)
			}
		}
	})
}

func lastStep(steps []rating.Step) (by string, count, of int) {
	if len(steps) == 0 {
		return "", 0, 0
	}
	s := steps[len(steps)-1]
	return string(s.By), s.Count, s.Of
}

func TestRatingDoesNotDependOnOrderOfArrival(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawSet(t, plan)
		first := byKey(rate(plan, inputs), inputs)
		moved := rapid.Permutation(inputs).Draw(t, "order")
		second := byKey(rate(plan, moved), moved)
		for key, net := range first {
			if second[key] != net {
				t.Fatalf("passage %d: %s in one order, %s in another", key, net, second[key])
			}
		}
	})
}

func byKey(answers []rated, inputs []rating.Input) map[uint32]money.Ore {
	nets := map[uint32]money.Ore{}
	for i, a := range answers {
		nets[inputs[i].Key] = a.net
	}
	return nets
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

// start is before every price list; the last draws lie beyond them, into the years without a table.
var start = time.Date(2017, time.September, 20, 0, 0, 0, 0, time.UTC)

func drawVehicle(t *rapid.T) rating.Input {
	return rating.Input{Facts: toll.Facts{
		Category: rapid.SampledFrom([]string{"M1", "M1", "M1", "N1", "N3", "M3", "L3e", ""}).Draw(t, "category"),
		WeightKG: rapid.SampledFrom([]int{0, 1800, 3500, 3501, 4250, 19000}).Draw(t, "weight"),
		Fuel:     rapid.SampledFrom([]toll.Fuel{"petrol", "diesel", "electric", "hydrogen", "gas", ""}).Draw(t, "fuel"),
		PlugIn:   rapid.IntRange(0, 5).Draw(t, "plug-in") == 0,
		Euro:     rapid.IntRange(0, 6).Draw(t, "euro"),
	}}
}

// drawSet draws a vehicle's passages: bursts of them at a few stations, so that windows, ties and
// caps are met, around a day that may be a change of month, of clock or of price list.
func drawSet(t *rapid.T, plan *rating.Plan) (inputs []rating.Input) {
	vehicle := drawVehicle(t)
	stations := plan.Stations()
	at := start.AddDate(0, 0, rapid.IntRange(0, 7200).Draw(t, "day"))
	some := rapid.SliceOfN(rapid.IntRange(0, len(stations)-1), 1, 5).Draw(t, "stations")
	steady := rapid.Bool().Draw(t, "steady") // most have an agreement and a working tag
	for n := range rapid.IntRange(0, 150).Draw(t, "passages") {
		step := rapid.SampledFrom([]time.Duration{0, time.Second, 20 * time.Minute, 30 * time.Minute, time.Hour, 90 * time.Minute, 7 * time.Hour, 20 * time.Hour}).Draw(t, "step")
		at = at.Add(step + time.Duration(rapid.IntRange(0, 1000).Draw(t, "ms"))*time.Millisecond*time.Duration(rapid.IntRange(0, 1).Draw(t, "odd")))
		in := vehicle
		in.At, in.Key = at, uint32(n)*2654435761
		in.Station = stations[some[rapid.IntRange(0, len(some)-1).Draw(t, "station")]].ID
		in.Direction = rapid.SampledFrom([]toll.Direction{toll.Inbound, toll.Inbound, toll.Outbound, ""}).Draw(t, "direction")
		in.Agreement = steady || rapid.Bool().Draw(t, "agreement")
		in.TagRead = steady || rapid.Bool().Draw(t, "tag")
		if rapid.IntRange(0, 15).Draw(t, "rare") == 0 {
			in.Exempt = rapid.SampledFrom(append(tariff.Kinds(), "retired")).Draw(t, "exempt")
		}
		inputs = append(inputs, in)
	}
	return inputs
}
