package text_test

import (
	"testing"

	"bompass/shared/text"
)

func TestCodesAreReadAsTheyArePasted(t *testing.T) {
	for _, s := range []string{
		"123456", " 123 456", "123-456", "123\u00a0456", "123\u202f456", "１２３４５６", "１２３－４５６", "\ufeff123456\u200b", "123–456", "123−456", "\t123456\r\n",
		"١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "১২৩৪৫৬", "12\u00ad3456",
	} {
		if got := text.Code(s); got != "123456" {
			t.Errorf("%q is read as %q", s, got)
		}
	}
	for s, want := range map[string]string{"abcd-ef23": "ABCDEF23", "ＡＢＣＤ　ef23": "ABCDEF23", "12a": "12A", "": "", "12.3": "12.3", "߁": "߁"} {
		if got := text.Code(s); got != want {
			t.Errorf("%q is read as %q, want %q", s, got, want)
		}
	}
}

func TestLengthsCountCharacters(t *testing.T) {
	for s, n := range map[string]int{"": 0, "abc": 3, "æøå": 3, "渡辺": 2, "محمد": 4} {
		if !text.HasAtMost(s, n) || n > 0 && text.HasAtMost(s, n-1) {
			t.Errorf("%q does not count as %d characters", s, n)
		}
	}
}
