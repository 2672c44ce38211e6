package privacy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/notice"
)

// EraseAfter is the time between a request for erasure and the erasure, in which the person can withdraw it. The
// law allows a month (GDPR article 12(3)).
const EraseAfter = 14 * 24 * time.Hour

// Limits of a round of erasures.
const (
	EraseInterval = time.Hour
	eraseBatch    = 100 // accounts in one round
)

// ErasureStore erases accounts.
type ErasureStore interface {
	// DueErasures lists the accounts whose owner asked before an instant and that nothing keeps any more: no
	// agreement in force, no passage that must be kept by law, and no company that they own.
	DueErasures(ctx context.Context, before, now time.Time, most int) ([]notice.Recipient, error)
	// Erase deletes an account and what belongs to it, if it is still due. It reports whether it did.
	Erase(ctx context.Context, who notice.Recipient, before, now time.Time, messages []notice.Message) (bool, error)
}

// Eraser erases the accounts whose owners asked for it.
type Eraser struct {
	store  ErasureStore
	writer *notice.Writer
	now    func() time.Time
	log    *slog.Logger
}

// NewEraser returns an Eraser whose last messages are written by writer.
func NewEraser(store ErasureStore, writer *notice.Writer, now func() time.Time, log *slog.Logger) *Eraser {
	return &Eraser{store: store, writer: writer, now: now, log: log}
}

// EraseJob is the periodic job that erases accounts.
type EraseJob struct{}

// Kind returns the name of the job.
func (EraseJob) Kind() string { return "privacy.erase" }

// MaxAttempts is the maximum number of attempts; the next round is another job.
func (EraseJob) MaxAttempts() int { return roundAttempts }

// Work performs an EraseJob.
func (e *Eraser) Work(ctx context.Context, _ EraseJob, _ int) error {
	erased, err := e.EraseDue(ctx)
	if erased > 0 {
		e.log.Info("erased accounts", "accounts", erased)
	}
	return err
}

// EraseDue erases the accounts that are due and returns how many. Each owner gets a last message, which holds
// the address and no other data.
func (e *Eraser) EraseDue(ctx context.Context) (erased int, err error) {
	now := e.now()
	before := now.Add(-EraseAfter)
	due, err := e.store.DueErasures(ctx, before, now, eraseBatch)
	if err != nil {
		return 0, err
	}
	for _, who := range due {
		last, err := e.writer.Mail(notice.Erased, notice.Recipient{Address: who.Address, Language: who.Language}, notice.Content{})
		if err != nil {
			return erased, err
		}
		done, err := e.store.Erase(ctx, who, before, now, []notice.Message{last})
		if err != nil {
			return erased, fmt.Errorf("erase account %s: %w", who.Account, err)
		}
		if done {
			erased++
		}
	}
	return erased, nil
}
