// Package sim delivers letters on paper to the inbox of a development server. It is never part of production.
//
// Letters to an address whose first line is Busy fail, so that a developer sees what happens then.
package sim

import (
	"context"
	"errors"
	"strings"

	mailsim "bompass/server/partner/mail/sim"
	"bompass/server/partner/print"
)

// Printer delivers to an inbox. It is safe for concurrent use.
type Printer struct{ inbox *mailsim.Inbox }

// New returns a Printer that delivers to inbox.
func New(inbox *mailsim.Inbox) Printer { return Printer{inbox} }

// Print delivers a letter.
func (p Printer) Print(ctx context.Context, l print.Letter) error {
	if err := l.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if strings.HasPrefix(l.To, "Busy\n") {
		return errors.New("letter: the printer is out of paper")
	}
	p.inbox.Keep(mailsim.Received{ID: l.ID, Paper: true, To: l.To, Subject: l.Subject, HTML: l.HTML, Language: l.Language})
	return nil
}
