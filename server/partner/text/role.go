// Package text is the role of a partner that sends text messages. Package oneapi is the real one, package sim
// delivers to the inbox of a development server; both pass the suite in package suite.
package text

import (
	"context"
	"strings"
	"unicode/utf8"

	"bompass/server/partner/permanent"
)

// Limits of a text message.
const (
	textMax   = 612 // characters: four parts of 153
	digitsMin = 6
	digitsMax = 15 // E.164
)

// SMS is one text message.
type SMS struct {
	ID   string // of the message: another attempt keeps it
	To   string // in the form +4712345678
	Text string
}

// Texter sends text messages. Its errors are permanent if another attempt cannot succeed. It is safe for
// concurrent use.
type Texter interface {
	Text(ctx context.Context, m SMS) error
}

// CheckNumber returns a permanent error for what is not a telephone number in international form.
func CheckNumber(number string) error {
	digits, ok := strings.CutPrefix(number, "+")
	if !ok || len(digits) < digitsMin || len(digits) > digitsMax || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return permanent.Errorf("invalid telephone number")
	}
	return nil
}

// Check returns a permanent error for a message that must not be sent.
func (m SMS) Check() error {
	if err := CheckNumber(m.To); err != nil {
		return err
	}
	if m.Text == "" || utf8.RuneCountInString(m.Text) > textMax || !utf8.ValidString(m.Text) {
		return permanent.Errorf("the text is empty, too long or not UTF-8")
	}
	return nil
}

// Unset is a Texter for a server without an operator.
type Unset struct{ Variable string } // the setting that is missing

// Text returns a permanent error that names the setting.
func (u Unset) Text(context.Context, SMS) error {
	return permanent.Errorf("text messages cannot be sent: %s is not set", u.Variable)
}
