package plain

import (
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
)

// capGroup returns the group in which the passage is counted.
func (p *passage) capGroup(k *tariff.Cap) string {
	group := string(p.station.Scheme) + "/" + p.station.CapGroup
	if k.PerStation {
		group += "/" + string(p.station.ID)
	}
	return group
}

// dailyMaximum cuts off what exceeds the maximum of a day in a cap group.
func (r *rater) dailyMaximum() {
	type day struct {
		group string
		day   oslo.Day
	}
	spent := map[day]money.Ore{}
	for _, p := range r.taking() {
		res := &r.results[p.place]
		on := oslo.DayOf(p.At)
		rule := p.version.DayCap(p.station.CapGroup, p.version.KindOf(on).Season)
		if rule == nil || !rule.Covers(p.class, p.have()) {
			continue
		}
		d := day{p.capGroup(rule), on}
		res.Cut = max(0, res.Net-max(0, rule.Day-spent[d]))
		res.Net -= res.Cut
		spent[d] += res.Net
	}
}

// monthlyCap makes passages free after the number of paid passages in a month. Passages that are free for another
// reason do not count.
func (r *rater) monthlyCap() {
	type month struct {
		group string
		month oslo.Month
	}
	paid := map[month]int{}
	for _, p := range r.taking() {
		rule := p.version.Cap(p.station.CapGroup)
		res := &r.results[p.place]
		if res.Net == 0 || rule == nil || !rule.Covers(p.class, p.have()) {
			continue
		}
		m := month{p.capGroup(rule), oslo.MonthOf(p.At)}
		paid[m]++
		res.Count, res.Of = paid[m], rule.N
		if res.Count > res.Of {
			res.Net = 0
		}
	}
}
