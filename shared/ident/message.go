package ident

import (
	"strings"

	"bompass/shared/text"
)

// messageAlphabet are the characters of a message's number: Crockford's base 32, without letters that look like
// digits or another letter.
const messageAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// messageRandom is the number of random characters in a message's number; one check character follows.
const messageRandom = 9

// NewMessageNumber returns the number that stands in a message to a person: nine characters of five random bits and a
// check character.
func NewMessageNumber(random [messageRandom]byte) string {
	number := make([]byte, 0, messageRandom+1)
	for _, b := range random {
		number = append(number, messageAlphabet[b&31])
	}
	return string(append(number, messageAlphabet[messageCheck(string(number))]))
}

// MessageNumber returns the number of a message as it is stored. Letter case, spaces and hyphens do not matter, nor
// whether O, I, L and U were read for 0, 1 and V.
func MessageNumber(s string) (bare string, problem Problem) {
	s = strings.NewReplacer("O", "0", "I", "1", "L", "1", "U", "V", ".", "").Replace(text.Code(s))
	if s == "" {
		return "", Missing
	}
	if len(s) != messageRandom+1 {
		return "", Length
	}
	for _, r := range s {
		if !strings.ContainsRune(messageAlphabet, r) {
			return "", Pattern
		}
	}
	if messageAlphabet[messageCheck(s[:messageRandom])] != s[messageRandom] {
		return "", CheckDigit
	}
	return s, None
}

// FormatMessageNumber returns a message's number in two groups of five.
func FormatMessageNumber(bare string) string {
	const half = (messageRandom + 1) / 2
	if len(bare) != 2*half {
		return bare
	}
	return bare[:half] + "-" + bare[half:]
}

// messageCheck returns the check character's value: the payload as a polynomial over the field of 32 elements, at the
// element x. It finds every wrong character and every swap of two neighbours before it.
func messageCheck(payload string) int {
	check := 0
	for _, r := range payload {
		check = (check ^ strings.IndexRune(messageAlphabet, r)) << 1
		if check > 31 {
			check ^= 0b100101 // x⁵ + x² + 1
		}
	}
	return check
}
