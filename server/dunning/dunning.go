// Package dunning reminds payers of invoices that are overdue, by the dated rules of shared/dun: each reminder is a document of
// its own, with a number, a fee and interest, in one transaction with its entries in the ledger. A run can be stopped anywhere
// and started again, also on several servers at once: an invoice gets each reminder once.
package dunning

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/ledger"
	"bompass/shared/dun"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Scope selects whose invoices a run looks at: those of one agreement, or all if it is zero.
type Scope struct {
	Customer  toll.CustomerID
	Agreement toll.AgreementID
}

// Claim is an overdue invoice with its reminders.
type Claim struct {
	Invoice     string // number
	Agreement   string // number
	Payer       string // the payer's part of the name of its account
	Account     string // number of the bank account to pay to
	From, To    oslo.Day
	Due         oslo.Day
	Principal   money.Ore // of the invoice, without what is credited or disputed
	Outstanding money.Ore // of the invoice and its reminders, without what is disputed
	Payments    []Payment // in the order of their days
	Held        bool      // somebody has stopped the reminders, or the payer's books are in doubt
	Letters     []Letter  // in the order in which they were sent
}

// Payment is money that was paid for a claim.
type Payment struct {
	On     oslo.Day
	Amount money.Ore
}

// Letter is a reminder that was sent.
type Letter struct {
	Sent, Deadline oslo.Day
	Fee, Interest  money.Ore
}

// Issued is a reminder with its entries in the ledger. The store adds Number and KID when it writes it, and the job that sends it
// if it is to be announced.
type Issued struct {
	Document invoice.Document
	Entries  []ledger.Entry
	Announce bool
}

// ErrNone rolls the transaction of a claim back that gets no reminder now.
var ErrNone = errors.New("no reminder is due")

// Store stores reminders.
type Store interface {
	// Overdue returns the ids of at most limit invoices after one, in the order of their ids, that were due before a day and of
	// which something is outstanding.
	Overdue(ctx context.Context, in Scope, before oslo.Day, after string, limit int) ([]string, error)
	// Remind reads the claim of an invoice and writes the reminder that decide returns for it, in one transaction in which
	// nothing else can be written or paid for the claim. An error of decide leaves everything as it was.
	Remind(ctx context.Context, id string, decide func(Claim) (Issued, error)) error
}

// Service reminds payers. It is safe for concurrent use.
type Service struct {
	store Store
	plan  dun.Plan
	now   func() time.Time // business time, which development can move
	log   *slog.Logger

	silent bool // nobody is sent the reminders
}

// NewService returns a Service.
func NewService(store Store, plan dun.Plan, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, plan: plan, now: now, log: log}
}

// Silent returns a Service that sends nobody its reminders, such as those of demo data.
func (s *Service) Silent() *Service {
	other := *s
	other.silent = true
	return &other
}

// claimsMax is the number of claims that are read at once.
const claimsMax = 200

// Result counts what a run did.
type Result struct {
	Reminders      int
	Fees, Interest money.Ore
}

// Run writes the reminders that are due. A rule that is not known for a day stops it with a dun.MissingError; what was written
// before stays.
func (s *Service) Run(ctx context.Context, in Scope) (r Result, err error) {
	today := oslo.DayOf(s.now())
	for after := ""; ; {
		ids, err := s.store.Overdue(ctx, in, today, after, claimsMax)
		if err != nil {
			return r, fmt.Errorf("remind: %w", err)
		}
		for _, id := range ids {
			if err := s.remind(ctx, id, today, &r); err != nil {
				return r, fmt.Errorf("remind of invoice %s: %w", id, err)
			}
		}
		if len(ids) < claimsMax {
			return r, nil
		}
		after = ids[len(ids)-1]
	}
}

// remind writes the reminder of one claim, if one is due.
func (s *Service) remind(ctx context.Context, id string, today oslo.Day, r *Result) error {
	var d invoice.Document
	err := s.store.Remind(ctx, id, func(c Claim) (_ Issued, err error) {
		d, err = compose(c, s.plan, today)
		return Issued{d, ledger.OfInvoice(d, c.Payer), !s.silent}, err
	})
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	r.Reminders++
	for i := range d.Lines {
		if d.Lines[i].Kind == invoice.LineReminder {
			r.Fees += d.Lines[i].Amount
		} else {
			r.Interest += d.Lines[i].Amount
		}
	}
	return nil
}

// Next returns the day of the next reminder of a scope, today or later; ok is false if none will be due.
func (s *Service) Next(ctx context.Context, in Scope) (day oslo.Day, ok bool, err error) {
	today := oslo.DayOf(s.now())
	for after := ""; ; {
		ids, err := s.store.Overdue(ctx, in, today+planMax, after, claimsMax)
		if err != nil {
			return 0, false, fmt.Errorf("next reminder: %w", err)
		}
		for _, id := range ids {
			err := s.store.Remind(ctx, id, func(c Claim) (Issued, error) {
				at := max(s.plan.Due(c.rules()), today)
				_, due, err := s.plan.Next(c.rules(), at)
				if _, missing := errors.AsType[dun.MissingError](err); (due || missing) && (!ok || at < day) {
					day, ok = at, true
				}
				return Issued{}, ErrNone
			})
			if !errors.Is(err, ErrNone) {
				return 0, false, fmt.Errorf("next reminder: %w", err)
			}
		}
		if len(ids) < claimsMax {
			return day, ok, nil
		}
		after = ids[len(ids)-1]
	}
}

// planMax is the number of days ahead of which Next looks at invoices: none has a longer time to pay.
const planMax = 400
