package tariff

import (
	"time"

	"bompass/shared/oslo"
	"bompass/shared/stockholm"
)

// The time zones that a scheme may have. Their wall clocks are equal; their holidays differ.
const (
	Norway = "Europe/Oslo"
	Sweden = "Europe/Stockholm"
)

// Season is a named part of the year to which bands and daily caps can be limited.
type Season struct {
	Origin
	Name  string
	Spans []YearSpan
}

// YearSpan is a half-open part of a year. A span that ends before it begins contains New Year.
type YearSpan struct{ From, To YearDay }

// YearDay is a day that recurs every year.
type YearDay struct {
	Month        time.Month
	Day          int
	MidsummerEve bool // which is a Friday in June
}

func (y YearDay) in(year int) oslo.Day {
	if y.MidsummerEve {
		return stockholm.MidsummerEve(year)
	}
	return oslo.Date(year, y.Month, y.Day)
}

// Has reports whether a day is in the season.
func (s Season) Has(d oslo.Day) bool {
	year, _, _ := d.YMD()
	for _, span := range s.Spans {
		from, to := span.From.in(year), span.To.in(year)
		if from < to && d >= from && d < to || from >= to && (d >= from || d < to) {
			return true
		}
	}
	return false
}

// DayKind is the properties of a day that time bands depend on.
type DayKind struct {
	Weekday            time.Weekday
	Holiday, Eve, July bool   // Eve is the day before a public holiday
	Season             string // empty when in none
}

// KindOf returns the kind of a Norwegian calendar day.
func KindOf(d oslo.Day) DayKind { return kindOf(d, oslo.Holiday) }

// KindOf returns the kind of a day by the version's calendar and seasons.
func (v *Version) KindOf(d oslo.Day) DayKind {
	holiday := oslo.Holiday
	if v.Clock == Sweden {
		holiday = stockholm.Holiday
	}
	k := kindOf(d, holiday)
	for _, s := range v.Seasons {
		if s.Has(d) {
			k.Season = s.Name
			break
		}
	}
	return k
}

func kindOf(d oslo.Day, holiday func(oslo.Day) bool) DayKind {
	_, month, _ := d.YMD()
	return DayKind{Weekday: d.Weekday(), Holiday: holiday(d), Eve: holiday(d + 1), July: month == time.July}
}

// SeasonsMax is the maximum number of seasons of a version.
const SeasonsMax = 3
