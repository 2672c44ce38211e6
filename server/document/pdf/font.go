package pdf

import (
	"strings"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// The fonts are the Go fonts: they have the letters of all languages of Europe, and may be embedded.
const (
	family  = "go"
	regular = ""
	bold    = "B"
)

// glyphs returns whether the font has each character of the basic plane. Both weights have the same.
var glyphs = sync.OnceValue(func() []bool {
	const basicPlane = 1 << 16
	list := make([]bool, basicPlane)
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return list
	}
	var b sfnt.Buffer
	for r := range list {
		at, err := font.GlyphIndex(&b, rune(r))
		list[r] = err == nil && at != 0
	}
	return list
})

// printable returns a text with the characters that the font has. Others, such as Chinese letters in a name, become a question
// mark; all white space becomes a space.
func printable(text string) string {
	known := glyphs()
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u202f' || r == '\u2009':
			return '\u00a0'
		case r < ' ' || r == '\u2028' || r == '\u2029':
			return ' '
		case int(r) >= len(known) || !known[r]:
			return '?'
		}
		return r
	}, text)
}

// fonts returns the font files by style.
func fonts() map[string][]byte { return map[string][]byte{regular: goregular.TTF, bold: gobold.TTF} }
