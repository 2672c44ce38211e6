package rating_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/shared/fault"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

func TestStepsCarryEveryParameterOfTheirText(t *testing.T) {
	plan := compile(t, wholeBook(t))
	first := time.Date(2023, time.March, 7, 7, 0, 0, 0, time.UTC)
	car := rating.Input{Station: "tromso-1", At: first, Facts: factsOf(toll.LightElectric), Agreement: true, TagRead: true}
	later := car
	later.At = first.Add(20 * time.Minute)
	priced := []rating.Step{
		{Rule: rating.RuleList, Ore: 3600, Tariff: "tromso@2023-01-01", Class: "light electric", Band: "rush"},
		{Rule: rating.RuleTag, Ore: -720, Num: 1, Den: 5},
		{Rule: rating.RuleZeroEmission, Ore: -1440, Num: 1, Den: 2},
	}
	got := rate(plan, []rating.Input{car, later})
	want := append(priced[:3:3], rating.Step{Rule: rating.RuleCounted, Count: 1, Of: 80})
	if diff := cmp.Diff(want, got[0].steps); diff != "" {
		t.Error(diff)
	}
	want = append(priced[:3:3], rating.Step{Rule: rating.RuleHour, Ore: -1440, From: first, Mins: 60, By: "1"})
	if diff := cmp.Diff(want, got[1].steps); diff != "" {
		t.Error(diff)
	}
}

func TestUnpricedPassageNamesStationAndInstant(t *testing.T) {
	plan := compile(t, wholeBook(t))
	at := time.Date(2020, time.March, 7, 7, 0, 0, 0, time.UTC)
	for station, want := range map[toll.StationID]*fault.Error{
		"oslo-301":  fault.New(fault.TariffMissing, "station", "oslo-301", "at", "2020-03-07T07:00:00Z"),
		"nowhere-1": fault.New(fault.StationUnknown, "station", "nowhere-1", "at", "2020-03-07T07:00:00Z"),
	} {
		_, err := plan.Resolve(rating.Input{Station: station, At: at})
		if diff := cmp.Diff(error(want), err); diff != "" {
			t.Error(diff)
		}
	}
}
