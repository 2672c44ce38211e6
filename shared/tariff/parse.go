package tariff

import (
	"fmt"
	"slices"
	"strings"

	"bompass/shared/oslo"
)

// LinesMax is the maximum number of lines of a tariff file.
const LinesMax = 20000

// Parse reads one scheme's file. It continues after a problem and returns all of them. The scheme is complete only
// without problems.
func Parse(name string, text []byte) (*Scheme, []Problem) {
	p := &parser{file: name, scheme: &Scheme{File: name}}
	for line := range strings.Lines(string(text)) {
		if p.line++; p.line > LinesMax {
			p.problem("the file has more than %d lines; split the scheme", LinesMax)
			break
		}
		p.read(line)
	}
	p.finish()
	return p.scheme, p.problems
}

// parser reads one tariff file line by line. It goes on after a problem, so that all are reported at once.
type parser struct {
	file     string
	line     int
	scheme   *Scheme
	version  *Version // version being read, nil before the first
	words    []string // words of the line that are not yet consumed
	keyword  string
	problems []Problem
}

func (p *parser) problem(format string, args ...any) {
	p.problems = append(p.problems, Problem{p.file, p.line, fmt.Sprintf(format, args...)})
}

// read parses one line. Every word of it must be consumed by its keyword.
func (p *parser) read(line string) {
	words, err := split(line)
	if err != nil {
		p.problem("%v", err)
		return
	}
	if len(words) == 0 {
		return
	}
	p.keyword, p.words = words[0], words[1:]
	if !p.header() && !p.inVersion() {
		p.problem("%q is not a keyword; see the list of keywords in the tariff documentation", p.keyword)
		return
	}
	if len(p.words) > 0 {
		p.problem("%q is not understood here; take it away or see how %s is written", strings.Join(p.words, " "), p.keyword)
	}
}

// header reads the lines about the scheme and its stations.
func (p *parser) header() bool {
	switch p.keyword {
	case "scheme":
		p.scheme.Origin = Origin{p.line}
		p.scheme.ID, p.scheme.Name = idOf[schemeID](p, "the scheme's id"), p.word("the scheme's name in quotes")
	case "charger":
		p.scheme.Charger, p.scheme.ChargerName = idOf[chargerID](p, "the toll charger's id"), p.word("the toll charger's name in quotes")
		p.scheme.Contact, p.scheme.Office = p.contact()
	case "clock":
		if p.scheme.Clock = p.word("a zone"); p.scheme.Clock != Norway && p.scheme.Clock != Sweden {
			p.problem("clock %q is not supported; write clock Europe/Oslo or Europe/Stockholm", p.scheme.Clock)
		}
	case "currency":
		if p.scheme.Currency = p.word("a currency"); p.scheme.Currency != "NOK" && p.scheme.Currency != "SEK" {
			p.problem("currency %q is not supported; write NOK or SEK", p.scheme.Currency)
		}
	case "kind":
		if p.scheme.Ferry = p.word("ferry") == "ferry"; !p.scheme.Ferry {
			p.problem("the only kind that is written is ferry; take the line away for a road")
		}
	case "station":
		p.station()
	case "version":
		p.startVersion()
	default:
		return false
	}
	return true
}

// finish checks the header, copies what stations and versions inherit from the scheme, and orders versions by date.
// A version is identified by its scheme and first day, which appears in charges.
func (p *parser) finish() {
	p.line = 0
	s := p.scheme
	if s.ID == "" {
		p.problem("the file names no scheme; begin with: scheme ID \"Name\"")
	}
	if s.Charger == "" {
		p.problem("the file names no toll charger; add: charger ID \"Name\"")
	}
	if s.Clock == "" {
		p.problem("the file has no clock; add: clock Europe/Oslo")
	}
	if s.Currency == "" {
		s.Currency = "NOK"
	}
	for i := range s.Stations {
		st := &s.Stations[i]
		st.Scheme, st.Charger, st.ChargerName = s.ID, s.Charger, s.ChargerName
		st.Currency, st.Ferry = s.Currency, s.Ferry
	}
	// Versions may be written in any order.
	slices.SortStableFunc(s.Versions, func(a, b Version) int { return int(a.From) - int(b.From) })
	for i := range s.Versions {
		v := &s.Versions[i]
		v.ID = string(s.ID) + "@" + v.From.String()
		v.Clock, v.Ferry = s.Clock, s.Ferry
		// Links name stations that may stand further down in the file, so they are resolved at its end.
		for n := range v.Links {
			v.Links[n].resolve(s.Stations)
		}
	}
}

// startVersion reads: version FROM [to DAY] [like FROM].
func (p *parser) startVersion() {
	v := Version{From: p.day("the first day")}
	for len(p.words) > 0 {
		switch p.word("to or like") {
		case "to":
			if v.To = p.day("the first day no longer in force"); v.To != 0 && v.To <= v.From {
				p.problem("the version ends before it begins; to is the first day that it is no longer in force")
			}
		case "like":
			v = p.like(v)
		default:
			p.problem("a version has to and like only; write: version FROM [to DAY] [like FROM]")
			p.words = nil
		}
	}
	if slices.ContainsFunc(p.scheme.Versions, func(o Version) bool { return o.From == v.From }) {
		p.problem("a version from %s is already there; join the two", v.From)
	}
	v.Origin = Origin{p.line}
	p.scheme.Versions = append(p.scheme.Versions, v)
	p.version = &p.scheme.Versions[len(p.scheme.Versions)-1]
}

// like copies everything from an earlier version. Lines that follow replace what they name.
func (p *parser) like(v Version) Version {
	day := p.day("the first day of the version it is like")
	for _, old := range p.scheme.Versions {
		if old.From == day {
			c := old.clone()
			c.From, c.To, c.Source = v.From, v.To, ""
			return c
		}
	}
	p.problem("no version from %s stands above; put the version it is like first", day)
	return v
}

// clone returns a copy that shares no slice with v, for a version that begins as a copy of another.
func (v Version) clone() Version {
	v.Bands, v.Prices, v.Aliases = slices.Clone(v.Bands), slices.Clone(v.Prices), slices.Clone(v.Aliases)
	v.Missing, v.Tags, v.Shares = slices.Clone(v.Missing), slices.Clone(v.Tags), slices.Clone(v.Shares)
	v.Hours, v.Caps, v.Exempt = slices.Clone(v.Hours), slices.Clone(v.Caps), slices.Clone(v.Exempt)
	v.Links, v.Seasons = slices.Clone(v.Links), slices.Clone(v.Seasons)
	v.Supplements, v.Tolls = slices.Clone(v.Supplements), slices.Clone(v.Tolls)
	return v
}

// day parses a date such as 2026-11-30.
func (p *parser) day(what string) oslo.Day {
	w := p.word(what)
	d, err := oslo.ParseDay(w)
	if err != nil && w != "" {
		p.problem("%v; correct it", err)
	}
	return d
}
