// Package text has the rule of what people may write in one line: names, addresses, references and other free text.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsLine reports whether a text is one line of readable characters: valid UTF-8 without control characters, separators
// of lines and paragraphs, marks that change the direction of what follows, and characters that are no letters and are
// not seen. Such characters make a name look like another one, or break a list, a log or a letter in two.
func IsLine(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, isHidden) }

// isHidden reports whether a character has no place in a line. The joiners U+200C and U+200D belong to the spelling of
// some languages.
func isHidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
		return true
	case unicode.Is(unicode.Cf, r):
		return r != '\u200c' && r != '\u200d'
	}
	return unicode.Is(unicode.Noncharacter_Code_Point, r)
}
