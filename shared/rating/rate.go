package rating

import (
	"math"
	"time"

	"bompass/shared/money"
)

// The fast path. A set is one vehicle's crossings in the order of Sort, 24 bytes each and contiguous. All that
// depends on one crossing alone is computed when it is resolved. Two things remain that depend on its neighbours:
// its hour-rule window and its number in the month. Both are found by scanning back a few entries, so no state is
// needed besides the set and the charges.
//
//	crossing.price ──► rows   list, tag part, zero-emission part, net     (one flat table)
//	crossing.hour  ──► hours  passage group, mode, length; 0: takes no part
//	crossing.cap   ──► caps   cap group, number; 0: takes no part

// Rules that few sets need (linked stations, daily maximum) are in linked.go. They cost the other sets nothing:
// a crossing under such a rule is marked as tied and found during the pass through the set.

// Charge is the price of a passage with the data that Explain needs. It is only valid at its index in the set; to
// detect a changed charge, compare List, Net and the steps.
type Charge struct {
	list, net int32
	back      int32   // distance to the passage that opened the window
	carry     int32   // of an opener: distance to the passage that carries the charge
	count     int32   // number among the month's paid passages of its cap group, 0 when not counted
	cut       int32   // reduction by the daily maximum
	why       freedBy // rule that freed the passage before the hour rule
	pending   bool
}

// freedBy is the rule that frees a passage before the hour rule is applied.
type freedBy uint8

const (
	notFreed freedBy = iota
	duplicate
	annulled
	unpaired // no passage at the paired station
	waived
)

// List returns the price before discounts and rules, or 0 in a direction that is not charged.
func (c Charge) List() money.Ore { return money.Ore(c.list) }

// Net returns the amount charged.
func (c Charge) Net() money.Ore { return money.Ore(c.net) }

// Pending reports whether a later passage can still change the charge by a rule of linked stations; see
// RateKnown. A passage that needs its pair has a Net of 0 until the pair is known.
func (c Charge) Pending() bool { return c.pending }

// Rate charges one vehicle's sorted set over any span of time. out has the length of set. The set must contain
// all passages that can affect the ones of interest: their whole calendar months and those within Longest before
// them. Rate does not allocate.
func (p *Plan) Rate(set []Crossing, out []Charge) { p.rate(set, out, math.MaxInt64) }

// RateKnown is Rate for the case that passages after an instant may still be missing: charges that linked
// stations can still change are pending.
func (p *Plan) RateKnown(set []Crossing, out []Charge, known time.Time) {
	p.rate(set, out, known.UnixMilli())
}

func (p *Plan) rate(set []Crossing, out []Charge, known int64) {
	out = out[:len(set)]
	if p.windows(set, out) {
		p.neighbours(set, out, known)
	}
	p.count(set, out)
}

// windows prices every passage and applies the hour rule: one charge in each window. It reports whether any
// passage is tied.
func (p *Plan) windows(set []Crossing, out []Charge) (found bool) {
	for i := range set {
		c := &set[i]
		r := &p.rows[c.price]
		if c.treatment != charged {
			if c.treatment != tied {
				out[i] = free(c.treatment, r.list)
				continue
			}
			found = true
		}
		out[i] = Charge{list: r.list, net: r.net}
		// The set is sorted, so passages of the same instant and station are neighbours.
		if i > 0 && set[i-1].at == c.at && set[i-1].same(c) {
			out[i] = Charge{list: r.list, why: duplicate}
			continue
		}
		if c.hour == 0 {
			continue
		}
		if o := p.opener(set, out, i); o >= 0 {
			p.join(set, out, o, i)
		}
	}
	return found
}

// free returns the charge of a passage that costs nothing. An exemption states the amount saved.
func free(f treatment, list int32) Charge {
	if f == otherDirection || list == unpriced {
		return Charge{}
	}
	return Charge{list: list}
}

// opener returns the passage whose window contains passage i, or -1 when i opens a window. Windows of a group do
// not overlap, so only the window of the nearest earlier passage of the group can be open.
func (p *Plan) opener(set []Crossing, out []Charge, i int) int {
	c := &set[i]
	group, since := p.hours[c.hour].group, c.at-p.longest
	for j := i - 1; j >= 0 && set[j].at >= since; j-- {
		if p.hours[set[j].hour].group != group || out[j].why != notFreed {
			continue
		}
		o := j - int(out[j].back)
		if c.at-set[o].at < p.hours[set[o].hour].span {
			return o
		}
		return -1
	}
	return -1
}

// join adds passage i to the window opened by o. In mode dearest the charge moves to i when i costs more than the
// passage that carried it so far.
func (p *Plan) join(set []Crossing, out []Charge, o, i int) {
	out[i].back = int32(i - o)
	carrier := o + int(out[o].carry)
	if p.hours[set[o].hour].dearest && out[i].net > out[carrier].net {
		out[carrier].net = 0
		out[o].carry = int32(i - o)
		return
	}
	out[i].net = 0
}

// count numbers paid passages by calendar month and frees those beyond the cap.
func (p *Plan) count(set []Crossing, out []Charge) {
	for i := range set {
		c := &set[i]
		if c.cap == 0 || out[i].net == 0 {
			continue
		}
		rule := &p.caps[c.cap]
		if rule.n == 0 {
			continue
		}
		out[i].count = p.paidBefore(set, out, i, rule.group) + 1
		if out[i].count > rule.n {
			out[i].net = 0
		}
	}
}

// CapCount returns the number of a charged passage among the month's paid passages of its cap, and the cap. It returns 0
// for a passage that does not count.
func (p *Plan) CapCount(c Crossing, charge Charge) (count, of int) {
	if charge.count == 0 {
		return 0, 0
	}
	return int(charge.count), int(p.caps[c.cap].n)
}

// monthMax is longer than any calendar month. Two passages farther apart are never in the same month.
const monthMax = 32 * msPerDay

// paidBefore returns the number of the latest counted passage of a cap group in the month of passage i.
func (p *Plan) paidBefore(set []Crossing, out []Charge, i int, group uint16) int32 {
	c := &set[i]
	for j := i - 1; j >= 0; j-- {
		d := &set[j]
		if d.month != c.month || c.at-d.at > monthMax {
			return 0
		}
		if out[j].count > 0 && p.caps[d.cap].group == group {
			return out[j].count
		}
	}
	return 0
}
