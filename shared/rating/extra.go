package rating

import (
	"slices"

	"bompass/shared/tariff"
)

// ResolveWith is ResolveAt for passages that have more to them: a supplementary agreement's discount
// goes before the tag's, tolling.md A-14, and a ferry asks for lengths, tolling.md A-17. A vehicle
// whose length is not known cannot be priced on a ferry.
func (p *Plan) ResolveWith(i StationIndex, at int64, t Traits, e Extra) (Crossing, error) {
	pl := &p.places[i]
	v := p.inForce(pl, at)
	if v == nil {
		return Crossing{}, p.missing(i, at)
	}
	if pl.special&ferry == 0 {
		c, err := p.ResolveAt(i, at, t)
		return p.discounted(v, c, t, e), err
	}
	class := t.Classes.Car
	if !v.cars.Met(t.Have) {
		class = t.Classes.Weight
	}
	_, _, month := p.days.at(at)
	c := Crossing{at: at, key: t.Key, station: i, month: month, fate: v.fate(pl, &t, class)}
	name, ok := v.source.FareBand(class, int(e.Length), int(e.Trailer))
	if !ok && c.fate != otherway {
		return Crossing{}, p.missing(i, at)
	}
	band := int32(max(0, slices.Index(v.names, name)))
	c.price = uint32(v.rows + ((int32(pl.profile)*v.bands+band)*classCount+int32(class))*states + int32(t.Have))
	if c = p.discounted(v, c, t, e); !c.chargeable() {
		c.cap = 0
	} else if p.rows[c.price].list == unpriced {
		return Crossing{}, p.missing(i, at)
	}
	return c, nil
}

// discounted moves a crossing to the rows of the first supplement that it has.
func (p *Plan) discounted(v *version, c Crossing, t Traits, e Extra) Crossing {
	if e.Products != 0 && len(v.products) > 0 && c.chargeable() {
		_, class, _ := v.cell(c)
		for _, s := range v.products {
			if e.Products>>s.product&1 != 0 && s.group == tariff.GroupOf(class) && s.needs.Met(v.source.ForDiscount(t.Have)) {
				c.price += uint32(s.block * v.block)
				break
			}
		}
	}
	if r := &p.rows[c.price]; c.chargeable() {
		c.hour, c.cap = r.hour, r.cap
	}
	return c
}
