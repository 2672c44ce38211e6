// Package sim is the inbox of a development server: it takes mail for every address, and text messages and letters
// that packages text/sim and print/sim pass on, and lists them. It is never part of production.
//
// Addresses that begin with unknown@, busy@ and slow@ fail, so that a developer sees what happens then.
package sim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"bompass/server/partner/mail"
	"bompass/server/partner/permanent"
)

// keptMax is the maximum number of messages in the inbox; the oldest goes first.
const keptMax = 500

// Received is a message in the inbox.
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
	Files    []mail.File
}

// Inbox is the inbox. It is safe for concurrent use.
type Inbox struct {
	now func() time.Time

	mu   sync.Mutex
	kept []Received
}

// NewInbox returns an empty Inbox.
func NewInbox(now func() time.Time) *Inbox { return &Inbox{now: now} }

// Mail takes a mail.
func (b *Inbox) Mail(ctx context.Context, m mail.Mail) error {
	if err := m.Check(); err != nil {
		return err
	}
	name, _, _ := strings.Cut(m.To, "@")
	switch name {
	case "unknown":
		return permanent.Errorf("mail: no such recipient")
	case "busy":
		return errors.New("mail: mailbox full")
	case "slow":
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b.Keep(Received{ID: m.ID, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Language: m.Language, Files: m.Files})
	return nil
}

// Keep adds a message. A message that is there already is the same message, and is not added again.
func (b *Inbox) Keep(r Received) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.kept, func(k Received) bool { return k.ID == r.ID }) {
		return
	}
	r.At = b.now()
	b.kept = append(b.kept, r)
	if len(b.kept) > keptMax {
		b.kept = slices.Delete(b.kept, 0, len(b.kept)-keptMax)
	}
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

// List returns the messages, newest first: all of them if to is empty, else those to one address or number.
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
