package tariff

import (
	"fmt"
	"slices"

	"bompass/shared/toll"
)

// Check returns the problems of a book whose lines could all be parsed.
func (b *Book) Check() []Problem {
	c := &checker{}
	seen := map[toll.StationID]string{}
	for i, s := range b.Schemes {
		c.file = s.File
		if i > 0 && b.Schemes[i-1].ID == s.ID {
			c.problem(s.Line, "scheme %s is also in %s; one file holds one scheme", s.ID, b.Schemes[i-1].File)
		}
		for _, st := range s.Stations {
			if other, twice := seen[st.ID]; twice {
				c.problem(st.Line, "station %s is also in %s; a station belongs to one scheme", st.ID, other)
			}
			seen[st.ID] = s.File
		}
		c.scheme(s)
	}
	return c.problems
}

// checker collects the problems of one file that can only be found when all of it has been read.
type checker struct {
	file     string
	problems []Problem
}

func (c *checker) problem(line int, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.file, line, fmt.Sprintf(format, args...)})
}

// scheme checks a scheme: its versions must not overlap, and each has a source, a rule for heavy cars and complete
// prices.
func (c *checker) scheme(s *Scheme) {
	if len(s.Stations) == 0 {
		c.problem(s.Line, "scheme %s has no station; add one", s.ID)
	}
	if len(s.Versions) == 0 {
		c.problem(s.Line, "scheme %s has no version; add one", s.ID)
	}
	for i := range s.Versions {
		v := &s.Versions[i]
		// Versions are sorted by their first day. A gap between two is allowed: the price list of that time may be
		// missing.
		if i+1 < len(s.Versions) && v.To > s.Versions[i+1].From {
			c.problem(v.Line, "version %s overlaps the next one, from %s; end it no later", v.ID, s.Versions[i+1].From)
		}
		if v.Source == "" {
			c.problem(v.Line, "version %s has no source; add: source \"the price list it is from\"", v.ID)
		}
		if v.HeavyCars == nil {
			c.problem(v.Line, "version %s does not say whom an M1 over 3,500 kg is light for; add: heavy-cars light [needs agreement tag]", v.ID)
		}
		c.names(s, v)
		c.rules(s, v)
		c.links(s, v)
		c.fares(s, v)
		c.prices(s, v)
	}
}

// names checks that lines name existing zones, bands and groups.
func (c *checker) names(s *Scheme, v *Version) {
	for _, b := range v.Bands {
		for _, z := range b.Zones {
			c.known(b.Line, "price zone", z, s.Zones())
		}
	}
	// The names that a price may have: base and those of every zone and season, or the fare classes of a ferry.
	bands := v.BandsIn("")
	for _, b := range v.Bands {
		if !slices.Contains(bands, b.Name) {
			bands = append(bands, b.Name)
		}
		c.season(v, b.Line, b.Season)
	}
	for _, m := range v.Missing {
		if m.Zone != "" {
			c.known(m.Line, "price zone", m.Zone, s.Zones())
		}
	}
	for _, p := range v.Prices {
		c.known(p.Line, "price zone", p.Zone, s.Zones())
		c.known(p.Line, "band", p.Band, bands)
	}
	for _, k := range v.Caps {
		c.known(k.Line, "cap group", k.CapGroup, s.CapGroups())
		c.season(v, k.Line, k.Season)
		// All caps of a group are compared with the group's first one.
		if v.Caps[slices.IndexFunc(v.Caps, func(o Cap) bool { return o.CapGroup == k.CapGroup })].PerStation != k.PerStation {
			c.problem(k.Line, "caps of group %s count both by station and together; write per station on all of them or on none", k.CapGroup)
		}
	}
	for _, h := range v.Hours {
		for _, g := range h.In {
			c.known(h.Line, "passage group", g, s.HourGroups())
		}
	}
}

func (c *checker) season(v *Version, line int, name string) {
	known := func(s Season) bool { return s.Name == name }
	if name != "" && !slices.ContainsFunc(v.Seasons, known) {
		c.problem(line, "season %q is nowhere defined; add: season %s 03-01 to 12-01", name, name)
	}
}

func (c *checker) known(line int, what, name string, list []string) {
	if !slices.Contains(list, name) {
		c.problem(line, "%s %q is nowhere defined; correct the name, or give it to a station or band", what, name)
	}
}

// rules checks the hour rule, bands that overlap, and classes that pay as each other.
func (c *checker) rules(s *Scheme, v *Version) {
	if len(v.Hours) == 0 {
		c.problem(v.Line, "version %s says nothing of the hour rule; add one, or: hour-rule none", v.ID)
	}
	for _, g := range s.HourGroups() {
		c.oneHourRule(v, g)
	}
	for _, a := range v.Aliases {
		// A chain of aliases would depend on their order.
		if slices.ContainsFunc(v.Aliases, func(o Alias) bool { return o.Class == a.Pays }) {
			c.problem(a.Line, "%s pays as %s, which pays as another; name the class whose price is written", a.Class, a.Pays)
		}
		if GroupOf(a.Class) != GroupOf(a.Pays) {
			c.problem(a.Line, "%s and %s are not of one group; a class pays as one of its own group", a.Class, a.Pays)
		}
	}
	if len(v.Seasons) > SeasonsMax {
		c.problem(v.Line, "version %s has more than %d seasons; join some", v.ID, SeasonsMax)
	}
	if len(v.Bands) > BandsMax {
		c.problem(v.Line, "version %s has more than %d bands; join some", v.ID, BandsMax)
	}
	for i, b := range v.Bands {
		for _, o := range v.Bands[:i] {
			if overlap(b, o) {
				c.problem(b.Line, "band %s overlaps band %s; end one where the other begins", b.Name, o.Name)
			}
		}
	}
}

// oneHourRule checks that a passage group has at most one hour rule.
func (c *checker) oneHourRule(v *Version, group string) {
	first := -1
	for i, h := range v.Hours {
		if !in(h.In, group) {
			continue
		}
		if first >= 0 {
			c.problem(h.Line, "passage group %s already has the hour rule of line %d; a group has one mode and one length", group, v.Hours[first].Line)
		}
		first = i
	}
}

// BandsMax is the maximum number of bands of a version.
const BandsMax = 48

// overlap reports whether two bands share a minute of some day in some zone, in which case the price would be
// ambiguous.
func overlap(a, b Band) bool {
	sameZone := len(a.Zones) == 0 || slices.ContainsFunc(a.Zones, func(z string) bool { return in(b.Zones, z) })
	if !sameZone || a.Season != b.Season && a.Season != "" && b.Season != "" {
		return false
	}
	for day := range 7 {
		for _, s := range a.Spans {
			for _, t := range b.Spans {
				if a.Days[day] && b.Days[day] && s.From < t.To && t.From < s.To {
					return true
				}
			}
		}
	}
	return false
}

// prices checks that every class has a price in every zone and band, and that discounted prices are whole øre.
func (c *checker) prices(s *Scheme, v *Version) {
	for _, zone := range s.Zones() {
		for _, band := range v.BandsIn(zone) {
			for class := range toll.Class(toll.ClassCount) {
				c.price(v, zone, band, class)
			}
		}
	}
}

// price checks that a vehicle class has a price in a zone and band, and that the discount for agreement and tag
// gives whole øre. Classes that pay nothing, or whose price the file marks as missing, need none.
func (c *checker) price(v *Version, zone, band string, class toll.Class) {
	ore, known := v.Price(zone, band, class)
	switch {
	case known:
	case v.missing(zone, class), class == toll.Motorcycle && v.Ferry && band != "ap1", class == toll.Motorcycle && v.Exempts(ExemptMotorcycle, Agreement|Tag):
		return
	case unknown(class): // reported for the class whose price is missing
		return
	default:
		c.problem(v.Line, "version %s has no price for %s in zone %s, band %s; add: price %s %s %s KRONER, or: missing %s", v.ID, class, zone, band, zone, class, band, class)
		return
	}
	off, ok := v.TagDiscount(class, Agreement|Tag)
	if ok && int64(ore)*off.Num%off.Den != 0 {
		c.problem(v.Line, "the tag price of %s in zone %s, band %s of version %s is not whole øre (%s less %d/%d); see the price list", class, zone, band, v.ID, ore, off.Num, off.Den)
	}
}

// BandsIn returns the bands of a price zone, base first; for a ferry, the fare classes that files contain.
func (v *Version) BandsIn(zone string) []string {
	if v.Ferry {
		return FareBands()[:len(fareClasses())]
	}
	bands := []string{Base}
	for _, b := range v.Bands {
		if in(b.Zones, zone) {
			bands = append(bands, b.Name)
		}
	}
	return bands
}
