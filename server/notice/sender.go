package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bompass/server/partner/mail"
	"bompass/server/partner/permanent"
	"bompass/server/partner/print"
	"bompass/server/partner/text"
	"bompass/shared/invoice"
)

// Limits of delivery.
const (
	attemptsMax   = 12               // after which a message is given up, in about a day
	attemptsSpare = 8                // for attempts that a killed server did not finish
	waitFirst     = 10 * time.Second // doubled with every attempt
	waitMax       = 4 * time.Hour
)

// SendJob is the job that sends one message of the outbox.
type SendJob struct {
	ID string `json:"id"` // of the message
}

// Kind returns the name of the job.
func (SendJob) Kind() string { return "message.send" }

// MaxAttempts is the maximum number of attempts. It is larger than what Send tries, so that Send, and not the
// queue, gives a message up and deletes its text.
func (SendJob) MaxAttempts() int { return attemptsMax + attemptsSpare }

// SendJobs returns the jobs that send messages.
func SendJobs(messages []Message) []SendJob {
	jobs := make([]SendJob, 0, len(messages))
	for _, m := range messages {
		jobs = append(jobs, SendJob{m.ID})
	}
	return jobs
}

// errExpired is the error of a message whose code is no longer valid.
var errExpired = errors.New("the code in the message has expired")

// Outbox stores messages until they are sent or given up.
type Outbox interface {
	// WaitingMessage returns a message; found is false if it was sent, given up or deleted.
	WaitingMessage(ctx context.Context, id string) (m Message, found bool, err error)
	// MarkMessageSent deletes the text of a message that was sent.
	MarkMessageSent(ctx context.Context, id string, now time.Time) error
	// GiveUpMessage deletes the text of a message that cannot be sent.
	GiveUpMessage(ctx context.Context, id string, now time.Time) error
}

// Channels are the partners that messages go through.
type Channels struct {
	mail.Mailer
	text.Texter
	print.Printer
}

// Files returns the files that messages bring.
type Files interface {
	KeptFile(ctx context.Context, id string, form invoice.Form) ([]byte, error)
}

// Sender sends the messages of the outbox through partners.
type Sender struct {
	outbox   Outbox
	files    Files
	seal     Sealer
	channels Channels
	now      func() time.Time
}

// NewSender returns a Sender that sends through channels.
func NewSender(outbox Outbox, seal Sealer, channels Channels, now func() time.Time) *Sender {
	return &Sender{outbox: outbox, seal: seal, channels: channels, now: now}
}

// WithFiles returns a Sender whose messages may bring files.
func (s *Sender) WithFiles(files Files) *Sender {
	other := *s
	other.files = files
	return &other
}

// Send sends the message of a job; attempt counts from 1. A message is handed over at least once, and twice only
// if it is unknown whether it left. After the last attempt, after an error that another attempt cannot change, and
// once its code has expired, a message is given up: the error is then permanent.
func (s *Sender) Send(ctx context.Context, job SendJob, attempt int) error {
	m, found, err := s.outbox.WaitingMessage(ctx, job.ID)
	if err != nil || !found {
		return err
	}
	err = s.deliver(ctx, m)
	if err == nil {
		return s.outbox.MarkMessageSent(ctx, m.ID, s.now())
	}
	// The server is stopping: the message is tried again, and this attempt does not lead to giving up.
	if ctx.Err() != nil {
		return fmt.Errorf("send message %s: %w", m.ID, err)
	}
	if attempt < attemptsMax && !permanent.Is(err) && !errors.Is(err, errExpired) {
		return fmt.Errorf("send message %s (%s): %w", m.ID, m.Kind, err)
	}
	if failed := s.outbox.GiveUpMessage(ctx, m.ID, s.now()); failed != nil {
		return failed
	}
	return permanent.Errorf("give up message %s (%s): %w", m.ID, m.Kind, err)
}

// Wait returns the duration between a failed attempt and the next.
func Wait(attempt int) time.Duration {
	wait := waitFirst
	for range attempt - 1 {
		if wait *= 2; wait >= waitMax {
			return waitMax
		}
	}
	return wait
}

// deliver opens the sealed text of a message and hands it to the partner of its channel.
func (s *Sender) deliver(ctx context.Context, m Message) error {
	plain, err := s.seal.OpenText(m.Key, m.Sealed, m.sealContext())
	if err != nil {
		return err
	}
	var t Text
	if err := json.Unmarshal(plain, &t); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	switch {
	case !t.Until.IsZero() && !s.now().Before(t.Until):
		return errExpired
	case m.Channel == SMS:
		return s.channels.Text(ctx, text.SMS{ID: m.ID, To: t.To, Text: t.Lines[0]})
	case m.Channel == Paper:
		sheet, err := t.Sheet(s.now())
		if err != nil {
			return err
		}
		return s.channels.Print(ctx, print.Letter{
			ID: m.ID, To: t.To, Subject: t.Subject, HTML: sheet, Language: t.Language,
		})
	}
	html, err := t.HTML()
	if err != nil {
		return err
	}
	letter := mail.Mail{ID: m.ID, To: t.To, Subject: t.Subject, Text: t.Plain(), HTML: html, Language: t.Language, At: s.now()}
	if t.File != nil {
		body, err := s.files.KeptFile(ctx, t.File.ID, t.File.Form)
		if err != nil {
			return err
		}
		letter.Files = []mail.File{{Name: t.File.Name, Type: t.File.Form.MediaType(), Body: body}}
	}
	return s.channels.Mail(ctx, letter)
}
