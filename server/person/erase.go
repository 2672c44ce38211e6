package person

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/notice"
)

// Times of erasing. What is asked is done within the month that the law gives, after some days to think
// better of it.
const (
	EraseAfter = 14 * 24 * time.Hour
	eraseEvery = time.Hour
	eraseMost  = 100 // people in one round
)

// EraseStore erases people.
type EraseStore interface {
	// DueErasures lists people who asked before the instant and whom nothing holds any more: no agreement
	// in force and no passage that the law makes us keep, and no company that they own.
	DueErasures(ctx context.Context, before, now time.Time, most int) ([]notice.Recipient, error)
	// Erase takes a person and what we know of them away, if all that still holds; it tells whether it did.
	Erase(ctx context.Context, who notice.Recipient, before, now time.Time, letters []notice.Message) (bool, error)
}

// Eraser carries out what people have asked for.
type Eraser struct {
	store  EraseStore
	writer *notice.Writer
	now    func() time.Time
	log    *slog.Logger
}

// NewEraser returns an Eraser whose last letters are written by letter.
func NewEraser(store EraseStore, letter *notice.Writer, now func() time.Time, log *slog.Logger) *Eraser {
	return &Eraser{store: store, writer: letter, now: now, log: log}
}

// Run erases until ctx ends. A round that does not work is tried again.
func (e *Eraser) Run(ctx context.Context) {
	every := time.NewTicker(eraseEvery)
	defer every.Stop()
	for {
		if n, err := e.EraseDue(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("people who asked to be erased are still here", "err", err)
		} else if n > 0 {
			e.log.Info("erased", "people", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// EraseDue erases those who are due and returns how many. Each hears of it in a last letter, which knows
// the address and nothing else.
func (e *Eraser) EraseDue(ctx context.Context) (erased int, err error) {
	now := e.now()
	before := now.Add(-EraseAfter)
	due, err := e.store.DueErasures(ctx, before, now, eraseMost)
	if err != nil {
		return 0, err
	}
	for _, who := range due {
		letter, err := e.writer.Mail(notice.Erased, notice.Recipient{Address: who.Address, Language: who.Language}, notice.Content{})
		if err != nil {
			return erased, err
		}
		done, err := e.store.Erase(ctx, who, before, now, []notice.Message{letter})
		if err != nil {
			return erased, fmt.Errorf("erase: %w", err)
		}
		if done {
			erased++
		}
	}
	return erased, nil
}
