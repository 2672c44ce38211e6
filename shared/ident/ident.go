// Package ident checks numbers that people type: birth number, organisation number, bank account, KID,
// customer number, phone number and plate.
//
// A valid number can exist; only a register can say whether it does. Input may contain the usual separators;
// results contain none.
package ident

import (
	"strings"

	"bompass/shared/text"
)

// Problem is the reason why a number is invalid. Its texts are in package i18n under "ident.<problem>".
type Problem string

// The problems.
const (
	None       Problem = ""            // the number is valid
	Missing    Problem = "missing"     // nothing but separators
	Length     Problem = "length"      // too few or too many characters
	NotDigits  Problem = "not-digits"  // a letter where digits belong
	NoDate     Problem = "no-date"     // no such day in the calendar
	CheckDigit Problem = "check-digit" // two digits swapped, or one mistyped
	NoKID      Problem = "no-kid"      // modulus 11 gives this payload no digit
	Pattern    Problem = "pattern"     // letters and digits are not in the order of the country's pattern
	Confusable Problem = "confusable"  // a letter that the country does not use on plates
)

// digits removes the usual separators and checks that n digits remain.
func digits(s string, n int) (string, Problem) {
	s, problem := number(s)
	if problem == None && len(s) != n {
		problem = Length
	}
	return s, problem
}

// number removes separators and checks that only digits remain.
func number(s string) (string, Problem) {
	s = strings.ReplaceAll(text.Bare(s), ".", "")
	if s == "" {
		return "", Missing
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", NotDigits
		}
	}
	return s, None
}
