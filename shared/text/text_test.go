package text_test

import (
	"testing"

	"bompass/shared/text"
)

func TestLineHasReadableCharactersOnly(t *testing.T) {
	for _, s := range []string{"", "Åse Ødegård", "O’Brien-Nuñez", "محمد علی\u200cزاده", "渡辺", "a\u00a0b", "😀", "PO-17 / 3"} {
		if !text.IsLine(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, r := range []rune{
		0, '\t', '\n', '\r', 0x1b, 0x7f, 0x85, 0xad, 0x061c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060,
		0x2066, 0x2069, 0xe000, 0xfeff, 0xfff9, 0xfffd, 0xfffe, 0xe0041, 0x10ffff,
	} {
		if s := "Kari" + string(r) + "Lund"; text.IsLine(s) {
			t.Errorf("%q is accepted", s)
		}
	}
	if text.IsLine("a\xffb") {
		t.Error("text that is not UTF-8 is accepted")
	}
}
