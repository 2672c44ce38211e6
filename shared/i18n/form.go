package i18n

import (
	"strconv"
	"strings"
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

const (
	nbsp  = "\u00a0"
	minus = "\u2212"
)

// form is how a language formats numbers and dates, by CLDR 48.
type form struct {
	minus, group, point string
	before, after       string // around an amount of kroner
	percent             string
	medium, short       string
	long, weekday       string
	numeric             string
	between             string // numeric date and time of day
}

// formOf returns the formats of a language, as in CLDR 48. They are in code, because the tables of
// golang.org/x/text would enlarge the browser program.
func formOf(lang string) form {
	switch lang {
	case "en":
		return form{
			minus: "-", group: ",", point: ".", before: "NOK" + nbsp, percent: "%",
			medium: "{d} {mon} {y}", short: "{d} {mon}", long: "{d} {month} {y}", weekday: "{weekday} {d} {month}", numeric: "{dd}/{mm}/{y}", between: ", ",
		}
	case "sv":
		return form{
			minus: minus, group: nbsp, point: ",", after: nbsp + "Nkr", percent: nbsp + "%",
			medium: "{d} {mon} {y}", short: "{d} {mon}", long: "{d} {month} {y}", weekday: "{weekday} {d} {month}", numeric: "{y}-{mm}-{dd}", between: " ",
		}
	case "de":
		return form{
			minus: "-", group: ".", point: ",", after: nbsp + "NOK", percent: nbsp + "%",
			medium: "{dd}.{mm}.{y}", short: "{dd}.{mm}.", long: "{d}. {month} {y}", weekday: "{weekday}, {d}. {month}", numeric: "{dd}.{mm}.{yy}", between: ", ",
		}
	}
	// Norwegian.
	return form{
		minus: minus, group: nbsp, point: ",", after: nbsp + "kr", percent: nbsp + "%",
		medium: "{d}. {mon} {y}", short: "{d}. {mon}", long: "{d}. {month} {y}", weekday: "{weekday} {d}. {month}", numeric: "{dd}.{mm}.{y}", between: ", ",
	}
}

// Kroner formats an amount with its currency: 1 110,50 kr.
func (w *Words) Kroner(o money.Ore) string {
	sign := ""
	if o < 0 {
		sign, o = w.form.minus, -o
	}
	return sign + w.form.before + w.Decimal(int64(o), 2) + w.form.after
}

// Whole formats an amount without øre, for the scales of charts: 1 200 kr.
func (w *Words) Whole(o money.Ore) string {
	sign := ""
	if o < 0 {
		sign, o = w.form.minus, -o
	}
	return sign + w.form.before + w.Number(int64(o)/100) + w.form.after
}

// Money formats an amount in a currency given by its code: NOK as Kroner does, others with the code.
func (w *Words) Money(o money.Ore, currency string) string {
	if currency == "" || currency == "NOK" {
		return w.Kroner(o)
	}
	if w.form.before != "" {
		return currency + nbsp + w.Decimal(int64(o), 2)
	}
	return w.Decimal(int64(o), 2) + nbsp + currency
}

// Number formats a whole number with grouped thousands.
func (w *Words) Number(n int64) string { return w.Decimal(n, 0) }

// Decimal formats n × 10^-places.
func (w *Words) Decimal(n int64, places int) string {
	sign := ""
	digits := strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = w.form.minus, digits[1:]
	}
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, frac := digits[:len(digits)-places], digits[len(digits)-places:]
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(w.form.group)
		}
		b.WriteRune(r)
	}
	if places > 0 {
		b.WriteString(w.form.point + frac)
	}
	return b.String()
}

// Percent formats num/den with at most one decimal: 20,5 %.
func (w *Words) Percent(num, den int) string {
	if den == 0 {
		return ""
	}
	tenths := money.Ore(1000).Share(int64(num), int64(den))
	if tenths%10 == 0 {
		return w.Number(int64(tenths/10)) + w.form.percent
	}
	return w.Decimal(int64(tenths), 1) + w.form.percent
}

// Day formats a date of medium length: 22. mars 2020.
func (w *Words) Day(d oslo.Day) string { return w.date(w.form.medium, d) }

// ShortDay formats a date without its year, for lists of one period: 22. mars.
func (w *Words) ShortDay(d oslo.Day) string { return w.date(w.form.short, d) }

// LongDay formats a date with the month's full name: 22. desember 2020.
func (w *Words) LongDay(d oslo.Day) string { return w.date(w.form.long, d) }

// Weekday formats a date with its weekday and without its year: fredag 20. november.
func (w *Words) Weekday(d oslo.Day) string { return w.date(w.form.weekday, d) }

// Month formats a month: november 2026.
func (w *Words) Month(m oslo.Month) string { return w.date("{month} {y}", m.First()) }

// MonthName formats a month without its year: november.
func (w *Words) MonthName(m oslo.Month) string { return w.date("{month}", m.First()) }

// MonthShort formats a month's short name without its year: nov.
func (w *Words) MonthShort(m oslo.Month) string { return w.date("{mon}", m.First()) }

// Clock formats the Norwegian time of day: 13:05. In the repeated hour of autumn it includes the offset from UTC,
// since the time alone would be ambiguous.
func (w *Words) Clock(at time.Time) string {
	text := w.time(at, "15:04")
	if doubled(at.Unix()) {
		text += " " + oslo.In(at).Format("(-07:00)")
	}
	return text
}

// Instant formats date and time of day to the second: 22.03.2020, 13:05:09.
func (w *Words) Instant(at time.Time) string {
	return w.date(w.form.numeric, oslo.DayOf(at)) + w.form.between + w.time(at, "15:04:05")
}

func (*Words) time(at time.Time, layout string) string {
	return oslo.In(at).Format(layout)
}

func doubled(unix int64) bool {
	return oslo.Offset(unix) > oslo.Offset(unix+3600) || oslo.Offset(unix) < oslo.Offset(unix-3600)
}

// date formats a day by a pattern with placeholders in braces.
func (w *Words) date(pattern string, d oslo.Day) string {
	y, m, day := d.YMD()
	return expand(pattern, func(name string) (string, bool) {
		switch name {
		case "d":
			return strconv.Itoa(day), true
		case "dd":
			return two(day), true
		case "mm":
			return two(int(m)), true
		case "y":
			return strconv.Itoa(y), true
		case "yy":
			year := strconv.Itoa(y)
			return year[max(0, len(year)-2):], true
		case "mon":
			return w.T("month.short." + strconv.Itoa(int(m))), true
		case "month":
			return w.T("month." + strconv.Itoa(int(m))), true
		case "weekday":
			return w.T("weekday." + strconv.Itoa(int(d.Weekday()))), true
		}
		return "", false
	})
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
