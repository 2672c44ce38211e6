// Package ident owns the form of numbers that people type and letters carry: birth number,
// organisation number, bank account, KID, customer number and plate, with their check digits.
//
// It says whether a number can exist, never whether it does: that is a register's answer. Numbers are
// taken as written, with the separators people use, and given back bare.
package ident

import "strings"

// Problem says what is wrong with a number; words for it live in package i18n under "ident.<problem>".
type Problem string

// The problems.
const (
	None       Problem = ""            // nothing is wrong
	Missing    Problem = "missing"     // nothing but separators
	Length     Problem = "length"      // too few or too many characters
	NotDigits  Problem = "not-digits"  // a letter where digits belong
	NoDate     Problem = "no-date"     // no such day in the calendar
	CheckDigit Problem = "check-digit" // two digits swapped, or one mistyped
	NoKID      Problem = "no-kid"      // modulus 11 gives this payload no digit
	Pattern    Problem = "pattern"     // letters and digits are not where the country puts them
	Confusable Problem = "confusable"  // a letter the country never uses on plates
)

// digits strips the separators people write between groups, and checks that n digits are left.
func digits(s string, n int) (string, Problem) {
	s, problem := number(s)
	if problem == None && len(s) != n {
		problem = Length
	}
	return s, problem
}

// number strips separators and checks that digits are left.
func number(s string) (string, Problem) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '.', '-', '\u00a0', '\u202f', '\u2011', '\u2013':
			return -1
		}
		return r
	}, s)
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
