package tariff

import (
	"slices"

	"bompass/shared/toll"
)

// LinkKind is the effect of passages at linked stations on each other.
type LinkKind string

// The kinds. Pair and Annul depend on stations and instants, Waive on what was paid.
const (
	Pair  LinkKind = "pair"  // a passage at At is charged only together with one at another station of With
	Annul LinkKind = "annul" // a passage at At is free together with one at another station of With
	Waive LinkKind = "waive" // a passage at At is free after one at With that carries a charge
)

// Link is a rule for passages at several stations of a scheme within a time limit.
type Link struct {
	Origin
	Kind     LinkKind
	Minutes  int
	At       []toll.StationID // where a passage is charged or freed
	With     []toll.StationID // where the other one is
	Others   bool             // with any station of the scheme that is not in At
	Before   bool             // of a waiver: also when the paid passage comes later
	Needs    Needs            // of the passage that is freed or, of a pair, may be charged
	Included bool             // the last instant belongs to the window; otherwise it is half-open
}

// IsAt reports whether the rule applies to passages at a station that meet its conditions.
func (l *Link) IsAt(st toll.StationID, have Needs) bool {
	return slices.Contains(l.At, st) && l.Needs.Met(have)
}

// IsWith reports whether a passage at station other affects one at station st.
func (l *Link) IsWith(st, other toll.StationID) bool {
	return st != other && slices.Contains(l.With, other)
}

// resolve fills in the stations of "with others" and of an omitted list when all stations are known.
func (l *Link) resolve(stations []Station) {
	if l.Others {
		l.With = nil
		for _, st := range stations {
			if !slices.Contains(l.At, st.ID) {
				l.With = append(l.With, st.ID)
			}
		}
	}
	if l.With == nil && l.Kind != Waive {
		l.With = l.At
	}
}

// link reads: pair|annul N minutes at STATION … [with STATION …|others] [needs …] [end included],
// waive N minutes at STATION … paid at STATION … [also before] [needs …] [end included], and
// pair|annul|waive none, which removes inherited rules.
func (p *parser) link() {
	l := Link{Origin: p.origin(), Kind: LinkKind(p.keyword)}
	// The first link of a kind in a version replaces all links of the kind that the version has from the one before it.
	inherited := func(o Link) bool { return o.Kind == l.Kind && o.Line < p.version.Line }
	p.version.Links = slices.DeleteFunc(p.version.Links, inherited)
	if p.take("none") {
		return
	}
	l.Minutes = p.windowMinutes()
	if l.At = p.stationsAfter("at"); l.At == nil {
		p.problem("%s does not say at which stations; add: at STATION …", p.keyword)
	}
	if l.Kind == Waive {
		p.take("paid")
		if l.With = p.stationsAfter("at"); l.With == nil {
			p.problem("waive does not say where is paid instead; add: paid at STATION …")
		}
		l.Before = p.take("also") && p.take("before")
	} else {
		l.With = p.stationsAfter("with")
		l.Others = len(l.With) == 1 && l.With[0] == "others"
	}
	l.Needs, l.Included = p.needs(), p.take("end") && p.take("included")
	p.version.Links = append(p.version.Links, l)
}

// windowMinutes reads: N minutes.
func (p *parser) windowMinutes() int {
	n := p.number("the window's length in minutes")
	if n < 1 || n > WindowMinutesMax {
		p.problem("a window is 1 to %d minutes; do not guess 60, ask the toll charger", WindowMinutesMax)
	}
	if !p.take("minutes") {
		p.problem("the window's length is written in minutes; write: 60 minutes")
	}
	return n
}

// stationsAfter reads: WORD STATION …, up to the next word of the line's grammar.
func (p *parser) stationsAfter(word string) (list []toll.StationID) {
	if !p.take(word) {
		return nil
	}
	for len(p.words) > 0 && !slices.Contains([]string{"at", "with", "paid", "also", "needs", "end"}, p.words[0]) {
		list = append(list, idOf[stationID](p, "a station's id"))
	}
	return list
}

// links checks that linked stations exist and that a waiver cannot turn back on itself.
func (c *checker) links(s *Scheme, v *Version) {
	for _, l := range v.Links {
		for _, id := range slices.Concat(l.At, l.With) {
			if !slices.ContainsFunc(s.Stations, func(st Station) bool { return st.ID == id }) {
				c.problem(l.Line, "station %q is not in this scheme; correct the name", id)
			}
		}
		if len(l.With) == 0 || len(l.With) == 1 && l.Kind != Waive && slices.Equal(l.With, l.At) {
			c.problem(l.Line, "%s ties a station to no other one; name at least two", l.Kind)
		}
		if l.Kind == Waive {
			c.waiver(s, v, l)
		}
	}
}

// waiver checks that what is waived can change nothing about what is paid: no hour rule joins the two,
// and no station is on both sides.
func (c *checker) waiver(s *Scheme, v *Version, l Link) {
	free, paid := s.hourGroupsOf(l.At), s.hourGroupsOf(l.With)
	for _, o := range v.Links {
		if o.Kind == Waive {
			paid = append(paid, s.hourGroupsOf(o.With)...)
			paid = append(paid, names(o.With)...)
		}
	}
	for _, g := range slices.Concat(free, names(l.At)) {
		if g != "" && slices.Contains(paid, g) {
			c.problem(l.Line, "%s is on both sides of a waiver; stations that are freed and stations that are paid share neither station nor passage group", g)
			return
		}
	}
}

func names(stations []toll.StationID) []string {
	list := make([]string, len(stations))
	for i, id := range stations {
		list[i] = "station " + string(id)
	}
	return list
}

// hourGroupsOf returns the passage groups of some stations, as text for a problem report.
func (s *Scheme) hourGroupsOf(stations []toll.StationID) (groups []string) {
	for _, st := range s.Stations {
		if st.HourGroup != "" && slices.Contains(stations, st.ID) {
			groups = append(groups, "passage group "+st.HourGroup)
		}
	}
	return groups
}
