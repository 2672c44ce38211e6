// Package message owns the ways out to people: mail through SMTP, text messages through an operator,
// letters on paper through a folder that somebody prints, and the built-in mailbox that stands in for
// all of them while the product is being tried out.
//
// It carries what package notice wrote. Whether and when a message is tried again is decided there.
package message

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a message.
const (
	addressMax = 254
	subjectMax = 200
	bodyMax    = 64 << 10
	smsMax     = 612 // four parts of 153 characters
	linesMax   = 8   // of a postal address
)

// Mail is one mail to one person.
type Mail struct {
	ID       string // of the letter: a mail that is tried again keeps it
	To       string
	Subject  string
	Text     string
	HTML     string
	Language string
	At       time.Time
}

// SMS is one text message.
type SMS struct {
	ID   string
	To   string // +4712345678
	Text string
}

// Sheet is one letter on paper, ready to be printed and put into an envelope with a window.
type Sheet struct {
	ID       string
	To       string // name and postal address, a line each
	Subject  string
	HTML     string
	Language string
}

// Mailer sends mail.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}

// Texter sends text messages.
type Texter interface {
	Text(ctx context.Context, m SMS) error
}

// Printer hands letters to whoever prints and posts them.
type Printer interface {
	Print(ctx context.Context, s Sheet) error
}

// Channels sends all of them.
type Channels interface {
	Mailer
	Texter
	Printer
}

// By joins partners into one Post.
type By struct {
	Mailer
	Texter
	Printer
}

// permanent is an error that trying again cannot mend.
type permanent struct{ error }

// Unwrap is the cause.
func (p permanent) Unwrap() error { return p.error }

// Permanent tells whether trying again is of no use.
func Permanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}

// refuse makes an error permanent.
func refuse(format string, args ...any) error { return permanent{fmt.Errorf(format, args...)} }

// check refuses what no mail may be: above all, a line break in a header would add headers of the
// writer's choice, V1.3.11.
func (m Mail) check() error {
	switch {
	case len(m.To) > addressMax || strings.Count(m.To, "@") != 1 || strings.ContainsFunc(m.To, breaks):
		return refuse("the mail's address is none")
	case m.Subject == "" || len(m.Subject) > subjectMax || strings.ContainsFunc(m.Subject, unicode.IsControl):
		return refuse("the mail's subject is empty, too long or broken")
	case m.Text == "" || len(m.Text)+len(m.HTML) > bodyMax || !utf8.ValidString(m.Text+m.HTML):
		return refuse("the mail's text is empty, too long or broken")
	}
	return nil
}

func breaks(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == ',' || r == ';' }

// check refuses what no text message may be.
func (m SMS) check() error {
	number, ok := strings.CutPrefix(m.To, "+")
	if !ok || len(number) < 6 || len(number) > 15 || strings.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' }) {
		return refuse("the number is none")
	}
	if m.Text == "" || utf8.RuneCountInString(m.Text) > smsMax || !utf8.ValidString(m.Text) {
		return refuse("the text message is empty, too long or broken")
	}
	return nil
}

// check refuses what no letter on paper may be. Its id names a file.
func (s Sheet) check() error {
	switch {
	case s.ID == "" || strings.Trim(s.ID, "0123456789abcdefghijklmnopqrstuvwxyz-") != "":
		return refuse("the letter's id is none")
	case strings.TrimSpace(s.To) == "" || strings.Count(s.To, "\n") >= linesMax:
		return refuse("the letter's address is none")
	case s.HTML == "" || len(s.HTML) > bodyMax || !utf8.ValidString(s.HTML):
		return refuse("the letter's text is empty, too long or broken")
	}
	return nil
}

// Unset stands where no operator or folder is configured: nothing leaves, and nobody is told it did.
type Unset struct{ Variable string }

// Print refuses, naming the variable to set.
func (u Unset) Print(context.Context, Sheet) error {
	return refuse("no letter can be printed: %s is not set", u.Variable)
}

// Text refuses, naming the variable to set.
func (u Unset) Text(context.Context, SMS) error {
	return refuse("no text message can be sent: %s is not set", u.Variable)
}
