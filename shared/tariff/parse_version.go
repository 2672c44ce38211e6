package tariff

import (
	"slices"
	"strings"

	"bompass/shared/toll"
)

// inVersion reads the lines that belong to the version above them.
func (p *parser) inVersion() bool {
	read, ok := map[string]func(){
		"source": p.source, "heavy-cars": p.heavyCars, "band": p.band, "price": p.price, "as": p.alias, "missing": p.missing,
		"tag": p.tag, "zero-emission": p.share, "hour-rule": p.hourRule, "cap": p.cap, "exempt": p.exempt,
		"pair": p.link, "annul": p.link, "waive": p.link, "season": p.season, "plate-match": p.plateMatch,
		"supplement": p.supplement, "toll": p.tollPart, "trailer": p.trailer, "vat": p.vat,
	}[p.keyword]
	if !ok {
		return false
	}
	if p.version == nil {
		p.problem("%s stands before any version; put it under a version line", p.keyword)
		p.words = nil
		return true
	}
	read()
	return true
}

// put adds an entry. It replaces an inherited entry and reports a repeated one.
func put[T interface{ line() int }](p *parser, list []T, entry T, same func(T) bool) []T {
	at := slices.IndexFunc(list, same)
	if at >= 0 && list[at].line() >= p.version.Line {
		p.problem("%s says again what line %d says; take one of them away", p.keyword, list[at].line())
		return list
	}
	if at >= 0 {
		list = slices.DeleteFunc(list, same)
	}
	return append(list, entry)
}

func (p *parser) origin() Origin { return Origin{p.line} }

func (p *parser) source() { p.version.Source = p.word("the price list's title in quotes") }

// heavyCars reads: heavy-cars light [needs …].
func (p *parser) heavyCars() {
	if !p.take("light") {
		p.problem("heavy-cars says whom an M1 over 3,500 kg is light for; write: heavy-cars light [needs agreement tag]")
	}
	p.version.HeavyCars = &Rule{p.origin(), p.needs()}
}

// price reads: price ZONE CLASS BAND KRONER [BAND KRONER …].
func (p *parser) price() {
	zone := p.word("a price zone")
	target, ok := p.target()
	if ok && len(p.words) == 0 {
		p.problem("price has no amount; add: base KRONER")
	}
	for ok && len(p.words) > 0 {
		if len(p.words) < 2 || strings.Trim(p.words[1], "0123456789.-") != "" {
			p.problem("%q is neither a class nor a band with its kroner; write it like: price ZONE light diesel base 25 rush 35", p.words[0])
			p.words = nil
			return
		}
		pr := Price{Origin: p.origin(), Zone: zone, For: target, Band: p.word("a band"), Ore: p.amount("an amount in kroner")}
		p.version.Prices = put(p, p.version.Prices, pr, func(o Price) bool {
			return o.Zone == pr.Zone && o.For == pr.For && o.Band == pr.Band
		})
	}
}

// alias reads: as CLASS pays CLASS.
func (p *parser) alias() {
	a := Alias{Origin: p.origin(), Class: p.class()}
	if !p.take("pays") {
		p.problem("as does not say what is paid instead; write: as CLASS pays CLASS")
		p.words = nil
		return
	}
	a.Pays = p.class()
	p.version.Aliases = put(p, p.version.Aliases, a, func(o Alias) bool { return o.Class == a.Class })
}

// missing reads: missing CLASS, or missing zone ZONE.
func (p *parser) missing() {
	if p.take("zone") {
		m := Missing{Origin: p.origin(), Zone: p.word("a price zone")}
		p.version.Missing = put(p, p.version.Missing, m, func(o Missing) bool { return o.Zone == m.Zone })
		return
	}
	if t, ok := p.target(); ok {
		m := Missing{Origin: p.origin(), For: t}
		p.version.Missing = put(p, p.version.Missing, m, func(o Missing) bool { return o.For == t && o.Zone == "" })
	}
}

// tag reads: tag GROUP SHARE [needs …].
func (p *parser) tag() {
	d := Discount{Origin: p.origin(), Group: p.group()}
	if d.Group == NoGroup {
		p.problem("tag does not say whose discount it is; write: tag light|heavy SHARE [needs agreement tag]")
		p.words = nil
		return
	}
	d.Off, d.Needs = p.fraction(), p.needs()
	p.version.Tags = put(p, p.version.Tags, d, func(o Discount) bool { return o.Group == d.Group })
}

// share reads: zero-emission CLASS pays SHARE [needs …].
func (p *parser) share() {
	target, ok := p.target()
	if !ok {
		return
	}
	if target.Group == NoGroup && !target.Class.ZeroEmission() {
		p.problem("%s is not a zero-emission class; name an electric or hydrogen one", target)
	}
	if !p.take("pays") {
		p.problem("zero-emission does not say what is paid; write: zero-emission CLASS pays SHARE [needs agreement tag]")
		p.words = nil
		return
	}
	s := Share{Origin: p.origin(), For: target, Pays: p.fraction(), Needs: p.needs()}
	p.version.Shares = put(p, p.version.Shares, s, func(o Share) bool { return o.For == target })
}

// hourRule reads: hour-rule none, or hour-rule MODE N minutes for GROUPS [needs …] [in GROUP …] [end included].
func (p *parser) hourRule() {
	h := HourRule{Origin: p.origin(), Mode: Mode(p.word("first, dearest, standard or none"))}
	switch h.Mode {
	case None:
	case First, Dearest, Standard:
		h.Minutes = p.windowMinutes()
		h.Groups, h.Needs = p.groups(), p.needs()
	default:
		p.problem("hour-rule %q is not known; write first, dearest, standard or none", h.Mode)
		p.words = nil
	}
	h.In = p.names()
	if p.take("end") && p.take("included") {
		h.Included = true
	}
	inherited := func(o HourRule) bool { return o.Line < p.version.Line }
	p.version.Hours = append(slices.DeleteFunc(p.version.Hours, inherited), h)
}

// WindowMinutesMax is the maximum length of a window.
const WindowMinutesMax = 24 * 60

// names reads: in NAME NAME, up to the words "end included".
func (p *parser) names() (list []string) {
	for p.take("in") {
		for len(p.words) > 0 && p.words[0] != "end" {
			list = append(list, p.word("a name"))
		}
		if list == nil {
			p.problem("in is followed by names; add them")
		}
	}
	return list
}

// cap reads: cap GROUP N for GROUPS [needs …] [per station], or
// cap GROUP AMOUNT kroner per day [season NAME] for GROUPS [needs …] [per station], or cap GROUP none.
func (p *parser) cap() {
	c := Cap{Origin: p.origin(), CapGroup: p.word("a cap group")}
	same := func(o Cap) bool { return o.CapGroup == c.CapGroup && o.Daily == c.Daily && o.Season == c.Season }
	if p.take("none") {
		p.version.Caps = slices.DeleteFunc(p.version.Caps, func(o Cap) bool { return o.CapGroup == c.CapGroup })
		return
	}
	if len(p.words) > 1 && (p.words[1] == "kroner" || p.words[1] == "kronor") {
		p.dayCap(&c)
	} else if c.N = p.number("how many passages are paid"); c.N < 1 {
		p.problem("a cap lets at least 1 passage be paid; write the number, or take the line away")
	}
	c.Groups, c.Needs = p.groups(), p.needs()
	c.PerStation = p.take("per") && p.take("station")
	p.version.Caps = put(p, p.version.Caps, c, same)
}

// dayCap parses the maximum of a day: AMOUNT kroner per day [season NAME].
func (p *parser) dayCap(c *Cap) {
	c.Daily, c.Day = true, p.amount("the most that a day costs")
	p.word("kroner")
	if !p.take("per") || !p.take("day") {
		p.problem("an amount is the most of a day; write: %s kroner per day", c.Day)
	}
	if c.Day == 0 {
		p.problem("a day that costs nothing has no price; write an amount over 0, or take the line away")
	}
	if p.take("season") {
		c.Season = p.word("a season")
	}
}

// exempt reads: exempt KIND [needs …].
func (p *parser) exempt() {
	e := Exempt{Origin: p.origin(), Kind: toll.ExemptionKind(p.word("a kind of exemption"))}
	if !slices.Contains(ExemptionKinds(), e.Kind) {
		p.problem("exemption %q is not known; write one of %v", e.Kind, ExemptionKinds())
	}
	e.Needs = p.needs()
	p.version.Exempt = put(p, p.version.Exempt, e, func(o Exempt) bool { return o.Kind == e.Kind })
}

// ExemptionKinds lists the exemptions that a scheme may honour.
func ExemptionKinds() []toll.ExemptionKind {
	return []toll.ExemptionKind{ExemptMotorcycle, toll.ExemptDisabled, toll.ExemptEmergency, toll.ExemptTransit, toll.ExemptEmbassy}
}

// band reads: band NAME DAYS HH:MM-HH:MM … [season NAME] [except holidays eves july] [in ZONE …].
func (p *parser) band() {
	b := Band{Origin: p.origin(), Name: p.word("a name")}
	if b.Name == Base {
		p.problem("base is the time outside every band; give the band another name")
	}
	// The days are one word; spans follow as long as words contain a colon.
	b.Days = p.days(p.word("the days, such as mon-fri"))
	for len(p.words) > 0 && strings.Contains(p.words[0], ":") {
		b.Spans = append(b.Spans, p.span(p.word("a time")))
	}
	if b.Spans == nil {
		p.problem("band %s has no time; add one like 06:30-09:00", b.Name)
	}
	if p.take("season") {
		b.Season = p.word("a season")
	}
	if p.take("except") {
		b.NotHolidays, b.NotEves, b.NotJuly = p.take("holidays"), p.take("eves"), p.take("july")
		if !b.NotHolidays && !b.NotEves && !b.NotJuly {
			p.problem("except is followed by holidays, eves, july, or several of them; add them")
		}
	}
	b.Zones = p.names()
	p.version.Bands = put(p, p.version.Bands, b, func(o Band) bool { return o.Name == b.Name })
}
