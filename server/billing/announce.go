package billing

import (
	"context"
	"fmt"
	"time"

	"bompass/server/notice"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
)

// AnnounceJob is the job that sends a payer an invoice or a reminder that was issued. It can be repeated.
type AnnounceJob struct {
	Number string `json:"number"`
}

// Kind returns the name of the job.
func (AnnounceJob) Kind() string { return "billing.announce" }

// MaxAttempts is the maximum number of attempts. It is large, because a setting may be missing for some days.
func (AnnounceJob) MaxAttempts() int { return 2 * attempts }

// Announcements stores which invoices have been sent.
type Announcements interface {
	// Electronic returns a document with what a file of it names beside.
	Electronic(ctx context.Context, number string) (Electronic, error)
	// Announce adds the message that brings an invoice to the outbox. It does nothing for an invoice that has been sent.
	Announce(ctx context.Context, id string, m notice.Message, at time.Time) error
}

// Announcer sends invoices and reminders to their payers by email. It is safe for concurrent use.
type Announcer struct {
	store  Announcements
	files  *Files
	writer *notice.Writer
	now    func() time.Time
}

// NewAnnouncer returns an Announcer.
func NewAnnouncer(store Announcements, files *Files, writer *notice.Writer, now func() time.Time) *Announcer {
	return &Announcer{store: store, files: files, writer: writer, now: now}
}

// Work performs an AnnounceJob.
func (a *Announcer) Work(ctx context.Context, j AnnounceJob, _ int) error {
	e, err := a.store.Electronic(ctx, j.Number)
	if err != nil {
		return err
	}
	const form = invoice.FormPDF
	name, _, err := a.files.File(ctx, e.Customer, j.Number, form)
	if err != nil {
		return fmt.Errorf("send invoice %s: %w", j.Number, err)
	}
	w, d := i18n.For(e.Language), &e.Document
	kind, of := notice.NewInvoice, []any{"period", w.T("invoices.period.text", "from", w.Day(d.From), "to", w.Day(d.To))}
	if d.Kind == invoice.KindReminder {
		kind, of = notice.NewReminder, []any{"invoice", d.Reminds}
	}
	m, err := a.writer.Mail(kind, notice.Recipient{Account: e.Account, Name: e.Buyer, Address: e.Email, Language: e.Language}, notice.Content{
		Params: append(of, "number", d.Number, "amount", w.Kroner(d.Claimed+d.Total), "due", w.Day(d.Due)),
		File:   &notice.FileRef{Name: name, ID: e.ID, Form: form},
	})
	if err != nil {
		return fmt.Errorf("send invoice %s: %w", j.Number, err)
	}
	return a.store.Announce(ctx, e.ID, m, a.now())
}
