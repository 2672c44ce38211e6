package tariff

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// season reads: season NAME DAY to DAY [DAY to DAY …].
func (p *parser) season() {
	s := Season{Origin: p.origin(), Name: p.word("a name")}
	for ok := true; ok && len(p.words) > 0; {
		span := YearSpan{From: p.yearDay()}
		if ok = p.take("to"); !ok {
			p.problem("a season has a first day and the first day after it; write: season high 03-01 to 12-01")
			p.words = nil
		}
		if ok {
			span.To = p.yearDay()
			s.Spans = append(s.Spans, span)
		}
	}
	if s.Spans == nil {
		p.problem("season %s has no days; add them like 03-01 to 12-01", s.Name)
	}
	p.version.Seasons = put(p, p.version.Seasons, s, func(o Season) bool { return o.Name == s.Name })
}

// yearDay reads 03-01 or midsummer-eve.
func (p *parser) yearDay() YearDay {
	w := p.word("a day of the year")
	if w == "midsummer-eve" {
		return YearDay{MidsummerEve: true}
	}
	t, err := time.Parse("01-02", w)
	if err != nil || t.Month() == time.February && t.Day() == 29 {
		p.problem("%q is not a day of every year; write it like 03-01, or midsummer-eve", w)
	}
	return YearDay{Month: t.Month(), Day: t.Day()}
}

func weekday(name string) int {
	return slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, name)
}

// days reads mon-fri, sat-sun, or one day.
func (p *parser) days(w string) (days [7]bool) {
	from, to, ranged := strings.Cut(w, "-")
	if !ranged {
		to = from
	}
	a, b := weekday(from), weekday(to)
	if a < 0 || b < 0 {
		p.problem("%q is not a day or a range of days; write it like mon-fri", w)
		return days
	}
	for d := time.Weekday(a); ; d = (d + 1) % 7 {
		days[d] = true
		if d == time.Weekday(b) {
			return days
		}
	}
}

// span reads 06:30-09:00. The end is exclusive.
func (p *parser) span(w string) Span {
	from, to, _ := strings.Cut(w, "-")
	a, ok1 := clock(from)
	b, ok2 := clock(to)
	if !ok1 || !ok2 {
		p.problem("%q is not a span of time; write it like 06:30-09:00", w)
		return Span{}
	}
	if b <= a {
		p.problem("%s ends before it begins; a span does not cross midnight, write two", w)
	}
	return Span{a, b}
}

// clock parses a time of day as HH:MM into minutes. 24:00 is the end of the day.
func clock(s string) (minute int, ok bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, errH := strconv.ParseUint(s[:2], 10, 8)
	m, errM := strconv.ParseUint(s[3:], 10, 8)
	minute = int(h*60 + m)
	return minute, errH == nil && errM == nil && m < 60 && minute <= 24*60
}
