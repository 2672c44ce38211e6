// Package sim delivers text messages to the inbox of a development server. It is never part of production.
//
// Numbers that end in 404, 429 and 408 fail, so that a developer sees what happens then.
package sim

import (
	"context"
	"errors"
	"strings"

	mailsim "bompass/server/partner/mail/sim"
	"bompass/server/partner/permanent"
	"bompass/server/partner/text"
)

// Texter delivers to an inbox. It is safe for concurrent use.
type Texter struct{ inbox *mailsim.Inbox }

// New returns a Texter that delivers to inbox.
func New(inbox *mailsim.Inbox) Texter { return Texter{inbox} }

// Text delivers a message.
func (t Texter) Text(ctx context.Context, m text.SMS) error {
	if err := m.Check(); err != nil {
		return err
	}
	switch {
	case strings.HasSuffix(m.To, "404"):
		return permanent.Errorf("text message: no such number")
	case strings.HasSuffix(m.To, "429"):
		return errors.New("text message: too many messages")
	case strings.HasSuffix(m.To, "408"):
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t.inbox.Keep(mailsim.Received{ID: m.ID, SMS: true, To: m.To, Text: m.Text})
	return nil
}
