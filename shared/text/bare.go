package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bare returns a number or code without the characters that people and programs put between or around its own: spaces
// of any kind, dashes, and characters that are not seen. Digits of other scripts become 0 to 9, and the wide letters and
// signs of East Asian keyboards become ASCII.
func Bare(s string) string { return strings.Map(bare, s) }

// bare returns what stands for a character, -1 for nothing.
func bare(r rune) rune {
	switch {
	case r > ' ' && r < unicode.MaxASCII && r != '-':
		return r
	case r >= '！' && r <= '～': // the wide forms of ! to ~
		return bare(r - '！' + '!')
	case r == '-', r == '−', unicode.IsSpace(r), unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf):
		return -1
	}
	for _, zero := range []rune{'٠', '۰', '०', '০'} { // Arabic, Persian, Devanagari, Bengali
		if r >= zero && r <= zero+9 {
			return r - zero + '0'
		}
	}
	return r
}

// Code returns a one-time or recovery code in the form in which it is compared.
func Code(s string) string { return strings.ToUpper(Bare(s)) }

// HasAtMost reports whether a text has at most n characters. An emoji of several parts counts as its parts.
func HasAtMost(s string, n int) bool { return utf8.RuneCountInString(s) <= n }
