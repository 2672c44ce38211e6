// Package suite is the conformance suite of the role print: every Printer passes it, the simulator and the real ones.
package suite

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/permanent"
	"bompass/server/partner/print"
)

// Setup is a Printer with the partner behind it.
type Setup struct {
	Printer print.Printer
	Printed func() map[string]string // HTML of the letters by their id
	Break   func() print.Letter      // makes printing fail for now; returns a letter that is not printed
}

// Sample is a letter.
func Sample() print.Letter {
	return print.Letter{
		ID: "0196a000-0000-7000-8000-000000009003", To: "Kari Lund\nStorgata 1\n0155 Oslo", Subject: "Kode", HTML: "<p>Kode på ark</p>", Language: "nb",
	}
}

// Run runs the suite. open returns a new Setup.
func Run(t *testing.T, open func(t *testing.T) Setup) {
	t.Helper()
	t.Run("a letter is printed once", func(t *testing.T) { prints(t, open(t)) })
	t.Run("an invalid letter is refused for good", func(t *testing.T) { refusesInvalid(t, open(t)) })
	t.Run("a printer that is down may come back", func(t *testing.T) { survivesOutage(t, open(t)) })
	t.Run("nothing is printed after the context has ended", func(t *testing.T) { endsWithContext(t, open(t)) })
}

// prints checks that a letter is printed once, although it is handed over twice.
func prints(t *testing.T, s Setup) {
	t.Helper()
	l := Sample()
	for range 2 { // another attempt prints the same letter, not a second one
		if err := s.Printer.Print(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]string{l.ID: l.HTML}, s.Printed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusesInvalid checks that invalid letters are refused with a permanent error.
func refusesInvalid(t *testing.T, s Setup) {
	t.Helper()
	for what, change := range map[string]func(*print.Letter){
		"an id that is a path":       func(l *print.Letter) { l.ID = "../x" },
		"no id":                      func(l *print.Letter) { l.ID = "" },
		"no address":                 func(l *print.Letter) { l.To = " " },
		"an address of many lines":   func(l *print.Letter) { l.To = strings.Repeat("Kari\n", 8) + "Oslo" },
		"no text":                    func(l *print.Letter) { l.HTML = "" },
		"a long text":                func(l *print.Letter) { l.HTML = strings.Repeat("x", 70<<10) },
		"a text that is not UTF-8":   func(l *print.Letter) { l.HTML = "\xff" },
		"an id with capital letters": func(l *print.Letter) { l.ID = "ABC" },
	} {
		l := Sample()
		change(&l)
		if err := s.Printer.Print(t.Context(), l); !permanent.Is(err) {
			t.Errorf("%s: got %v, want a permanent error", what, err)
		}
	}
	if got := s.Printed(); len(got) != 0 {
		t.Errorf("%d letters were printed", len(got))
	}
}

func survivesOutage(t *testing.T, s Setup) {
	t.Helper()
	l := s.Break()
	if err := s.Printer.Print(t.Context(), l); err == nil || permanent.Is(err) {
		t.Errorf("got %v, want an error that may pass", err)
	}
}

// endsWithContext checks that nothing is printed after the context has ended.
func endsWithContext(t *testing.T, s Setup) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Printer.Print(ctx, Sample()); err == nil || permanent.Is(err) || len(s.Printed()) != 0 {
		t.Errorf("got %v, %d letters", err, len(s.Printed()))
	}
}
