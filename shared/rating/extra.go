package rating

import (
	"slices"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// ResolveWith is ResolveAt for the rare cases: the discount of a supplementary agreement replaces the tag
// discount, a ferry is priced by length, and some tariffs have their own calendar. A vehicle of unknown length
// has no price on a ferry.
func (p *Plan) ResolveWith(i StationIndex, at int64, t Traits, e Extra) (Crossing, error) {
	pl := &p.places[i]
	v := p.inForce(pl, at)
	if v == nil {
		return Crossing{}, p.missing(i, at)
	}
	if !v.own && (e.Products == 0 || len(v.products) == 0) {
		return p.ResolveAt(i, at, t)
	}
	class := t.Classes.Car
	if !v.cars.Met(t.Have) {
		class = t.Classes.Weight
	}
	c := Crossing{at: at, key: t.Key, station: i, month: monthOf(at), treatment: v.treatment(pl, &t, class)}
	band, known := p.bandOf(v, pl, at, class, e)
	if !known && c.treatment != otherDirection {
		return Crossing{}, p.missing(i, at)
	}
	block := v.blockOf(class, t.Have, e.Products)
	// The index of the row follows the order in which compiler.version writes them.
	c.price = uint32(v.rows + block*v.block + ((int32(pl.profile)*v.bands+band)*classCount+int32(class))*states + int32(t.Have))
	if r := &p.rows[c.price]; c.chargeable() {
		if r.list == unpriced {
			return Crossing{}, p.missing(i, at)
		}
		c.hour, c.cap = r.hour, r.cap
	}
	return c, nil
}

// bandOf returns the band of an instant, or the fare class of a ferry. It returns false when the length is unknown.
func (p *Plan) bandOf(v *version, pl *place, at int64, class toll.Class, e Extra) (int32, bool) {
	if v.source.Ferry {
		name, ok := v.source.FareBand(class, int(e.Length), int(e.Trailer))
		return int32(max(0, slices.Index(v.names, name))), ok
	}
	minute, kind, _ := p.days.at(at)
	if v.kinds != nil {
		kind = v.kind(at)
	}
	return int32(p.clocks[p.clockOf[v.clocks+int32(pl.profile)*dayKinds+int32(kind)]][minute]), true
}

// blockOf returns the block of rows of the first supplement that a passage has, or 0.
func (v *version) blockOf(class toll.Class, have tariff.Needs, held Products) int32 {
	for _, s := range v.products {
		if held>>s.product&1 != 0 && s.group == tariff.GroupOf(class) && s.needs.Met(v.source.ForDiscount(have)) {
			return s.block
		}
	}
	return 0
}
