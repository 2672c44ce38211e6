// Package mail is the role of a partner that sends email. Package smtp is the real one, package sim the inbox of a
// development server; both pass the suite in package suite.
//
// A partner transports what package notice wrote. Whether and when a mail is attempted again is decided there.
package mail

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bompass/server/partner/permanent"
)

// Limits of a mail.
const (
	addressMax = 254 // RFC 5321 section 4.5.3.1, less the angle brackets
	subjectMax = 200
	bodyMax    = 64 << 10 // both forms together
	filesMax   = 15 << 20 // all files together: many mail servers take 25 MB of text, which a third of is encoding
	nameMax    = 100
)

// File is a file that a mail brings.
type File struct {
	Name string
	Type string // media type
	Body []byte
}

// Mail is one email to one person.
type Mail struct {
	ID       string // of the message: another attempt keeps it, so that a recipient's program drops a second copy
	To       string
	Subject  string
	Text     string // plain text
	HTML     string // may be empty
	Language string // BCP 47; may be empty
	At       time.Time
	Files    []File
}

// Mailer sends email. Its errors are permanent if another attempt cannot succeed. It is safe for concurrent use.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}

// Check returns a permanent error for a mail that must not be sent. A line break in a header would add headers of
// the writer's choice (ASVS V1.3.11), and a comma further recipients.
func (m Mail) Check() error {
	switch {
	case len(m.To) > addressMax || strings.Count(m.To, "@") != 1 || strings.ContainsFunc(m.To, separates):
		return permanent.Errorf("invalid email address")
	case m.Subject == "" || len(m.Subject) > subjectMax || strings.ContainsFunc(m.Subject, unicode.IsControl):
		return permanent.Errorf("the subject is empty, too long or has control characters")
	case m.Text == "" || len(m.Text)+len(m.HTML) > bodyMax || !utf8.ValidString(m.Text+m.HTML):
		return permanent.Errorf("the text is empty, too long or not UTF-8")
	}
	size := 0
	for _, f := range m.Files {
		if f.Name == "" || len(f.Name) > nameMax || strings.ContainsFunc(f.Name+f.Type, unicode.IsControl) || strings.ContainsAny(f.Name, `/\"`) {
			return permanent.Errorf("the name of a file is empty, too long or no name")
		}
		size += len(f.Body)
	}
	if size > filesMax {
		return permanent.Errorf("the files are too large: %d bytes", size)
	}
	return nil
}

// separates reports whether a character would end an address.
func separates(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || r == ',' || r == ';'
}
