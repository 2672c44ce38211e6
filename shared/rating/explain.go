package rating

import (
	"bompass/shared/money"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Explain appends the reasons for charge i of a set, in the order that rules are applied; their Ore
// sum to its Net. ids gives the identity of a passage of the set by its place.
func (p *Plan) Explain(set []Crossing, charges []Charge, i int, ids func(int) toll.PassageID, steps []Step) []Step {
	c, ch, r := set[i], charges[i], p.rows[set[i].price]
	v := p.version(c)
	if c.fate == otherway {
		return append(steps, Step{Rule: RuleDirection, Tariff: v.id})
	}
	band, class, _ := v.cell(c)
	steps = append(steps, Step{Rule: RuleList, Ore: ch.List(), Tariff: v.id, Class: class.String(), Band: v.names[band]})
	if !c.chargeable() {
		names := kindNames()
		return append(steps, Step{Rule: RuleExempt, Ore: -ch.List(), Text: string(names[c.fate-exemptBy])})
	}
	if ch.why == duplicate {
		return append(steps, Step{Rule: RuleDuplicate, Ore: -ch.List(), By: ids(firstOf(set, i))})
	}
	if part := p.tollPart(c); part > 0 {
		steps[len(steps)-1].Ore -= part
		steps = append(steps, Step{Rule: RuleToll, Ore: part})
	}
	steps = p.explainDiscounts(c, steps)
	if c.fate == tied {
		var freed bool
		if steps, freed = p.explainLinks(set, charges, i, ids, steps); freed {
			return steps
		}
	}
	if o := i - int(ch.back); c.hour != 0 && o+int(charges[o].carry) != i {
		steps = append(steps, Step{
			Rule: RuleHour, Ore: -money.Ore(r.net), From: set[o].At(),
			Mins: int(p.hours[set[o].hour].minutes), By: ids(o + int(charges[o].carry)),
		})
		return p.explainPending(c, ch, steps)
	}
	steps = p.explainPending(c, ch, p.explainCap(c, ch, steps))
	return p.explainVAT(c, ch, steps)
}

// explainDiscounts says what was taken off by a tag or a supplementary agreement, and by the share
// that zero-emission vehicles pay.
func (p *Plan) explainDiscounts(c Crossing, steps []Step) []Step {
	v, r := p.version(c), &p.rows[c.price]
	_, class, have := v.cell(c)
	if s, ok := v.supplement(c); ok {
		steps = append(steps, Step{Rule: RuleSupplement, Ore: -money.Ore(r.tag), Num: int(s.Off.Num), Den: int(s.Off.Den), Text: string(s.Product)})
	} else if off, ok := v.source.TagDiscount(class, have); ok {
		step := Step{Rule: RuleTag, Ore: -money.Ore(r.tag), Num: int(off.Num), Den: int(off.Den)}
		if have&tariff.Tag == 0 && v.source.PlateMatch {
			step.Text = "plate"
		}
		steps = append(steps, step)
	}
	if pays, ok := v.source.ZeroShare(class, have); ok {
		steps = append(steps, Step{Rule: RuleZeroEmission, Ore: -money.Ore(r.zero), Num: int(pays.Num), Den: int(pays.Den)})
	}
	return steps
}

// explainLinks says what linked stations did, and whether they made the passage free.
func (p *Plan) explainLinks(set []Crossing, charges []Charge, i int, ids func(int) toll.PassageID, steps []Step) ([]Step, bool) {
	ch, net := charges[i], money.Ore(p.rows[set[i].price].net)
	if l := p.linkOf(set[i], tariff.Pair, tariff.Annul); l != nil && (l.kind == tariff.Pair || ch.why == annulled) {
		step := Step{Rule: Rule(l.kind), Mins: int(l.minutes)}
		if j := partner(set, charges, i, l); j >= 0 {
			step.By = ids(j)
		}
		switch {
		case ch.why == alone && ch.pending:
			step.Rule, step.Ore = RulePending, -net
		case ch.why == alone, ch.why == annulled:
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

// explainPending says that a charge that stands can still be freed.
func (p *Plan) explainPending(c Crossing, ch Charge, steps []Step) []Step {
	if !ch.pending {
		return steps
	}
	l := p.linkOf(c, tariff.Annul, tariff.Waive)
	return append(steps, Step{Rule: RulePending, Mins: int(l.minutes)})
}

func (p *Plan) explainCap(c Crossing, ch Charge, steps []Step) []Step {
	if ch.cut > 0 {
		steps = append(steps, Step{Rule: RuleDay, Ore: -money.Ore(ch.cut), Amount: money.Ore(p.mostOf(c))})
	}
	n := int(p.caps[c.cap].n)
	switch {
	case ch.count == 0:
		return steps
	case int(ch.count) > n:
		return append(steps, Step{Rule: RuleCap, Ore: money.Ore(ch.cut - p.rows[c.price].net), Count: int(ch.count), Of: n})
	}
	return append(steps, Step{Rule: RuleCounted, Count: int(ch.count), Of: n})
}

// explainVAT says how much VAT is in the fare of a ferry; the toll part is outside it.
func (p *Plan) explainVAT(c Crossing, ch Charge, steps []Step) []Step {
	vat := p.version(c).source.VAT
	fare := ch.Net() - p.tollPart(c)
	if vat.Num == 0 || fare <= 0 {
		return steps
	}
	return append(steps, Step{Rule: RuleVAT, Num: int(vat.Num), Den: int(vat.Den), Amount: fare.Share(vat.Num, vat.Den+vat.Num)})
}

func (p *Plan) tollPart(c Crossing) money.Ore {
	return p.version(c).source.TollPart(p.stations[c.station].PriceZone)
}

// firstOf is the passage that passage i repeats.
func firstOf(set []Crossing, i int) int {
	for i > 0 && set[i-1].same(&set[i]) {
		i--
	}
	return i
}

// supplement is the supplementary discount that a crossing's row has.
func (v *version) supplement(c Crossing) (tariff.Supplement, bool) {
	block := (int32(c.price) - v.rows) / v.block
	if block == 0 {
		return tariff.Supplement{}, false
	}
	_, class, have := v.cell(c)
	for i, s := range v.products {
		if s.block == block && s.group == tariff.GroupOf(class) && s.needs.Met(v.source.ForDiscount(have)) {
			return v.source.Supplements[i], true
		}
	}
	return tariff.Supplement{}, false
}

// cell says which band, class and state a crossing's row stands for.
func (v *version) cell(c Crossing) (band int32, class toll.Class, have tariff.Needs) {
	n := int32(c.price) - v.rows
	return n / (states * classCount) % v.bands, toll.Class(n / states % classCount), tariff.Needs(n % states)
}
