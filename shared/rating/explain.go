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
	band, class, have := v.cell(c)
	steps = append(steps, Step{Rule: RuleList, Ore: ch.List(), Tariff: v.id, Class: class.String(), Band: v.names[band]})
	if c.fate != charged {
		names := kindNames()
		return append(steps, Step{Rule: RuleExempt, Ore: -ch.List(), Text: string(names[c.fate-exemptBy])})
	}
	if off, ok := v.source.TagDiscount(class, have); ok {
		steps = append(steps, Step{Rule: RuleTag, Ore: -money.Ore(r.tag), Num: int(off.Num), Den: int(off.Den)})
	}
	if pays, ok := v.source.ZeroShare(class, have); ok {
		steps = append(steps, Step{Rule: RuleZeroEmission, Ore: -money.Ore(r.zero), Num: int(pays.Num), Den: int(pays.Den)})
	}
	if o := i - int(ch.back); c.hour != 0 && o+int(charges[o].carry) != i {
		return append(steps, Step{
			Rule: RuleHour, Ore: -money.Ore(r.net), From: set[o].At(),
			Mins: int(p.hours[set[o].hour].minutes), By: ids(o + int(charges[o].carry)),
		})
	}
	return p.explainCap(c, ch, steps)
}

func (p *Plan) explainCap(c Crossing, ch Charge, steps []Step) []Step {
	n := int(p.caps[c.cap].n)
	switch {
	case ch.count == 0:
		return steps
	case int(ch.count) > n:
		return append(steps, Step{Rule: RuleCap, Ore: -money.Ore(p.rows[c.price].net), Count: int(ch.count), Of: n})
	}
	return append(steps, Step{Rule: RuleCounted, Count: int(ch.count), Of: n})
}

// cell says which band, class and state a crossing's row stands for.
func (v *version) cell(c Crossing) (band int32, class toll.Class, have tariff.Needs) {
	n := int32(c.price) - v.rows
	return n / (states * classCount) % v.bands, toll.Class(n / states % classCount), tariff.Needs(n % states)
}
