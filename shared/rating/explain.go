package rating

import (
	"bompass/shared/money"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Explain appends the steps of charge i of a set in the order in which the rules are applied. Their Ore sum to
// the charge's Net. ids returns the identity of a passage by its index in the set.
func (p *Plan) Explain(set []Crossing, charges []Charge, i int, ids func(int) toll.PassageID, steps []Step) []Step {
	c, ch := &set[i], &charges[i]
	v, r := p.version(*c), &p.rows[c.price]
	// Nothing is charged in the direction that the station does not charge, so there is no list price to explain.
	if c.treatment == otherDirection {
		return append(steps, Step{Rule: RuleDirection, Tariff: v.id})
	}
	band, class, have := v.cell(*c)
	steps, list := grow(steps)
	list.Rule, list.Ore, list.Tariff, list.Class, list.Band = RuleList, ch.List(), v.id, class.String(), v.names[band]
	if !c.chargeable() {
		names := kindNames()
		return append(steps, Step{Rule: RuleExempt, Ore: -ch.List(), Text: string(names[c.treatment-exemptBy])})
	}
	if ch.why == duplicate {
		return append(steps, Step{Rule: RuleDuplicate, Ore: -ch.List(), By: ids(firstOf(set, i))})
	}
	if part := p.tollPart(v, *c); part > 0 {
		list.Ore -= part
		steps = append(steps, Step{Rule: RuleToll, Ore: part})
	}
	steps = v.explainDiscounts(cell{class: class, have: have}, c.price, r, steps)
	if c.treatment == tied {
		var freed bool
		if steps, freed = p.explainLinks(set, charges, i, ids, steps); freed {
			return steps
		}
	}
	// In a window of the hour rule, another passage carries the charge, and this one is free.
	if o := i - int(ch.back); c.hour != 0 && o+int(charges[o].carry) != i {
		var hour *Step
		steps, hour = grow(steps)
		hour.Rule, hour.Ore, hour.From = RuleHour, -money.Ore(r.net), set[o].At()
		hour.Mins, hour.By = int(p.hours[set[o].hour].minutes), ids(o+int(charges[o].carry))
		return p.explainPending(c, ch, steps)
	}
	steps = p.explainPending(c, ch, p.explainCap(c, ch, steps))
	// VAT is included in the price; a step shows its part where the price list states a rate. Of ferries, the toll part
	// of the fare has none.
	if v.source.VAT.Num == 0 {
		return steps
	}
	return explainVAT(v.source.VAT, ch.Net()-p.tollPart(v, *c), steps)
}

// explainDiscounts appends the discount of the tag or a supplementary agreement, and the zero-emission
// reduction.
func (v *version) explainDiscounts(at cell, price uint32, r *row, steps []Step) []Step {
	class, have := at.class, at.have
	if s, ok := v.supplement(at, price); ok {
		steps = append(steps, Step{Rule: RuleSupplement, Ore: -money.Ore(r.tag), Num: int(s.Off.Num), Den: int(s.Off.Den), Text: string(s.Product)})
	} else if off, ok := v.source.TagDiscount(class, have); ok {
		var step *Step
		steps, step = grow(steps)
		step.Rule, step.Ore, step.Num, step.Den = RuleTag, -money.Ore(r.tag), int(off.Num), int(off.Den)
		if have&tariff.Tag == 0 && v.source.PlateMatch {
			step.Text = "plate"
		}
	}
	if pays, ok := v.source.ZeroShare(class, have); ok {
		var step *Step
		steps, step = grow(steps)
		step.Rule, step.Ore, step.Num, step.Den = RuleZeroEmission, -money.Ore(r.zero), int(pays.Num), int(pays.Den)
	}
	return steps
}

// explainLinks appends the rule of linked stations and reports whether it made the passage free.
func (p *Plan) explainLinks(set []Crossing, charges []Charge, i int, ids func(int) toll.PassageID, steps []Step) ([]Step, bool) {
	ch, net := charges[i], money.Ore(p.rows[set[i].price].net)
	if l := p.linkOf(set[i], tariff.Pair, tariff.Annul); l != nil && (l.kind == tariff.Pair || ch.why == annulled) {
		step := Step{Rule: Rule(l.kind), Mins: int(l.minutes)}
		if j := partner(set, charges, i, l); j >= 0 {
			step.By = ids(j)
		}
		switch {
		case ch.why == unpaired && ch.pending:
			step.Rule, step.Ore = RulePending, -net
		case ch.why == unpaired, ch.why == annulled:
			step.Ore = -net
		}
		steps = append(steps, step)
	}
	if ch.why == waived {
		l := p.linkOf(set[i], tariff.Waive)
		steps = append(steps, Step{Rule: RuleWaive, Ore: -net, Mins: int(l.minutes), By: ids(p.payer(set, charges, i, l))})
	}
	return steps, ch.why != notFreed
}

// explainPending appends that a later passage can still change the charge.
func (p *Plan) explainPending(c *Crossing, ch *Charge, steps []Step) []Step {
	if !ch.pending {
		return steps
	}
	l := p.linkOf(*c, tariff.Annul, tariff.Waive)
	return append(steps, Step{Rule: RulePending, Mins: int(l.minutes)})
}

// explainCap appends the steps of the daily maximum and the monthly cap: what the first cut off, and either that
// the passage is free or that it counts.
func (p *Plan) explainCap(c *Crossing, ch *Charge, steps []Step) []Step {
	if ch.cut > 0 {
		steps = append(steps, Step{Rule: RuleDay, Ore: -money.Ore(ch.cut), Amount: money.Ore(p.dayMaximum(*c))})
	}
	n := int(p.caps[c.cap].n)
	switch {
	case ch.count == 0:
		return steps
	case int(ch.count) > n:
		return append(steps, Step{Rule: RuleCap, Ore: money.Ore(ch.cut - p.rows[c.price].net), Count: int(ch.count), Of: n})
	}
	steps, step := grow(steps)
	step.Rule, step.Count, step.Of = RuleCounted, int(ch.count), n
	return steps
}

// grow appends an empty step to be filled in place. A step is large, and copying one that has just been written
// stalls on store forwarding.
func grow(steps []Step) ([]Step, *Step) {
	n := len(steps)
	if n == cap(steps) {
		steps = append(steps, Step{})
	} else {
		steps = steps[:n+1]
		steps[n] = Step{}
	}
	return steps, &steps[n]
}

// explainVAT appends the VAT included in the fare of a ferry. The toll part is outside VAT.
func explainVAT(vat tariff.Fraction, fare money.Ore, steps []Step) []Step {
	if fare <= 0 {
		return steps
	}
	return append(steps, Step{Rule: RuleVAT, Num: int(vat.Num), Den: int(vat.Den), Amount: fare.Share(vat.Num, vat.Den+vat.Num)})
}

func (p *Plan) tollPart(v *version, c Crossing) money.Ore {
	if len(v.source.Tolls) == 0 {
		return 0
	}
	return v.source.TollPart(p.stations[c.station].PriceZone)
}

// firstOf returns the passage that passage i repeats.
func firstOf(set []Crossing, i int) int {
	for i > 0 && set[i-1].same(&set[i]) {
		i--
	}
	return i
}

// supplement returns the supplementary discount of a row.
func (v *version) supplement(at cell, price uint32) (tariff.Supplement, bool) {
	if len(v.products) == 0 || int32(price) < v.rows+v.block {
		return tariff.Supplement{}, false
	}
	block := (int32(price) - v.rows) / v.block
	for i, s := range v.products {
		if s.block == block && s.group == tariff.GroupOf(at.class) && s.needs.Met(v.source.ForDiscount(at.have)) {
			return v.source.Supplements[i], true
		}
	}
	return tariff.Supplement{}, false
}

// cell returns the band, class and state of a crossing's row.
func (v *version) cell(c Crossing) (band int32, class toll.Class, have tariff.Needs) {
	n := int32(c.price) - v.rows
	return n / (states * classCount) % v.bands, toll.Class(n / states % classCount), tariff.Needs(n % states)
}
