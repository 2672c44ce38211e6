package nvdb

import (
	"cmp"
	"slices"
	"strconv"

	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// scheme is the stations of one toll scheme (bompengeanlegg).
type scheme struct {
	key      string // its number, or its name when it has none
	id       toll.SchemeID
	name     string
	charger  string
	stations []station
}

// add adds a station to its scheme.
func (m *importer) add(s station) {
	key := cmp.Or(s.schemeNo, s.scheme)
	at := slices.IndexFunc(m.schemes, func(o *scheme) bool { return o.key == key })
	if at < 0 {
		at = len(m.schemes)
		m.schemes = append(m.schemes, &scheme{key: key, name: cmp.Or(s.scheme, "Bompengeanlegg "+key), charger: s.charger})
	}
	c := m.schemes[at]
	if s.scheme != "" && s.scheme != c.name {
		m.problem(s.object, s.name, "calls scheme %s %q, others %q; the first name is used", key, s.scheme, c.name)
	}
	if c.charger == "" {
		c.charger = s.charger
	} else if s.charger != "" && s.charger != c.charger {
		m.problem(s.object, s.name, "has toll charger (Operatør_Id) %s, others of %s have %s; the first is used", s.charger, c.name, c.charger)
	}
	if !m.merged(c, s) {
		c.stations = append(c.stations, s)
	}
}

// merged reports whether a station is already present. The data bank often has one object for each carriageway.
func (m *importer) merged(c *scheme, s station) bool {
	at := slices.IndexFunc(c.stations, func(o station) bool { return s.number != 0 && o.number == s.number })
	if at < 0 {
		return false
	}
	first := &c.stations[at]
	if first.tariff != s.tariff || first.hour != s.hour {
		m.problem(s.object, s.name, "has station number %d as object %d (%s) has, but other prices or rules; it is left out, see which is right", s.number, first.object, first.name)
		return true
	}
	if first.metering != s.metering && first.metering != "" && s.metering != "" {
		first.metering = "both"
	}
	first.from = max(first.from, s.from)
	return true
}

// name assigns unique ids to schemes.
func (m *importer) name() {
	taken := map[toll.SchemeID]bool{}
	for _, c := range m.schemes {
		c.id = toll.SchemeID(cmp.Or(slug(c.name), "scheme"))
		if taken[c.id] {
			c.id += toll.SchemeID("-" + cmp.Or(slug(c.key), "other"))
		}
		for n := 2; taken[c.id]; n++ {
			c.id = toll.SchemeID(slug(c.name) + "-" + strconv.Itoa(n))
		}
		taken[c.id] = true
		slices.SortStableFunc(c.stations, func(a, b station) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.object, b.object))
		})
	}
}

func (c *scheme) from() (day oslo.Day) {
	for _, s := range c.stations {
		day = max(day, s.from)
	}
	return day
}

// zones returns the distinct price zones in the order of the stations.
func (c *scheme) zones() (list []facts) {
	for _, s := range c.stations {
		if !slices.Contains(list, s.tariff) {
			list = append(list, s.tariff)
		}
	}
	return list
}

// group is a passage group with the hour rule on which its stations agree.
type group struct {
	name     string
	rule     hourRule
	complete bool
}

// groups returns the passage groups and reports stations with a different hour rule.
func (m *importer) groups(c *scheme) (list []group) {
	for _, s := range c.stations {
		if s.hour.group == "" {
			continue
		}
		at := slices.IndexFunc(list, func(g group) bool { return g.name == s.hour.group })
		if at < 0 {
			list = append(list, group{s.hour.group, s.hour, true})
			continue
		}
		g := &list[at]
		// The length of the window is stated at some stations of a group only.
		if g.rule.minutes == 0 {
			g.rule.minutes = s.hour.minutes
		}
		if g.rule.mode != s.hour.mode || s.hour.minutes != 0 && s.hour.minutes != g.rule.minutes {
			m.problem(s.object, s.name, "has hour rule %s, %d minutes, others of passage group %s %s, %d minutes; the rule is left out, see which is right",
				s.hour.mode, s.hour.minutes, g.name, g.rule.mode, g.rule.minutes)
			g.complete = false
		}
	}
	for i := range list {
		list[i].complete = list[i].complete && list[i].rule.minutes > 0
	}
	return list
}

// without reports whether all stations state that there is no hour rule.
func (c *scheme) without() bool {
	return !slices.ContainsFunc(c.stations, func(s station) bool { return s.hour.mode != tariff.None })
}
