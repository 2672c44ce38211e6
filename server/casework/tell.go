package casework

import (
	"context"
	"time"

	"bompass/server/notice"
)

// tellAttempts is the maximum number of attempts to write a mail.
const tellAttempts = 10

// TellJob is the job that mails whoever opened a case that customer service has written. It can be repeated.
type TellJob struct {
	Message int64 `json:"message"`
}

// Kind returns the name of the job.
func (TellJob) Kind() string { return "casework.tell" }

// MaxAttempts is the maximum number of attempts.
func (TellJob) MaxAttempts() int { return tellAttempts }

// TellStore stores of which messages people have been told.
type TellStore interface {
	// Tell adds the mail that write makes to the outbox, once for a message.
	Tell(ctx context.Context, message int64, at time.Time, write func(to notice.Recipient, number int64) (notice.Message, error)) error
}

// Teller mails people that customer service has written. It is safe for concurrent use.
type Teller struct {
	store  TellStore
	writer *notice.Writer
	now    func() time.Time
}

// NewTeller returns a Teller.
func NewTeller(store TellStore, writer *notice.Writer, now func() time.Time) *Teller {
	return &Teller{store: store, writer: writer, now: now}
}

// Work performs a TellJob. The mail has the number of the case, and nothing of what was written.
func (t *Teller) Work(ctx context.Context, j TellJob, _ int) error {
	return t.store.Tell(ctx, j.Message, t.now(), func(to notice.Recipient, number int64) (notice.Message, error) {
		return t.writer.Mail(notice.CaseAnswered, to, notice.Content{Link: Address(number), Params: []any{"number", Number(number)}})
	})
}
