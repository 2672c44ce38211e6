package rating

import (
	"slices"
	"time"

	"bompass/shared/tariff"
)

// Rules on neighbouring passages other than the hour rule: linked stations and the daily maximum. They run only for
// sets with a tied crossing. When a rule frees passages, the hour-rule windows are applied again without them.

// link is a rule of linked stations.
type link struct {
	kind     tariff.LinkKind
	minutes  int32
	span     int64 // milliseconds
	at, with []StationIndex
	before   bool
	needs    tariff.Needs
}

// neighbours applies the rules that depend on passages at other stations: pairs, waivers and the daily maximum. The
// windows of the hour rule are computed again after each change, because a passage that becomes free no longer
// begins one.
func (p *Plan) neighbours(set []Crossing, out []Charge, known int64) {
	if p.tie(set, out, known) {
		p.reapplyWindows(set, out)
	}
	if p.waive(set, out, known) {
		p.reapplyWindows(set, out)
	}
	p.daily(set, out)
}

// linkOf returns the first rule of a kind for a passage, or nil.
func (p *Plan) linkOf(c Crossing, kinds ...tariff.LinkKind) *link {
	v := p.version(c)
	if len(v.links) == 0 {
		return nil
	}
	_, _, have := v.cell(c)
	for i := range v.links {
		l := &v.links[i]
		if slices.Contains(kinds, l.kind) && l.needs.Met(have) && slices.Contains(l.at, c.station) {
			return l
		}
	}
	return nil
}

// Settled returns the instant from which no later passage can change a charge by a rule of linked stations. Until
// then RateKnown may report the charge as pending.
func (p *Plan) Settled(c Crossing) time.Time {
	v, span := p.version(c), int64(0)
	for i := range v.links {
		if l := &v.links[i]; slices.Contains(l.at, c.station) {
			span = max(span, l.span)
		}
	}
	return time.UnixMilli(c.at + span).UTC()
}

// tie applies pairs and annulments, which depend on instants and stations alone. It reports whether it freed a
// passage.
func (p *Plan) tie(set []Crossing, out []Charge, known int64) (freed bool) {
	for i := range set {
		if set[i].treatment != tied || out[i].why != notFreed {
			continue
		}
		l := p.linkOf(set[i], tariff.Pair, tariff.Annul)
		if l == nil {
			continue
		}
		together := partner(set, out, i, l) >= 0
		switch {
		case l.kind == tariff.Pair && !together:
			out[i].why = unpaired
		case l.kind == tariff.Annul && together:
			out[i].why = annulled
		}
		out[i].pending = !together && set[i].at+l.span > known
		freed = freed || out[i].why != notFreed
	}
	return freed
}

// partner returns a passage at another station of the link within its window: the last one before, or else the
// first one after, or -1.
func partner(set []Crossing, out []Charge, i int, l *link) int {
	is := func(j int) bool {
		return set[j].chargeable() && out[j].why != duplicate && set[j].station != set[i].station && slices.Contains(l.with, set[j].station)
	}
	return near(set, i, l.span, true, is)
}

// payer returns a passage of a waiver that carries a charge, in the same order of preference.
func (p *Plan) payer(set []Crossing, out []Charge, i int, l *link) int {
	is := func(j int) bool { return slices.Contains(l.with, set[j].station) && p.carries(set, out, j) }
	return near(set, i, l.span, l.before, is)
}

// near returns the index of the nearest earlier passage within span milliseconds of passage i that meets a
// condition, otherwise of the first later one, or -1. Unless after is set, only later passages at the same instant
// count.
func near(set []Crossing, i int, span int64, after bool, is func(int) bool) int {
	at := set[i].at
	for j := i - 1; j >= 0 && at-set[j].at < span; j-- {
		if is(j) {
			return j
		}
	}
	for j := i + 1; j < len(set) && set[j].at-at < span; j++ {
		if !after && set[j].at > at {
			break
		}
		if is(j) {
			return j
		}
	}
	return -1
}

// carries reports whether a passage carries a charge after the hour rule.
func (p *Plan) carries(set []Crossing, out []Charge, j int) bool {
	if !set[j].chargeable() || out[j].why != notFreed || p.rows[set[j].price].net == 0 {
		return false
	}
	o := j - int(out[j].back)
	return set[j].hour == 0 || o+int(out[o].carry) == j
}

// waive frees passages that a paid passage elsewhere waives. A waived passage cannot affect a paid one; the check
// of tariffs guarantees it.
func (p *Plan) waive(set []Crossing, out []Charge, known int64) (freed bool) {
	for i := range set {
		if set[i].treatment != tied || out[i].why != notFreed || p.rows[set[i].price].net == 0 {
			continue
		}
		l := p.linkOf(set[i], tariff.Waive)
		if l == nil {
			continue
		}
		if p.payer(set, out, i, l) >= 0 {
			out[i].why, freed = waived, true
			continue
		}
		out[i].pending = out[i].pending || l.before && set[i].at+l.span > known
	}
	return freed
}

// reapplyWindows applies the hour-rule windows without the freed passages.
func (p *Plan) reapplyWindows(set []Crossing, out []Charge) {
	for i := range set {
		c := &set[i]
		if !c.chargeable() {
			continue
		}
		r := &p.rows[c.price]
		out[i] = Charge{list: r.list, net: r.net, why: out[i].why, pending: out[i].pending}
		if out[i].why != notFreed {
			out[i].net = 0
			continue
		}
		if c.hour == 0 {
			continue
		}
		if o := p.opener(set, out, i); o >= 0 {
			p.join(set, out, o, i)
		}
	}
}

// daily reduces charges beyond the maximum of a calendar day, in the order of time.
func (p *Plan) daily(set []Crossing, out []Charge) {
	for i := range set {
		c := &set[i]
		if c.cap == 0 || out[i].net == 0 || !p.caps[c.cap].daily {
			continue
		}
		most := p.dayMaximum(*c)
		if most == 0 {
			continue
		}
		left := max(0, most-p.spentBefore(set, out, i))
		if out[i].net > left {
			out[i].cut = out[i].net - left
			out[i].net = left
		}
	}
}

// dayMaximum returns the maximum of the day of a passage.
func (p *Plan) dayMaximum(c Crossing) int32 {
	rule, v := &p.caps[c.cap], p.version(c)
	if v.kinds == nil {
		return rule.day[0]
	}
	return rule.day[v.kind(c.at)/plainDays]
}

// spentBefore returns the sum of earlier passages of the day and cap group.
func (p *Plan) spentBefore(set []Crossing, out []Charge, i int) (spent int32) {
	c := &set[i]
	day, group := dayOf(c.at), p.caps[c.cap].group
	for j := i - 1; j >= 0 && c.at-set[j].at < 26*msPerHour && dayOf(set[j].at) == day; j-- {
		if p.caps[set[j].cap].group == group && p.dayMaximum(set[j]) > 0 {
			spent += out[j].net
		}
	}
	return spent
}
