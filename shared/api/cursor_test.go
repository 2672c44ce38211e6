package api_test

import (
	"strings"
	"testing"
	"time"

	"bompass/shared/api"
	"bompass/shared/toll"
)

func TestCursorIsParsedFromItsText(t *testing.T) {
	for _, at := range []time.Time{time.UnixMicro(1).UTC(), time.Date(2026, time.November, 30, 2, 6, 15, 123456000, time.UTC)} {
		want := api.Cursor{At: at, ID: toll.FormatPassageID([16]byte{0xfe, 1, 2, 3, 15: 0xff})}
		if got, err := api.ParseCursor(want.String()); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

func TestOtherTextsAreNoCursors(t *testing.T) {
	good := api.Cursor{At: time.UnixMicro(1_700_000_000_000_000), ID: toll.FormatPassageID([16]byte{1})}.String()
	for _, s := range []string{
		"", "x", good[1:], good + "A", good + "=", good[:4] + "\n" + good[4:], good[:31] + "\n", good[:31] + "*", strings.Repeat("A", 32), strings.Repeat("_", 32),
		"1700000000000000_00000000-0000-0000-0000-000000000001",
	} {
		if c, err := api.ParseCursor(s); err == nil {
			t.Errorf("%q was parsed as %v", s, c)
		}
	}
}

// Two texts never name the same position, and the instant is one that the database can store.
func FuzzCursorHasOneText(f *testing.F) {
	f.Add(api.Cursor{At: time.UnixMicro(1_700_000_000_000_000), ID: toll.FormatPassageID([16]byte{1})}.String())
	f.Add("")
	f.Add("\xff_-\n=")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := api.ParseCursor(s)
		if err != nil {
			return
		}
		if c.String() != s || c.At.Year() > 9999 || c.At.Unix() < 0 {
			t.Errorf("%q was parsed as %v, whose text is %q", s, c, c.String())
		}
	})
}
