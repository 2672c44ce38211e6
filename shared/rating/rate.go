package rating

import (
	"math"
	"time"

	"bompass/shared/money"
)

// The fast path. A set is one vehicle's crossings in the order of Sort: 24 bytes each, one after the
// other. Everything that a crossing can know alone is settled when it is resolved, so that here
// remain the two things that depend on its neighbours: the window it is in and its number in the
// month. Neither needs state beside the set and the charges: a passage finds its window, and its
// predecessor in the month, by looking back a few entries.
//
//	crossing.price ──► rows   list, tag part, zero-emission part, net     (one flat table)
//	crossing.hour  ──► hours  passage group, mode, length; 0: takes no part
//	crossing.cap   ──► caps   cap group, number; 0: takes no part

// What few sets need (linked stations, daily maximum) is in linked.go, and costs the others nothing: a
// tied crossing is found on the way through the set.

// Charge is what a passage costs and what Explain needs to say why. It belongs to its place in the
// set; to find out whether a charge has changed, compare List, Net and the steps.
type Charge struct {
	list, net int32
	back      int32 // distance to the passage that opened the window
	carry     int32 // of an opener: distance to the passage that carries the charge
	count     int32 // number among the month's paid passages of its cap group, 0 when not counted
	cut       int32 // what the daily maximum took off
	why       why   // freed before the hour rule looked at it
	pending   bool
}

// why is what frees a passage before the hour rule looks at it.
type why uint8

const (
	notFreed why = iota
	duplicate
	annulled
	alone // its pair is not passed
	waived
)

// List is the price before discounts and rules; 0 in a direction that is not charged.
func (c Charge) List() money.Ore { return money.Ore(c.list) }

// Net is what is charged.
func (c Charge) Net() money.Ore { return money.Ore(c.net) }

// Pending tells whether a passage that is not known yet can still change the charge by a rule of linked
// stations; see RateKnown. A passage that waits for its pair has a Net of 0 until then.
func (c Charge) Pending() bool { return c.pending }

// Rate charges one vehicle's set, sorted, over any span of time; out is as long as set. The set must
// hold all that can bear on the passages asked about: their whole calendar months, and before those
// whatever Longest says. It allocates nothing.
func (p *Plan) Rate(set []Crossing, out []Charge) { p.rate(set, out, math.MaxInt64) }

// RateKnown is Rate when only the passages before an instant are all known: charges that linked
// stations can still change are pending, tolling.md A-6.
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

// windows prices every passage and leaves one charge in each window, tolling.md A-5. It tells whether
// any passage is tied.
func (p *Plan) windows(set []Crossing, out []Charge) (found bool) {
	for i := range set {
		c := &set[i]
		r := &p.rows[c.price]
		if c.fate != charged {
			if c.fate != tied {
				out[i] = free(c.fate, r.list)
				continue
			}
			found = true
		}
		out[i] = Charge{list: r.list, net: r.net}
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

// free is the charge of a passage that is not charged at all; an exemption tells what it spares.
func free(f fate, list int32) Charge {
	if f == otherway || list == unpriced {
		return Charge{}
	}
	return Charge{list: list}
}

// opener finds the passage whose window passage i falls in, or -1 when i opens one. Windows of a
// group follow each other, so only that of the nearest earlier passage of the group can be open.
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

// join puts passage i in the window that o opened: in the mode dearest the charge moves to i when i
// is dearer than what carried it so far.
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

// count counts paid passages by calendar month and frees those beyond the cap, tolling.md A-8.
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

// monthMax is longer than any calendar month: two passages further apart are never in the same one.
const monthMax = 32 * msPerDay

// paidBefore is the number of the latest counted passage of a cap group in the month of passage i.
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
