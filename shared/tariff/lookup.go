package tariff

import (
	"slices"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Price returns the list price of a class in a zone and band, and false when it is not known. Files state a price
// of 0 explicitly.
func (v *Version) Price(zone, band string, c toll.Class) (money.Ore, bool) {
	if v.missing(zone, c) {
		return 0, false
	}
	if ore, ok := v.written(zone, band, Target{Class: c}); ok {
		return ore, true
	}
	if as := v.paysAs(c); as != c {
		return v.own(zone, band, as)
	}
	if unknown(c) {
		return v.highest(zone, band, GroupOf(c))
	}
	return v.own(zone, band, c)
}

// own returns the price of a class's own line, or of its group's line.
func (v *Version) own(zone, band string, c toll.Class) (money.Ore, bool) {
	if v.missing(zone, c) {
		return 0, false
	}
	if ore, ok := v.written(zone, band, Target{Class: c}); ok {
		return ore, true
	}
	if g := GroupOf(c); g != NoGroup {
		return v.written(zone, band, Target{Group: g})
	}
	return 0, false
}

// paysAs returns the class whose prices a class pays, itself unless the version has an alias.
func (v *Version) paysAs(c toll.Class) toll.Class {
	for _, a := range v.Aliases {
		if a.Class == c {
			return a.Pays
		}
	}
	return c
}

// written returns the price of a line in the file for exactly this zone, band and target.
func (v *Version) written(zone, band string, t Target) (money.Ore, bool) {
	for i := range v.Prices {
		if p := &v.Prices[i]; p.For == t && p.Band == band && p.Zone == zone { // ordered by how often the field differs
			return p.Ore, true
		}
	}
	return 0, false
}

func (v *Version) missing(zone string, c toll.Class) bool {
	return slices.ContainsFunc(v.Missing, func(m Missing) bool {
		return m.Zone == zone && zone != "" || m.Zone == "" && m.For.covers(c)
	})
}

// highest returns the highest price of a group, which vehicles of unknown class pay. It is unknown when any price
// of the group is unknown.
func (v *Version) highest(zone, band string, g Group) (top money.Ore, ok bool) {
	for c := range toll.Class(toll.ClassCount) {
		if GroupOf(c) != g || unknown(c) {
			continue
		}
		ore, known := v.Price(zone, band, c)
		if !known {
			return 0, false
		}
		top = max(top, ore)
	}
	return top, true
}

func unknown(c toll.Class) bool { return c == toll.LightUnknown || c == toll.HeavyUnknown }

// Class derives the price class under this version's rule for heavy cars.
func (v *Version) Class(f toll.Facts, have Needs) toll.Class {
	return f.Class(v.HeavyCars != nil && v.HeavyCars.Needs.Met(have))
}

// ForDiscount returns the conditions that a passage meets with regard to discounts. Where a plate match counts as
// a read tag, an agreement implies the tag.
func (v *Version) ForDiscount(have Needs) Needs {
	if v.PlateMatch && have&Agreement != 0 {
		return have | Tag
	}
	return have
}

// TagDiscount returns the tag discount of a class under the conditions that the passage meets.
func (v *Version) TagDiscount(c toll.Class, have Needs) (Fraction, bool) {
	have = v.ForDiscount(have)
	for _, d := range v.Tags {
		if d.Group == GroupOf(c) && d.Needs.Met(have) {
			return d.Off, d.Off.Num > 0
		}
	}
	return Fraction{}, false
}

// ZeroShare returns the share that a zero-emission class pays. A line for the class has precedence over one for
// its group.
func (v *Version) ZeroShare(c toll.Class, have Needs) (Fraction, bool) {
	if !c.ZeroEmission() {
		return Fraction{}, false
	}
	have = v.ForDiscount(have)
	for _, t := range []Target{{Class: c}, {Group: GroupOf(c)}} {
		for _, s := range v.Shares {
			if s.For == t {
				return s.Pays, s.Needs.Met(have)
			}
		}
	}
	return Fraction{}, false
}

// HourRule returns the rule of a passage group, or nil when every passage is charged.
func (v *Version) HourRule(group string) *HourRule {
	for i := range v.Hours {
		if h := &v.Hours[i]; group != "" && h.Mode != None && in(h.In, group) {
			return h
		}
	}
	return nil
}

// Covers reports whether the rule applies to a class under the conditions that the passage meets.
func (h *HourRule) Covers(c toll.Class, have Needs) bool {
	return slices.Contains(h.Groups, GroupOf(c)) && h.Needs.Met(have)
}

// Cap returns the monthly cap of a cap group, or nil.
func (v *Version) Cap(group string) *Cap {
	return v.capOf(group, func(k *Cap) bool { return !k.Daily })
}

// DayCap returns the maximum cost of a day in a season for a cap group, or nil. A line for the season has
// precedence over one for all year.
func (v *Version) DayCap(group, season string) *Cap {
	if k := v.capOf(group, func(k *Cap) bool { return k.Daily && k.Season == season }); k != nil {
		return k
	}
	return v.capOf(group, func(k *Cap) bool { return k.Daily && k.Season == "" })
}

// capOf returns the first cap of a group that meets a condition. Stations without a cap group have none.
func (v *Version) capOf(group string, is func(*Cap) bool) *Cap {
	for i := range v.Caps {
		if c := &v.Caps[i]; group != "" && c.CapGroup == group && is(c) {
			return c
		}
	}
	return nil
}

// Covers reports whether the cap applies to a class under the conditions that the passage meets.
func (k *Cap) Covers(c toll.Class, have Needs) bool {
	return slices.Contains(k.Groups, GroupOf(c)) && k.Needs.Met(have)
}

// Exempts reports whether a kind of exemption is honoured under the conditions that the passage meets.
func (v *Version) Exempts(kind toll.ExemptionKind, have Needs) bool {
	return slices.ContainsFunc(v.Exempt, func(e Exempt) bool { return e.Kind == kind && e.Needs.Met(have) })
}
