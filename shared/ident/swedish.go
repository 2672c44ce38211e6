package ident

// PersonNumber checks a Swedish personal identity number written with its century, ÅÅÅÅMMDD-XXXX, and
// returns its twelve digits. A coordination number, day + 60, is one too.
func PersonNumber(s string) (string, Problem) {
	bare, problem := digits(s, 12)
	if problem != None {
		return "", problem
	}
	day, month := pair(bare[6:]), pair(bare[4:])
	if day > 60 {
		day -= 60
	}
	if month < 1 || month > 12 || day < 1 || day > monthDays(month, pair(bare[2:])) || bare[:2] != "19" && bare[:2] != "20" {
		return "", NoDate
	}
	if mod10(bare[2:11]) != last(bare) {
		return "", CheckDigit
	}
	return bare, None
}

// ForeignOrganisation checks an organisation number with its prefix, 16XXXXXX-XXXX, with which
// companies without a Norwegian number sign in, and returns its twelve digits.
func ForeignOrganisation(s string) (string, Problem) {
	bare, problem := digits(s, 12)
	switch {
	case problem != None:
		return "", problem
	case bare[:2] != "16" || bare[4] < '2': // a third digit of 2 or more cannot be a month of birth
		return "", Pattern
	case mod10(bare[2:11]) != last(bare):
		return "", CheckDigit
	}
	return bare, None
}
