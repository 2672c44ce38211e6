package rating

import (
	"time"

	"bompass/shared/oslo"
	"bompass/shared/tariff"
)

// calendar is Norwegian civil time as a table of days, so that the common question costs no more
// than a look-up. Days outside the table are worked out by package oslo.
type calendar struct {
	first int64 // day of entries[0], counted from 1970-01-01
	days  []day
}

// day serves both as a UTC day (before, after) and as a local one (kind, month).
type day struct {
	before, after uint8 // hours ahead of UTC until 01:00 UTC, and from then on
	kind          uint8 // what time bands ask of the day: weekday, holiday, July
	month         uint8 // oslo.Month modulo 256
}

const (
	msPerHour = 3_600_000
	msPerDay  = 24 * msPerHour
	dayKinds  = 28 // 7 weekdays × holiday or not × July or not
	firstYear = 2015
	lastYear  = 2035
)

func newCalendar() calendar {
	first, last := oslo.Date(firstYear, time.January, 1), oslo.Date(lastYear, time.December, 31)
	c := calendar{first: int64(first), days: make([]day, last-first+1)}
	for i := range c.days {
		d := first + oslo.Day(i)
		unix := int64(d) * 86400
		c.days[i] = day{
			before: uint8(oslo.Offset(unix) / 3600), after: uint8(oslo.Offset(unix+3600) / 3600),
			kind: kindIndex(tariff.KindOf(d)), month: uint8(d.Month()),
		}
	}
	return c
}

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

// far is at for days outside the table.
func far(ms int64) (minute int32, kind, month uint8) {
	unix := ms / 1000
	if ms%1000 < 0 {
		unix--
	}
	d, second := oslo.Split(unix)
	return second / 60, kindIndex(tariff.KindOf(d)), uint8(d.Month())
}

func kindIndex(k tariff.DayKind) uint8 {
	i := uint8(k.Weekday)
	if k.Holiday {
		i += 7
	}
	if k.July {
		i += 14
	}
	return i
}

// dayKind is the inverse of kindIndex.
func dayKind(i int) tariff.DayKind {
	return tariff.DayKind{Weekday: time.Weekday(i % 7), Holiday: i/7%2 == 1, July: i >= 14}
}
