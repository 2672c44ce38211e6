package rating

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Compile returns the plan of a book without problems.
func Compile(book *tariff.Book) (*Plan, error) { return CompileInParts(book, func() {}) }

// CompileInParts is Compile that calls pause after each scheme, so that a browser can handle events meanwhile.
func CompileInParts(book *tariff.Book, pause func()) (*Plan, error) {
	if problems := book.Check(); len(problems) > 0 {
		return nil, fmt.Errorf("compile tariffs: %w", errors.New(tariff.Summary(problems)))
	}
	c := &compiler{
		plan:   &Plan{index: map[toll.StationID]StationIndex{}, hours: make([]hourRule, 1), caps: make([]capRule, 1), days: newCalendar()},
		clocks: map[[minutesPerDay]uint8]uint16{}, groups: map[string]uint16{}, caps: map[capRule]uint16{{}: 0},
	}
	if c.plan.products = book.Products(); len(c.plan.products) > productsMax {
		return nil, fmt.Errorf("compile tariffs: more than %d supplementary products", productsMax)
	}
	for _, s := range book.Schemes {
		c.scheme(s)
		pause()
	}
	p := c.plan
	if max(len(p.stations), len(p.versions), len(p.hours), len(p.caps), len(p.clocks)) > math.MaxUint16 {
		return nil, fmt.Errorf("compile tariffs: more than %d stations, versions or rules", math.MaxUint16)
	}
	return p, nil
}

// compiler collects the tables of a Plan. Equal clocks and rules are stored once.
type compiler struct {
	plan   *Plan
	clocks map[[minutesPerDay]uint8]uint16
	groups map[string]uint16 // "hour oslo ring" → number, from 1
	caps   map[capRule]uint16
}

// profile is the combination of zone and groups by which stations of a scheme differ in prices and rules.
type profile struct {
	zone, hour, cap string
	station         toll.StationID // station, for caps that count each station separately
}

// scheme adds the stations and versions of a scheme. Stations with the same price zone and groups share a profile,
// for which prices are stored once.
func (c *compiler) scheme(s *tariff.Scheme) {
	p := c.plan
	var profiles []profile
	for _, st := range s.Stations {
		pr := profile{zone: st.PriceZone, hour: st.HourGroup, cap: st.CapGroup}
		if countsAlone(s, st) {
			pr.station = st.ID
		}
		at := slices.Index(profiles, pr)
		if at < 0 {
			at, profiles = len(profiles), append(profiles, pr)
		}
		p.index[st.ID] = StationIndex(len(p.stations))
		p.stations = append(p.stations, st)
		p.places = append(p.places, place{
			first: uint16(len(p.versions)), end: uint16(len(p.versions) + len(s.Versions)),
			profile: uint16(at), charged: DirectionOf(st.Charged), special: specialOf(s, st), disabledFree: st.DisabledFree,
		})
	}
	for i := range s.Versions {
		c.version(s, i, profiles)
	}
}

// version adds a version of a scheme: its calendar, its bands of the day and one row of prices for each profile,
// band, vehicle class, combination of agreement and tag, and supplementary product.
func (c *compiler) version(s *tariff.Scheme, i int, profiles []profile) {
	p, src := c.plan, &s.Versions[i]
	v := version{
		from: src.From.Start().UnixMilli(), to: instant(s.End(i)), clocks: int32(len(p.clockOf)), rows: int32(len(p.rows)),
		cars: src.HeavyCars.Needs, id: src.ID, names: bandNames(src), source: src,
		kinds: yearKinds(src), links: c.links(src),
	}
	v.bands, v.own = int32(len(v.names)), src.Ferry || v.kinds != nil
	// A block holds the rows of one set of supplementary products: profile, band, class and state vary in this order,
	// which is how ResolveInto computes the index of a row.
	v.block = int32(len(profiles)) * v.bands * classCount * states
	var held []tariff.ProductID
	v.products, held = c.supplements(src)
	// An exemption that the version does not list is never granted.
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
	}
	// The first block has the prices without a supplementary product.
	p.rows = slices.Grow(p.rows, int(v.block)*(1+len(held)))
	for _, product := range append([]tariff.ProductID{""}, held...) {
		c.rowsOf(s, &v, profiles, product)
	}
	p.versions = append(p.versions, v)
}

// rowsOf appends the rows of all profiles for a product, or for no product when it is "".
func (c *compiler) rowsOf(s *tariff.Scheme, v *version, profiles []profile, product tariff.ProductID) {
	for _, pr := range profiles {
		hour := c.hour(s, v.source, pr.hour)
		for _, band := range v.names {
			for class := range toll.Class(toll.ClassCount) {
				list := listOf(v.source, pr.zone, band, class)
				for have := range tariff.Needs(states) {
					c.plan.rows = append(c.plan.rows, c.row(s, v.source, cell{pr, band, class, have, product, list}, hour))
				}
			}
		}
	}
}

// row returns a price with the rules that apply to it. No rule applies to a price of 0.
func (c *compiler) row(s *tariff.Scheme, v *tariff.Version, at cell, hour uint16) row {
	r := rowOf(v, at)
	if r.net <= 0 {
		return r
	}
	if h := v.HourRule(at.hour); h != nil && h.Covers(at.class, at.have) {
		r.hour = hour
	}
	r.cap = c.cap(s, v, at)
	return r
}

// bandNames returns the names of a version's bands by index. Index 0 is base time; the fares of a ferry take the
// place of bands.
func bandNames(v *tariff.Version) []string {
	if v.Ferry {
		return tariff.FareBands()
	}
	names := []string{tariff.Base}
	for _, b := range v.Bands {
		names = append(names, b.Name)
	}
	return names
}

func instant(d oslo.Day) int64 {
	if d == tariff.Forever {
		return math.MaxInt64
	}
	return d.Start().UnixMilli()
}

// cell is the key of one row.
type cell struct {
	profile
	band    string
	class   toll.Class
	have    tariff.Needs
	product tariff.ProductID
	list    listed
}

// listed is the list price of a cell, independent of agreement and tag.
type listed struct {
	price, part money.Ore // part is the toll part of a ferry's fare
	times       int64     // factor of a discounted fare
	known       bool
}

// listOf returns the list price of a zone, band and class, and how many times it is charged: the fare of a ferry
// can be a multiple of another.
func listOf(v *tariff.Version, zone, band string, class toll.Class) listed {
	l := listed{times: 1, part: v.TollPart(zone)}
	if v.Ferry {
		band, l.times = tariff.Fare(band)
	}
	l.price, l.known = v.Price(zone, band, class)
	return l
}

// rowOf computes a price. Discounts are exact fractions of the list price, rounded once. On a ferry the
// discounted fare is multiplied, and the toll part is added unchanged.
func rowOf(v *tariff.Version, at cell) row {
	if !at.list.known {
		return row{list: unpriced}
	}
	list, times, part := at.list.price, at.list.times, at.list.part
	left := tariff.Fraction{Num: 1, Den: 1}
	if off, ok := discountOf(v, at); ok {
		left = off.Rest()
	}
	tagged := left.Of(list)
	if pays, ok := v.ZeroShare(at.class, at.have); ok {
		left = left.Times(pays)
	}
	net := left.Of(list)
	return row{
		list: int32(int64(list)*times + int64(part)), tag: int32(int64(list-tagged) * times),
		zero: int32(int64(tagged-net) * times), net: int32(int64(net)*times + int64(part)),
	}
}

// discountOf returns the discount of a supplementary agreement, or else of the tag.
func discountOf(v *tariff.Version, at cell) (tariff.Fraction, bool) {
	if s, ok := v.Supplement([]tariff.ProductID{at.product}, at.class, at.have); ok {
		return s.Off, true
	}
	return v.TagDiscount(at.class, at.have)
}

// days appends the clocks of one profile for every kind of day.
func (c *compiler) days(v *tariff.Version, names []string, zone string) {
	for kind := range dayKinds {
		var at uint16
		if kind/plainDays <= len(v.Seasons) {
			at = c.clock(v, names, zone, dayKind(v, kind))
		}
		c.plan.clockOf = append(c.plan.clockOf, at)
	}
}

// clock returns the number of a table from minute to band. Equal tables share a number.
func (c *compiler) clock(v *tariff.Version, names []string, zone string, day tariff.DayKind) uint16 {
	var clock [minutesPerDay]uint8
	for _, b := range v.BandsOn(zone, day) {
		for _, span := range b.Spans {
			name := uint8(slices.Index(names, b.Name))
			for minute := span.From; minute < span.To; minute++ {
				clock[minute] = name
			}
		}
	}
	at, ok := c.clocks[clock]
	if !ok {
		at = uint16(len(c.plan.clocks))
		c.clocks[clock] = at
		c.plan.clocks = append(c.plan.clocks, clock)
	}
	return at
}
