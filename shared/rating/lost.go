package rating

import (
	"bompass/shared/money"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// LostDiscount returns how much less a charge would have been if the vehicle's tag had been read: by its steps and its
// net amount, for a passage under an agreement whose tag was not read. It is 0 when another rule than the discounts
// decided the amount, when the tag gives no discount, and for a tariff that the plan does not have. Where a heavy car
// counts as a light one only with a tag, the discount within its own group is returned.
func (p *Plan) LostDiscount(steps []Step, net money.Ore) money.Ore {
	for _, s := range steps {
		if s.Rule != RuleList {
			continue
		}
		class, ok := toll.ParseClass(s.Class)
		v := p.source(s.Tariff)
		if !ok || v == nil {
			return 0
		}
		if discounted(v, class, tariff.Agreement, s.Ore) != net {
			return 0
		}
		return max(0, net-discounted(v, class, tariff.Agreement|tariff.Tag, s.Ore))
	}
	return 0
}

// discounted returns a list price less the tag's discount and the zero-emission reduction.
func discounted(v *tariff.Version, class toll.Class, have tariff.Needs, list money.Ore) money.Ore {
	left := tariff.Fraction{Num: 1, Den: 1}
	if off, ok := v.TagDiscount(class, have); ok {
		left = off.Rest()
	}
	if pays, ok := v.ZeroShare(class, have); ok {
		left = left.Times(pays)
	}
	return left.Of(list)
}

// source returns a version of a tariff by its id, such as oslo@2023-03-01, nil when the plan does not have it.
func (p *Plan) source(id string) *tariff.Version {
	for i := range p.versions {
		if p.versions[i].id == id {
			return p.versions[i].source
		}
	}
	return nil
}
