package ident

// BirthKind is the set of series that a birth number belongs to. A number can belong to several.
type BirthKind uint8

// The series, by the number that is added to the day or month. An ordinary number has no bit set.
const (
	DNumber   BirthKind = 1 << iota // day + 40: people without a permanent address in Norway
	HNumber                         // month + 40: issued by a hospital or an agency
	Synthetic                       // month + 80: invented, for tests
)

// BirthNumber checks a Norwegian birth number, D-number, H-number or synthetic number and returns its eleven
// digits and series. Both the present rule for the first check digit and the rule for numbers issued from 2032
// are accepted. Age and sex cannot be derived from the number.
func BirthNumber(s string) (bare string, kind BirthKind, problem Problem) {
	if bare, problem = digits(s, 11); problem != None {
		return "", 0, problem
	}
	kind, ok := birthDay(bare)
	if !ok {
		return "", 0, NoDate
	}
	first := weighted(bare, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) % 11
	second := weighted(bare, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11
	if first > 3 || second != 0 {
		return "", 0, CheckDigit
	}
	return bare, kind, None
}

// birthDay subtracts what the series add to day and month and reports whether the day exists. The century is
// unknown, so every fourth year counts as a leap year.
func birthDay(s string) (kind BirthKind, ok bool) {
	day, month, year := pair(s[0:]), pair(s[2:]), pair(s[4:])
	if day > 40 {
		day, kind = day-40, kind|DNumber
	}
	switch {
	case month > 80:
		month, kind = month-80, kind|Synthetic
	case month > 40:
		month, kind = month-40, kind|HNumber
	}
	return kind, month >= 1 && month <= 12 && day >= 1 && day <= monthDays(month, year)
}

// monthDays returns the number of days of a month. The year has two digits and an unknown century, so 29 February is
// accepted in a year 00.
func monthDays(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 {
			return 29
		}
		return 28
	}
	return 31
}

func pair(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
