// Package stockholm provides the Swedish calendar: public holidays and Midsummer. Swedish and Norwegian wall
// clocks are equal, so days and clock changes are in package oslo.
package stockholm

import (
	"time"

	"bompass/shared/oslo"
)

// Holiday reports whether a day is a Swedish public holiday (Sundays are not counted as such). Christmas
// Eve, New Year's Eve, Maundy Thursday and Midsummer Eve are not.
func Holiday(d oslo.Day) bool {
	year, month, day := d.YMD()
	switch {
	case month == time.January && (day == 1 || day == 6),
		month == time.May && day == 1,
		month == time.June && day == 6,
		month == time.December && (day == 25 || day == 26):
		return true
	}
	switch {
	case month > time.September:
		return d == saturdayFrom(year, time.October, 31) // All Saints' Day
	case month < time.March || month > time.June: // farther from Easter than any of its days
		return false
	}
	switch d - oslo.Easter(year) {
	case -2, 0, 1, 39, 49: // Good Friday, Easter, Ascension, Whit Sunday
		return true
	}
	return d == MidsummerEve(year)+1
}

// MidsummerEve returns the Friday before the Saturday that falls on 20 to 26 June.
func MidsummerEve(year int) oslo.Day { return saturdayFrom(year, time.June, 20) - 1 }

// saturdayFrom returns the first Saturday on or after a date.
func saturdayFrom(year int, month time.Month, day int) oslo.Day {
	d := oslo.Date(year, month, day)
	return d + oslo.Day((6-int(d.Weekday())+7)%7)
}
