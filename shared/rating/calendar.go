package rating

import (
	"time"

	"bompass/shared/oslo"
	"bompass/shared/tariff"
)

// calendar is Norwegian civil time as a table of days, so that the common case is one look-up. Days outside the
// table are computed by package oslo.
type calendar struct {
	first int64 // day of entries[0], counted from 1970-01-01
	days  []day
}

// day is used both as a UTC day (before, after) and as a local day (kind, month).
type day struct {
	before, after uint8 // hours ahead of UTC until 01:00 UTC, and from then on
	kind          uint8 // index of the properties used by time bands: weekday, holiday, July, eve
	month         uint8 // oslo.Month modulo 256
}

const (
	msPerHour = 3_600_000
	msPerDay  = 24 * msPerHour
	plainDays = 56 // 7 weekdays × holiday or not × July or not × day before a holiday or not
	dayKinds  = plainDays * (1 + tariff.SeasonsMax)
	firstYear = 2015
	lastYear  = 2035
)

// newCalendar computes every day from firstYear to lastYear. Looking a day up is then an index operation, and
// rating needs no time zone database, which a browser does not have.
func newCalendar() calendar {
	first, last := oslo.Date(firstYear, time.January, 1), oslo.Date(lastYear, time.December, 31)
	c := calendar{first: int64(first), days: make([]day, last-first+1)}
	hours := ahead(int64(first) * 86400)
	for i := range c.days {
		d := first + oslo.Day(i)
		kind := tariff.KindOf(d)
		before := hours
		if kind.Weekday == time.Sunday { // clocks change at 01:00 UTC on Sundays
			hours = ahead(int64(d)*86400 + 3600)
		}
		c.days[i] = day{before: before, after: hours, kind: kindIndex(kind, 0), month: uint8(d.Month())}
	}
	return c
}

// ahead returns the hours that Norwegian clocks are ahead of UTC.
func ahead(unix int64) uint8 { return uint8(oslo.Offset(unix) / 3600) }

// at returns the minute of the local day, the day's kind and its month for a Unix millisecond.
func (c *calendar) at(ms int64) (minute int32, kind, month uint8) {
	utc := ms/msPerDay - c.first
	if utc < 0 || utc >= int64(len(c.days))-1 {
		return far(ms)
	}
	hours := c.days[utc].before
	in := ms - (utc+c.first)*msPerDay
	if in >= msPerHour {
		hours = c.days[utc].after
	}
	in += int64(hours) * msPerHour
	if in >= msPerDay {
		in -= msPerDay
		utc++
	}
	d := &c.days[utc]
	return int32(uint32(in) / 60_000), d.kind, d.month
}

// far is the variant of at for days outside the table.
func far(ms int64) (minute int32, kind, month uint8) {
	d, second := oslo.Split(seconds(ms))
	return second / 60, kindIndex(tariff.KindOf(d), 0), uint8(d.Month())
}

// seconds rounds Unix milliseconds down.
func seconds(ms int64) int64 {
	unix := ms / 1000
	if ms%1000 < 0 {
		unix--
	}
	return unix
}

// dayOf returns the local day of a Unix millisecond. Norway and Sweden have the same wall clock.
func dayOf(ms int64) oslo.Day {
	d, _ := oslo.Split(seconds(ms))
	return d
}

// monthOf returns the local month in the form stored in crossings.
func monthOf(ms int64) uint8 { return uint8(dayOf(ms).Month()) }

// season returns the number of a season of a version, from 1, or 0 for none.
func season(v *tariff.Version, name string) int {
	for i, s := range v.Seasons {
		if s.Name == name {
			return i + 1
		}
	}
	return 0
}

// kindIndex returns the index of a kind of day: the weekday, and multiples of seven for public holidays, July, eves
// and seasons.
func kindIndex(k tariff.DayKind, season int) uint8 {
	i := int(k.Weekday) + season*plainDays
	if k.Holiday {
		i += 7
	}
	if k.July {
		i += 14
	}
	if k.Eve {
		i += 28
	}
	return uint8(i)
}

// dayKind is the inverse of kindIndex.
func dayKind(v *tariff.Version, i int) tariff.DayKind {
	k := tariff.DayKind{Weekday: time.Weekday(i % 7), Holiday: i/7%2 == 1, July: i/14%2 == 1, Eve: i/28%2 == 1}
	if n := i / plainDays; n > 0 {
		k.Season = v.Seasons[n-1].Name
	}
	return k
}

// yearKinds returns the kind of every day of the table for a version with a calendar other than the plain
// Norwegian one, and nil for the others.
func yearKinds(v *tariff.Version) []uint8 {
	if v.Clock != tariff.Sweden && len(v.Seasons) == 0 {
		return nil
	}
	first, last := oslo.Date(firstYear, time.January, 1), oslo.Date(lastYear, time.December, 31)
	kinds := make([]uint8, last-first+1)
	for i := range kinds {
		kinds[i] = kindOn(v, first+oslo.Day(i))
	}
	return kinds
}

func kindOn(v *tariff.Version, d oslo.Day) uint8 {
	k := v.KindOf(d)
	return kindIndex(k, season(v, k.Season))
}

// kind returns the kind of the day of a Unix millisecond by the version's own calendar.
func (v *version) kind(ms int64) uint8 {
	d := dayOf(ms)
	if i := int(d) - int(oslo.Date(firstYear, time.January, 1)); i >= 0 && i < len(v.kinds) {
		return v.kinds[i]
	}
	return kindOn(v.source, d)
}
