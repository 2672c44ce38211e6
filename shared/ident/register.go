package ident

// Organisation checks a Norwegian organisation number and returns its nine digits.
func Organisation(s string) (string, Problem) {
	bare, problem := digits(s, 9)
	if problem != None {
		return "", problem
	}
	if weighted(bare, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 != 0 {
		return "", CheckDigit
	}
	return bare, None
}

// FormatOrganisation groups an organisation number for people: 987 654 325.
func FormatOrganisation(bare string) string {
	if len(bare) != 9 {
		return bare
	}
	return bare[:3] + " " + bare[3:6] + " " + bare[6:]
}

// Account checks a Norwegian bank account number and returns its eleven digits.
func Account(s string) (string, Problem) {
	bare, problem := digits(s, 11)
	if problem != None {
		return "", problem
	}
	if mod11(bare[:10]) != last(bare) {
		return "", CheckDigit
	}
	return bare, None
}

// FormatAccount groups an account number for people: 8601.11.17947.
func FormatAccount(bare string) string {
	if len(bare) != 11 {
		return bare
	}
	return bare[:4] + "." + bare[4:6] + "." + bare[6:]
}

// IBAN returns the international form of a checked Norwegian account number: 98 less the remainder by 97
// of account, N, O and 00, where letters count from A = 10.
func IBAN(bare string) string {
	remainder := 0
	for _, d := range bare + "232400" {
		remainder = (remainder*10 + int(d-'0')) % 97
	}
	check := 98 - remainder
	return "NO" + string(rune('0'+check/10)) + string(rune('0'+check%10)) + bare
}

// customerDigits is the length of a customer number, which is the number of an agreement.
const customerDigits = 7

// CustomerNumber checks the customer number that invoices and messages show: seven digits, the first not 0.
// It has no check digit; the KID made from it has one.
func CustomerNumber(s string) (string, Problem) {
	bare, problem := digits(s, customerDigits)
	if problem != None {
		return "", problem
	}
	if bare[0] == '0' {
		return "", Pattern
	}
	return bare, None
}
