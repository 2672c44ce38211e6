package dispute_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/shared/dispute"
	"bompass/shared/toll"
)

var noon = time.Date(2026, time.October, 5, 10, 0, 0, 0, time.UTC)

// Oslo and Bergen are about 305 km apart.
var oslo, bergen = dispute.Place{Lat: 59_913_900, Lon: 10_752_200}, dispute.Place{Lat: 60_391_300, Lon: 5_322_100}

func TestDecisions(t *testing.T) {
	seen := func(after time.Duration, station toll.StationID, at dispute.Place, by toll.MatchedBy) dispute.Seen {
		return dispute.Seen{At: noon.Add(after), Station: station, Place: at, Direction: toll.Inbound, MatchedBy: by}
	}
	plate := dispute.Passage{Seen: seen(0, "a", oslo, toll.ByPlate)}
	for name, c := range map[string]struct {
		reason dispute.Reason
		change func(*dispute.Passage)
		want   dispute.Decision
	}{
		"free":          {dispute.Twice, func(p *dispute.Passage) { p.Free = true }, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyFree}},
		"once":          {dispute.Twice, func(*dispute.Passage) {}, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyOnce}},
		"twice":         {dispute.Twice, func(p *dispute.Passage) { p.Around = []dispute.Seen{seen(40*time.Second, "a", oslo, toll.ByTag)} }, dispute.Decision{State: dispute.Upheld, Why: dispute.WhyDouble}},
		"an hour later": {dispute.Twice, func(p *dispute.Passage) { p.Around = []dispute.Seen{seen(time.Hour, "a", oslo, toll.ByTag)} }, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyOnce}},
		"the other is free": {dispute.Twice, func(p *dispute.Passage) {
			o := seen(time.Second, "a", oslo, toll.ByTag)
			o.Free = true
			p.Around = []dispute.Seen{o}
		}, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyOnce}},
		"the tag was in Bergen":   {dispute.NotMine, func(p *dispute.Passage) { p.Around = []dispute.Seen{seen(time.Hour, "b", bergen, toll.ByTag)} }, dispute.Decision{State: dispute.Upheld, Why: dispute.WhyImpossible}},
		"a plate in Bergen":       {dispute.NotMine, func(p *dispute.Passage) { p.Around = []dispute.Seen{seen(time.Hour, "b", bergen, toll.ByPlate)} }, dispute.Decision{State: dispute.Open, Why: dispute.WhyPerson}},
		"in Bergen by night":      {dispute.NotMine, func(p *dispute.Passage) { p.Around = []dispute.Seen{seen(8*time.Hour, "b", bergen, toll.ByTag)} }, dispute.Decision{State: dispute.Open, Why: dispute.WhyPerson}},
		"sold before":             {dispute.Sold, func(p *dispute.Passage) { p.SoldAt = noon.Add(-time.Hour) }, dispute.Decision{State: dispute.Upheld, Why: dispute.WhySold}},
		"sold later":              {dispute.Sold, func(p *dispute.Passage) { p.SoldAt = noon.Add(time.Hour) }, dispute.Decision{State: dispute.Open, Why: dispute.WhyPerson}},
		"no tag":                  {dispute.Tag, func(*dispute.Passage) {}, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyNoTag}},
		"the tag was read":        {dispute.Tag, func(p *dispute.Passage) { p.HasTag = true }, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyTagRead}},
		"nothing lost":            {dispute.Tag, func(p *dispute.Passage) { p.HasTag, p.Unread = true, true }, dispute.Decision{State: dispute.Rejected, Why: dispute.WhyNoLoss}},
		"the tag was not read":    {dispute.Tag, func(p *dispute.Passage) { p.HasTag, p.Unread, p.Lost = true, true, 580 }, dispute.Decision{State: dispute.Open, Why: dispute.WhyPerson}},
		"the price group, always": {dispute.Class, func(*dispute.Passage) {}, dispute.Decision{State: dispute.Open, Why: dispute.WhyPerson}},
	} {
		p := plate
		c.change(&p)
		if got := dispute.Decide(c.reason, p); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Whatever passages there are: both of two are impossible or neither is, no slower pair is where a faster one is possible, and a
// passage alone is never impossible or double.
func TestImpossibleTripsAreSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) dispute.Seen {
			return dispute.Seen{
				At:    noon.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, name+" at"))),
				Place: dispute.Place{Lat: rapid.Int32Range(57_000_000, 72_000_000).Draw(t, name+" lat"), Lon: rapid.Int32Range(4_000_000, 32_000_000).Draw(t, name+" lon")},
			}
		}
		a, b := draw("a"), draw("b")
		if dispute.Impossible(a, b) != dispute.Impossible(b, a) || dispute.Impossible(a, a) {
			t.Fatal("not symmetric")
		}
		if km := dispute.Kilometres(a.Place, b.Place); km < 0 || km > 3000 || dispute.Kilometres(b.Place, a.Place) != km {
			t.Fatalf("%f km", km)
		}
		later := b
		if b.At.After(a.At) {
			later.At = b.At.Add(time.Hour)
		} else {
			later.At = b.At.Add(-time.Hour)
		}
		if !dispute.Impossible(a, b) && dispute.Impossible(a, later) {
			t.Fatal("more time makes a trip impossible")
		}
	})
}
