package tariff

import (
	"errors"
	"strconv"
	"strings"

	"bompass/shared/money"
	"bompass/shared/toll"
)

type (
	schemeID  = toll.SchemeID
	chargerID = toll.ChargerID
	stationID = toll.StationID
)

// split splits a line into words. "…" is one word, and # begins a comment.
func split(line string) (words []string, err error) {
	rest := strings.TrimSpace(line)
	for rest != "" && rest[0] != '#' {
		if rest[0] == '"' {
			text, after, closed := strings.Cut(rest[1:], `"`)
			if !closed {
				return nil, errors.New(`a text in quotes is not closed; end it with "`)
			}
			words, rest = append(words, text), strings.TrimSpace(after)
			continue
		}
		end := strings.IndexAny(rest, " \t\"#")
		if end < 0 {
			end = len(rest)
		}
		words, rest = append(words, rest[:end]), strings.TrimSpace(rest[end:])
	}
	return words, nil
}

// word consumes the next word, or reports what is missing.
func (p *parser) word(what string) string {
	if len(p.words) == 0 {
		p.problem("%s lacks %s; add it at the end of the line", p.keyword, what)
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

// take consumes the next word if it equals word, and reports whether it did.
func (p *parser) take(word string) bool {
	if len(p.words) > 0 && p.words[0] == word {
		p.words = p.words[1:]
		return true
	}
	return false
}

// idOf parses an identifier of lower-case letters, digits and hyphens. Identifiers appear in addresses and charges
// and never change.
func idOf[T ~string](p *parser, what string) T {
	w := p.word(what)
	for _, r := range w {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			p.problem("id %q may have only a to z, digits and hyphens; write it so", w)
			break
		}
	}
	return T(w)
}

// number parses a whole number of at most a million.
func (p *parser) number(what string) int {
	w := p.word(what)
	n, err := strconv.Atoi(w)
	if w != "" && (err != nil || n < 0 || n > 1_000_000) {
		p.problem("%q is not a number for %s; write digits", w, what)
		return 0
	}
	return n
}

// amount parses an amount in kroner, of at most PriceMax.
func (p *parser) amount(what string) money.Ore {
	w := p.word(what)
	o, err := money.Parse(w)
	if err != nil || o < 0 || o > PriceMax {
		p.problem("%q is not a price; write kroner like 29 or 23.20, at most %s", w, PriceMax)
		return 0
	}
	return o
}

// PriceMax is the maximum list price, which catches typing errors.
const PriceMax money.Ore = 1_000_000

// fraction reads a share between 0 and 1, such as 20% or 1/5.
func (p *parser) fraction() (f Fraction) {
	w := p.word("a share like 20% or 1/5")
	num, den, ok := strings.Cut(w, "/")
	if !ok {
		num, ok = strings.CutSuffix(w, "%")
		den = "100"
	}
	n, err1 := strconv.Atoi(num)
	d, err2 := strconv.Atoi(den)
	if !ok || err1 != nil || err2 != nil || n < 0 || d < 1 || n > d || d > 1000 {
		p.problem("%q is not a share; write it like 20%% or 1/5, between 0%% and 100%%", w)
		return Fraction{0, 1}
	}
	return Fraction{int64(n), int64(d)}.reduced()
}

// needs reads: [needs agreement] [needs tag] [needs agreement tag].
func (p *parser) needs() (n Needs) {
	if !p.take("needs") {
		return 0
	}
	for {
		switch {
		case p.take("agreement"):
			n |= Agreement
		case p.take("tag"):
			n |= Tag
		default:
			if n == 0 {
				p.problem("needs is followed by agreement, tag, or both; add what is needed")
			}
			return n
		}
	}
}

// target reads a class like light diesel, or a whole group: light, heavy.
func (p *parser) target() (Target, bool) {
	if len(p.words) >= 2 {
		if c, ok := toll.ParseClass(p.words[0] + " " + p.words[1]); ok {
			p.words = p.words[2:]
			return Target{Class: c}, true
		}
	}
	if p.take(toll.Motorcycle.String()) {
		return Target{Class: toll.Motorcycle}, true
	}
	if g := p.group(); g != NoGroup {
		return Target{Group: g}, true
	}
	p.problem("%s lacks a class; write light, heavy, or one like light diesel or heavy euro6", p.keyword)
	p.words = nil
	return Target{}, false
}

func (p *parser) class() toll.Class {
	t, ok := p.target()
	if ok && t.Group != NoGroup {
		p.problem("%s is a whole group; name one class, like light petrol", t)
	}
	return t.Class
}

// group parses a group of vehicle classes, if the next word is one.
func (p *parser) group() Group {
	switch {
	case p.take("light"):
		return Light
	case p.take("heavy"):
		return Heavy
	}
	return NoGroup
}

// groups reads: for light heavy.
func (p *parser) groups() (list []Group) {
	if !p.take("for") {
		p.problem("%s does not say which groups it is for; add: for light heavy", p.keyword)
		return nil
	}
	for g := p.group(); g != NoGroup; g = p.group() {
		list = append(list, g)
	}
	if list == nil {
		p.problem("for is followed by light, heavy, or both; add them")
	}
	return list
}
