package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/partner/message"
)

// Limits of delivery.
const (
	roundMax  = 20               // letters taken at once
	leaseFor  = 2 * time.Minute  // after which another server takes over a letter that was not reported on
	triesMax  = 12               // then a letter is given up: after about a day
	waitFirst = 10 * time.Second // doubled with every try
	waitMax   = 4 * time.Hour
	pause     = 500 * time.Millisecond // between looks at the outbox
)

// errExpired is why a letter is given up whose code opens nothing any more.
var errExpired = errors.New("the code in the letter is over")

// Outbox keeps letters.
type Outbox interface {
	// TakeMessages returns letters that are due, each to one taker, and makes them due again at again.
	TakeMessages(ctx context.Context, now, again time.Time, most int) ([]Message, error)
	// MarkMessageSent wipes a letter that has left.
	MarkMessageSent(ctx context.Context, id string, now time.Time) error
	// RescheduleMessage makes a letter due at an instant; a zero one gives it up and wipes it.
	RescheduleMessage(ctx context.Context, id string, now, due time.Time) error
}

// Sender takes letters from the outbox to the partners.
type Sender struct {
	outbox   Outbox
	seal     Sealer
	channels message.Channels
	now      func() time.Time
	log      *slog.Logger
}

// NewSender returns a Sender that sends with a partner.
func NewSender(outbox Outbox, seal Sealer, post message.Channels, now func() time.Time, log *slog.Logger) *Sender {
	return &Sender{outbox: outbox, seal: seal, channels: post, now: now, log: log}
}

// Run delivers until ctx ends.
func (c *Sender) Run(ctx context.Context) {
	for {
		sent, err := c.Round(ctx)
		if err != nil && ctx.Err() == nil {
			c.log.Error("letters are waiting", "err", err)
		}
		if sent == roundMax {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Round hands over the letters that are due and tells how many it took. What a partner refuses waits
// for its next try; a letter is handed over at least once, and again only when nobody can tell whether
// it left.
func (c *Sender) Round(ctx context.Context) (int, error) {
	now := c.now()
	letters, err := c.outbox.TakeMessages(ctx, now, now.Add(leaseFor), roundMax)
	if err != nil {
		return 0, err
	}
	for _, letter := range letters {
		if err := c.deliver(ctx, letter); err != nil {
			return len(letters), err
		}
	}
	return len(letters), nil
}

func (c *Sender) deliver(ctx context.Context, letter Message) error {
	err := c.send(ctx, letter)
	if err == nil {
		return c.outbox.MarkMessageSent(ctx, letter.ID, c.now())
	}
	if ctx.Err() != nil {
		return ctx.Err() // the lease ends by itself
	}
	next := time.Time{}
	if letter.Tries < triesMax && !message.Permanent(err) && !errors.Is(err, errExpired) {
		next = c.now().Add(Wait(letter.Tries))
	}
	c.log.Warn("letter was not taken", "letter", letter.ID, "kind", letter.Kind, "tries", letter.Tries, "given_up", next.IsZero(), "err", err)
	return c.outbox.RescheduleMessage(ctx, letter.ID, c.now(), next)
}

// Wait is how long after a try the next one comes.
func Wait(tries int) time.Duration {
	wait := waitFirst
	for range tries - 1 {
		if wait *= 2; wait >= waitMax {
			return waitMax
		}
	}
	return wait
}

func (c *Sender) send(ctx context.Context, letter Message) error {
	plain, err := c.seal.OpenText(letter.Key, letter.Sealed, letter.sealContext())
	if err != nil {
		return err
	}
	var text Text
	if err := json.Unmarshal(plain, &text); err != nil {
		return fmt.Errorf("read letter: %w", err)
	}
	switch {
	case !text.Until.IsZero() && !c.now().Before(text.Until):
		return errExpired
	case letter.Channel == SMS:
		return c.channels.Text(ctx, message.SMS{ID: letter.ID, To: text.To, Text: text.Lines[0]})
	case letter.Channel == Paper:
		sheet, err := text.Sheet(c.now())
		if err != nil {
			return err
		}
		return c.channels.Print(ctx, message.Sheet{ID: letter.ID, To: text.To, Subject: text.Subject, HTML: sheet, Language: text.Language})
	}
	html, err := text.HTML()
	if err != nil {
		return err
	}
	return c.channels.Mail(ctx, message.Mail{ID: letter.ID, To: text.To, Subject: text.Subject, Text: text.Plain(), HTML: html, Language: text.Language, At: c.now()})
}
