// Package print is the role of a partner that prints letters and posts them. Package folder is the real one,
// package sim delivers to the inbox of a development server; both pass the suite in package suite.
package print

import (
	"context"
	"strings"
	"unicode/utf8"

	"bompass/server/partner/permanent"
)

// Limits of a letter.
const (
	bodyMax  = 64 << 10
	linesMax = 8 // of a postal address
)

// Letter is one letter on paper, ready to be printed and put into an envelope with a window.
type Letter struct {
	ID       string // of the message: another attempt keeps it; it names a file
	To       string // name and postal address, a line each
	Subject  string
	HTML     string
	Language string
}

// Printer hands letters to those who print and post them. Its errors are permanent if another attempt cannot
// succeed. It is safe for concurrent use.
type Printer interface {
	Print(ctx context.Context, l Letter) error
}

// Check returns a permanent error for a letter that must not be printed.
func (l Letter) Check() error {
	switch {
	case l.ID == "" || strings.Trim(l.ID, "0123456789abcdefghijklmnopqrstuvwxyz-") != "":
		return permanent.Errorf("invalid letter id")
	case strings.TrimSpace(l.To) == "" || strings.Count(l.To, "\n") >= linesMax:
		return permanent.Errorf("invalid postal address")
	case l.HTML == "" || len(l.HTML) > bodyMax || !utf8.ValidString(l.HTML):
		return permanent.Errorf("the text is empty, too long or not UTF-8")
	}
	return nil
}

// Unset is a Printer for a server without a folder.
type Unset struct{ Variable string } // the setting that is missing

// Print returns a permanent error that names the setting.
func (u Unset) Print(context.Context, Letter) error {
	return permanent.Errorf("letters cannot be printed: %s is not set", u.Variable)
}
