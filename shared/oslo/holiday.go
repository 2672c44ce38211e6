package oslo

import "time"

// Holiday reports whether a day is a Norwegian public holiday (Sundays are not counted as such).
// Christmas Eve, New Year's Eve and the Wednesday before Easter are ordinary days.
func Holiday(d Day) bool {
	year, month, day := d.YMD()
	switch {
	case month == time.January && day == 1,
		month == time.May && (day == 1 || day == 17),
		month == time.December && (day == 25 || day == 26):
		return true
	case month < time.March || month > time.June: // farther from Easter than any of its days
		return false
	}
	switch d - Easter(year) {
	case -3, -2, 0, 1, 39, 49, 50: // Maundy Thursday, Good Friday, Easter, Ascension, Whitsun
		return true
	}
	return false
}

// Easter returns Easter Sunday of a year (the Gregorian computus).
func Easter(year int) Day {
	golden := year % 19
	century := year / 100
	epact := (century - century/4 - (8*century+13)/25 + 19*golden + 15) % 30
	moon := epact - (epact/28)*(1-(29/(epact+1))*((21-golden)/11))
	weekday := (year + year/4 + moon + 2 - century + century/4) % 7
	offset := moon - weekday
	month := 3 + (offset+40)/44
	return Date(year, time.Month(month), offset+28-31*(month/4))
}
