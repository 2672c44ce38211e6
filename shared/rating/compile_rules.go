package rating

import (
	"slices"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// countsAlone reports whether any version has a cap that counts each station separately.
func countsAlone(s *tariff.Scheme, st tariff.Station) bool {
	return anyCap(s, func(k tariff.Cap) bool { return k.PerStation && k.CapGroup == st.CapGroup })
}

func anyCap(s *tariff.Scheme, is func(tariff.Cap) bool) bool {
	return slices.ContainsFunc(s.Versions, func(v tariff.Version) bool { return slices.ContainsFunc(v.Caps, is) })
}

// specialOf returns the properties that few stations have: that they are charged in one direction only, or that
// passages at other stations can change the charge. Rating skips those rules for all other stations.
func specialOf(s *tariff.Scheme, st tariff.Station) (sp special) {
	if st.Charged != toll.DirectionUnknown {
		sp |= oneWay
	}
	linked := slices.ContainsFunc(s.Versions, func(v tariff.Version) bool {
		return slices.ContainsFunc(v.Links, func(l tariff.Link) bool { return slices.Contains(l.At, st.ID) })
	})
	if linked || anyCap(s, func(k tariff.Cap) bool { return k.Daily && k.CapGroup == st.CapGroup }) {
		sp |= neighbours
	}
	return sp
}

// supplements compiles a version's supplements, a block of rows for each product.
func (c *compiler) supplements(v *tariff.Version) (list []supplement, held []tariff.ProductID) {
	for _, s := range v.Supplements {
		at := slices.Index(held, s.Product)
		if at < 0 {
			at, held = len(held), append(held, s.Product)
		}
		list = append(list, supplement{
			group: s.Group, needs: s.Needs, product: uint8(slices.Index(c.plan.products, s.Product)), block: int32(at + 1),
		})
	}
	return list, held
}

// links compiles the rules of linked stations. All stations of the scheme must have been compiled before.
func (c *compiler) links(v *tariff.Version) (list []link) {
	for _, l := range v.Links {
		span := int64(l.Minutes) * 60_000
		if l.Included {
			span++
		}
		c.plan.tied = max(c.plan.tied, span)
		list = append(list, link{
			kind: l.Kind, minutes: int32(l.Minutes), span: span, at: c.places(l.At), with: c.places(l.With),
			before: l.Before, needs: l.Needs,
		})
	}
	return list
}

func (c *compiler) places(stations []toll.StationID) []StationIndex {
	list := make([]StationIndex, len(stations))
	for i, id := range stations {
		list[i] = c.plan.index[id]
	}
	return list
}

// hour appends a version's rule for a passage group. The group's number is the same in all versions, so that a
// window can span two versions.
func (c *compiler) hour(s *tariff.Scheme, v *tariff.Version, group string) uint16 {
	h := v.HourRule(group)
	if h == nil {
		return 0
	}
	span := int64(h.Minutes) * 60_000
	if h.Included {
		span++
	}
	p := c.plan
	p.longest = max(p.longest, span)
	p.hours = append(p.hours, hourRule{
		group: c.group("hour", s, group), dearest: h.Mode == tariff.Dearest, minutes: int32(h.Minutes), span: span,
	})
	return uint16(len(p.hours) - 1)
}

// cap returns the number of the caps that apply to a passage, 0 for none. The group's number is the same in all
// versions, so that counts of a month and a day span them.
func (c *compiler) cap(s *tariff.Scheme, v *tariff.Version, at cell) uint16 {
	var rule capRule
	name := at.cap
	if k := v.Cap(at.cap); k != nil && k.Covers(at.class, at.have) {
		rule.n = int32(k.N)
		if k.PerStation {
			name += " " + string(at.station)
		}
	}
	// Entry 0 is the daily cap outside all seasons, and entry n that of season n.
	for n := range rule.day {
		season := ""
		if n > len(v.Seasons) {
			break
		} else if n > 0 {
			season = v.Seasons[n-1].Name
		}
		if k := v.DayCap(at.cap, season); k != nil && k.Covers(at.class, at.have) {
			rule.day[n], rule.daily = int32(k.Day), true
			if k.PerStation {
				name = at.cap + " " + string(at.station)
			}
		}
	}
	// Number 0 means no cap.
	if rule == (capRule{}) {
		return 0
	}
	rule.group = c.group("cap", s, name)
	// Equal rules share a number, so that it fits in 16 bits.
	number, ok := c.caps[rule]
	if !ok {
		number = uint16(len(c.plan.caps))
		c.caps[rule], c.plan.caps = number, append(c.plan.caps, rule)
	}
	return number
}

func (c *compiler) group(what string, s *tariff.Scheme, name string) uint16 {
	key := what + " " + string(s.ID) + " " + name
	if c.groups[key] == 0 {
		c.groups[key] = uint16(len(c.groups) + 1)
	}
	return c.groups[key]
}
