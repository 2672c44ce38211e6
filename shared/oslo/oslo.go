// Package oslo implements Norwegian civil time: local days, months, clock changes and public holidays.
//
// Instants are stored in UTC everywhere; code that needs local hours, days or months uses this package. Clock
// changes follow the European rule in force since 1996 and are computed, so the browser needs no zone database.
package oslo

import (
	"fmt"
	"time"
)

// Day is a Norwegian calendar day, counted from 1970-01-01.
type Day int32

// Date returns the day of a calendar date; overflowing values roll over as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DayOf returns the Norwegian calendar day of an instant.
func DayOf(t time.Time) Day {
	d, _ := Split(t.Unix())
	return d
}

// Split returns the local day and the second of that day's wall clock for a Unix second.
func Split(unix int64) (day Day, second int32) {
	local := unix + Offset(unix)
	d := local / 86400
	if local%86400 < 0 {
		d--
	}
	return Day(d), int32(local - d*86400)
}

// Offset returns the seconds that Norwegian wall clocks are ahead of UTC at a Unix second: 3600 or 7200.
func Offset(unix int64) int64 {
	year := time.Unix(unix, 0).UTC().Year()
	if unix >= change(year, time.March) && unix < change(year, time.October) {
		return 7200
	}
	return 3600
}

// change returns the Unix second of the clock change in a month: 01:00 UTC on its last Sunday.
func change(year int, month time.Month) int64 {
	last := Date(year, month+1, 1) - 1
	sunday := last - Day(last.Weekday())
	return int64(sunday)*86400 + 3600
}

// In returns t on the Norwegian wall clock, for formatting.
func In(t time.Time) time.Time {
	name := "CET"
	offset := Offset(t.Unix())
	if offset == 7200 {
		name = "CEST"
	}
	return t.In(time.FixedZone(name, int(offset)))
}

// At returns the instant when the wall clock of day d shows the given time. In the repeated hour of
// autumn it returns the first of the two instants; in the skipped hour of spring, the instant after the change.
func At(d Day, hour, minute, second int) time.Time {
	wall := int64(d)*86400 + int64(hour)*3600 + int64(minute)*60 + int64(second)
	if Offset(wall-7200) == 7200 {
		return time.Unix(wall-7200, 0).UTC()
	}
	return time.Unix(wall-3600, 0).UTC()
}

// Start returns the instant the day begins.
func (d Day) Start() time.Time { return At(d, 0, 0, 0) }

// Weekday returns the day's weekday.
func (d Day) Weekday() time.Weekday {
	w := (int64(d) + 4) % 7
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}

// YMD returns the calendar date.
func (d Day) YMD() (year int, month time.Month, day int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// String returns the date as 2026-11-20.
func (d Day) String() string {
	y, m, day := d.YMD()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// ParseDay reads a date written as 2026-11-20.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not written like 2026-11-20", s)
	}
	return Day(t.Unix() / 86400), nil
}

// MarshalText returns the form of String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of ParseDay.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}
