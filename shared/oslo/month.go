package oslo

import (
	"fmt"
	"time"
)

// Month is a Norwegian calendar month: year × 12 + month − 1.
type Month int32

// MonthOf returns the calendar month that an instant falls in on the Norwegian wall clock.
func MonthOf(t time.Time) Month { return DayOf(t).Month() }

// Month returns the calendar month of a day.
func (d Day) Month() Month {
	y, m, _ := d.YMD()
	return Month(y*12 + int(m) - 1)
}

// First returns the month's first day.
func (m Month) First() Day { return Date(int(m)/12, time.Month(int(m)%12+1), 1) }

// Last returns the month's last day.
func (m Month) Last() Day { return (m + 1).First() - 1 }

// Start returns the instant at which the month begins. It ends where the next month starts.
func (m Month) Start() time.Time { return m.First().Start() }

// String returns the month as 2026-11.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

// ParseMonth reads a month written as 2026-11.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("month %q is not written like 2026-11", s)
	}
	return Month(t.Year()*12 + int(t.Month()) - 1), nil
}

// MarshalText returns the form of String.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the form of ParseMonth.
func (m *Month) UnmarshalText(b []byte) (err error) {
	*m, err = ParseMonth(string(b))
	return err
}
