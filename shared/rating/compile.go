package rating

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Compile makes the plan of a book that has no problems.
func Compile(book *tariff.Book) (*Plan, error) {
	if problems := book.Check(); len(problems) > 0 {
		return nil, fmt.Errorf("compile tariffs: %w", errors.New(tariff.Summary(problems)))
	}
	c := &compiler{
		plan:   &Plan{index: map[toll.StationID]StationIndex{}, hours: make([]hourRule, 1), caps: make([]capRule, 1), days: newCalendar()},
		clocks: map[[minutesPerDay]uint8]uint16{}, groups: map[string]uint16{},
	}
	for _, s := range book.Schemes {
		c.scheme(s)
	}
	p := c.plan
	if max(len(p.stations), len(p.versions), len(p.hours), len(p.caps), len(p.clocks)) > math.MaxUint16 {
		return nil, fmt.Errorf("compile tariffs: more than %d stations, versions or rules", math.MaxUint16)
	}
	return p, nil
}

type compiler struct {
	plan   *Plan
	clocks map[[minutesPerDay]uint8]uint16
	groups map[string]uint16 // "hour oslo ring" → number, from 1
}

// profile is what sets stations of a scheme apart when it comes to prices and rules.
type profile struct{ zone, hour, cap string }

func (c *compiler) scheme(s *tariff.Scheme) {
	p := c.plan
	var profiles []profile
	for _, st := range s.Stations {
		pr := profile{st.PriceZone, st.HourGroup, st.CapGroup}
		at := slices.Index(profiles, pr)
		if at < 0 {
			at, profiles = len(profiles), append(profiles, pr)
		}
		p.index[st.ID] = StationIndex(len(p.stations))
		p.stations = append(p.stations, st)
		p.places = append(p.places, place{
			first: uint16(len(p.versions)), end: uint16(len(p.versions) + len(s.Versions)),
			profile: uint16(at), charged: WayOf(st.Charged), disabledFree: st.DisabledFree,
		})
	}
	for i := range s.Versions {
		c.version(s, i, profiles)
	}
}

func (c *compiler) version(s *tariff.Scheme, i int, profiles []profile) {
	p, src := c.plan, &s.Versions[i]
	v := version{
		from: src.From.Start().UnixMilli(), to: instant(s.End(i)), clocks: int32(len(p.clockOf)), rows: int32(len(p.rows)),
		cars: src.HeavyCars.Needs, id: src.ID, names: []string{tariff.Base}, source: src,
	}
	for _, b := range src.Bands {
		v.names = append(v.names, b.Name)
	}
	v.bands = int32(len(v.names))
	for kind, name := range kindNames() {
		v.exempt[kind] = never
		for _, e := range src.Exempt {
			if e.Kind == name {
				v.exempt[kind] = e.Needs
			}
		}
	}
	for _, pr := range profiles {
		c.days(src, v.names, pr.zone)
		hour, limit := c.hour(s, src, pr.hour), c.cap(s, src, pr.cap)
		for _, band := range v.names {
			for class := range toll.Class(toll.ClassCount) {
				for have := range tariff.Needs(states) {
					p.rows = append(p.rows, rowOf(src, cell{pr, band, class, have}, hour, limit))
				}
			}
		}
	}
	p.versions = append(p.versions, v)
}

func instant(d oslo.Day) int64 {
	if d == tariff.Forever {
		return math.MaxInt64
	}
	return d.Start().UnixMilli()
}

// cell is the place of one row.
type cell struct {
	profile
	band  string
	class toll.Class
	have  tariff.Needs
}

// rowOf works out a price: discounts are exact fractions of the list price, rounded once, tolling.md.
func rowOf(v *tariff.Version, at cell, hour, limit uint16) row {
	list, ok := v.Price(at.zone, at.band, at.class)
	if !ok {
		return row{list: unpriced}
	}
	left := tariff.Fraction{Num: 1, Den: 1}
	if off, ok := v.TagDiscount(at.class, at.have); ok {
		left = off.Rest()
	}
	tagged := left.Of(list)
	if pays, ok := v.ZeroShare(at.class, at.have); ok {
		left = left.Times(pays)
	}
	net := left.Of(list)
	r := row{list: int32(list), tag: int32(list - tagged), zero: int32(tagged - net), net: int32(net)}
	if net == 0 {
		return r
	}
	if h := v.HourRule(at.hour); h != nil && h.Covers(at.class, at.have) {
		r.hour = hour
	}
	if k := v.Cap(at.cap); k != nil && k.Covers(at.class, at.have) {
		r.cap = limit
	}
	return r
}

// days appends the clocks of one profile for every kind of day.
func (c *compiler) days(v *tariff.Version, names []string, zone string) {
	for kind := range dayKinds {
		var clock [minutesPerDay]uint8
		for minute := range clock {
			clock[minute] = uint8(slices.Index(names, v.BandAt(zone, dayKind(kind), minute)))
		}
		at, ok := c.clocks[clock]
		if !ok {
			at = uint16(len(c.plan.clocks))
			c.clocks[clock] = at
			c.plan.clocks = append(c.plan.clocks, clock)
		}
		c.plan.clockOf = append(c.plan.clockOf, at)
	}
}

// hour appends a version's rule for a passage group. The group's number is the same in all versions,
// so that a window crosses from one version to the next.
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

func (c *compiler) cap(s *tariff.Scheme, v *tariff.Version, group string) uint16 {
	k := v.Cap(group)
	if k == nil {
		return 0
	}
	c.plan.caps = append(c.plan.caps, capRule{group: c.group("cap", s, group), n: int32(k.N)})
	return uint16(len(c.plan.caps) - 1)
}

func (c *compiler) group(what string, s *tariff.Scheme, name string) uint16 {
	key := what + " " + string(s.ID) + " " + name
	if c.groups[key] == 0 {
		c.groups[key] = uint16(len(c.groups) + 1)
	}
	return c.groups[key]
}
