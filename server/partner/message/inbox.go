package message

import (
	"context"
	"slices"
	"sync"
	"time"
)

// inboxMax bounds what the mailbox keeps; the oldest goes first.
const inboxMax = 500

// Received is a message in the mailbox.
type Received struct {
	ID       string
	SMS      bool
	Paper    bool
	To       string
	Subject  string
	Text     string
	HTML     string
	Language string
	At       time.Time
}

// Inbox is the built-in mailbox: it takes mail, text messages and letters for everybody and shows them to
// whoever tries the product out. It is never part of production.
type Inbox struct {
	now func() time.Time

	mu   sync.Mutex
	kept []Received
}

// NewInbox returns an empty mailbox.
func NewInbox(now func() time.Time) *Inbox { return &Inbox{now: now} }

// Mail keeps a mail.
func (b *Inbox) Mail(_ context.Context, m Mail) error {
	if err := m.check(); err != nil {
		return err
	}
	b.keep(Received{ID: m.ID, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Language: m.Language})
	return nil
}

// Text keeps a text message.
func (b *Inbox) Text(_ context.Context, m SMS) error {
	if err := m.check(); err != nil {
		return err
	}
	b.keep(Received{ID: m.ID, SMS: true, To: m.To, Text: m.Text})
	return nil
}

// Print keeps a letter on paper.
func (b *Inbox) Print(_ context.Context, s Sheet) error {
	if err := s.check(); err != nil {
		return err
	}
	b.keep(Received{ID: s.ID, Paper: true, To: s.To, Subject: s.Subject, HTML: s.HTML, Language: s.Language})
	return nil
}

// Find returns a message by its id.
func (b *Inbox) Find(id string) (Received, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.IndexFunc(b.kept, func(k Received) bool { return k.ID == id })
	if at < 0 {
		return Received{}, false
	}
	return b.kept[at], true
}

// keep takes a message once: one that is handed over again is the same message.
func (b *Inbox) keep(r Received) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.kept, func(k Received) bool { return k.ID == r.ID }) {
		return
	}
	r.At = b.now()
	b.kept = append(b.kept, r)
	if len(b.kept) > inboxMax {
		b.kept = slices.Delete(b.kept, 0, len(b.kept)-inboxMax)
	}
}

// List is everything, newest first; for one address or number when to is given.
func (b *Inbox) List(to string) []Received {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Received
	for _, r := range slices.Backward(b.kept) {
		if to == "" || r.To == to {
			list = append(list, r)
		}
	}
	return list
}
