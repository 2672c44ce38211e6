package ident

import (
	"strings"

	"bompass/shared/text"
)

// Lengths of phone numbers: ITU-T E.164 allows fifteen digits including the country code.
const (
	phoneMin       = 7
	phoneMax       = 15
	norwegianPhone = 8
)

// Phone checks a phone number and returns it with its country code, +4790000001. Without a country code, eight
// digits that do not begin with 0 or 1 are Norwegian.
func Phone(s string) (string, Problem) {
	s = text.Bare(s)
	rest, international := strings.CutPrefix(s, "+")
	if !international {
		rest, international = strings.CutPrefix(s, "00")
	}
	rest = strings.NewReplacer("(", "", ")", "", "/", "").Replace(rest)
	bare, problem := number(rest)
	switch {
	case problem != None:
		return "", problem
	case international && (len(bare) < phoneMin || len(bare) > phoneMax):
		return "", Length
	case international && bare[0] == '0':
		return "", Pattern
	case international:
		return "+" + bare, None
	case len(bare) != norwegianPhone:
		return "", Length
	case bare[0] == '0' || bare[0] == '1':
		return "", Pattern
	}
	return "+47" + bare, None
}
