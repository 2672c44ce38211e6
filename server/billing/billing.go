// Package billing makes invoices of what was charged: it collects the charges of a payer up to the end of a month, checks
// their prices again, and writes lines, sums, number and ledger entries in one transaction. A run can be stopped anywhere and
// started again, also on several servers at once: a charge stands on one invoice, and no number is left out.
package billing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/ledger"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Settings are the issuer's choices.
type Settings struct {
	GraceDays int       // after the month's end before a run: passages that were read late come in meanwhile
	DueDays   int       // that a payer has
	Threshold money.Ore // below it, an invoice waits for the next month
	WaitMax   int       // months that it waits at most
	Account   string    // number of the bank account that invoices are paid to; nothing is invoiced without one
}

// Standard are the choices of an issuer that has made none.
func Standard() Settings { return Settings{GraceDays: 7, DueDays: 14, Threshold: 100_00, WaitMax: 3} }

// Payer is who an invoice is for: the agreement of a customer, or the customer as a registered owner if Agreement is the zero
// id.
type Payer struct {
	Customer  toll.CustomerID  `json:"customer"`
	Agreement toll.AgreementID `json:"agreement"`
	Number    string           `json:"-"` // of the agreement; empty for an owner
}

// noAgreement is the id of the agreement of an owner who has none.
const noAgreement = "00000000-0000-0000-0000-000000000000"

// Account returns the payer's part of the name of the ledger's account.
func (p Payer) Account() string {
	if p.Agreement == noAgreement {
		return "owner/" + string(p.Customer)
	}
	return string(p.Agreement)
}

// Unbilled is a passage of a payer with what was charged for it and stands on no invoice yet.
type Unbilled struct {
	Passage  toll.PassageID
	Revision int       // the latest one
	Amount   money.Ore // of all revisions that stand on no invoice
	At       time.Time
	Station  toll.StationID
	Vehicle  toll.VehicleID // empty for an unknown one
	Plate    toll.Plate
	Tag      toll.TagID
	List     money.Ore
	Tariff   string
	Steps    []rating.Step
	Billed   string // number of the latest invoice that the passage stands on; empty for none
}

// Errors of a run.
var (
	// ErrWait rolls a payer's transaction back: the sum is below the threshold, or nothing is owed.
	ErrWait = errors.New("the invoice waits")
	// ErrDone is returned by a Store for a payer who has an invoice of the month.
	ErrDone = errors.New("the payer has an invoice of this month")
)

// DoubtError is why nothing is invoiced to a payer until a person has looked at it.
type DoubtError struct{ Reason string }

// Error returns the reason.
func (d *DoubtError) Error() string { return d.Reason }

// Issued is a document with its entries in the ledger. The store adds Number and KID when it writes it, and the job that sends
// it if it is to be announced.
type Issued struct {
	Document invoice.Document
	Entries  []ledger.Entry
	Announce bool
}

// Store stores invoices.
type Store interface {
	// Payers returns at most limit payers of a range, with something unbilled before an instant, in the order of their ids.
	Payers(ctx context.Context, before time.Time, in Range, limit int) ([]Payer, error)
	// Held returns the payers to whom nothing is invoiced until a person has looked at it, with the reason.
	Held(ctx context.Context) ([]Hold, error)
	// Bill takes what a payer owes before the end of a month, and writes what decide returns for it, in one transaction. An
	// error of decide leaves everything as it was.
	Bill(ctx context.Context, p Payer, month oslo.Month, decide func([]Unbilled) (Issued, error)) error
	// Hold records why nothing is invoiced to a payer. Bill deletes it.
	Hold(ctx context.Context, p Payer, reason string, at time.Time) error
	Runs
}

// Runs stores which months have been begun.
type Runs interface {
	// LastBegun returns the latest month whose invoices have been begun; ok is false if there is none.
	LastBegun(ctx context.Context) (month oslo.Month, ok bool, err error)
	// Begin records that the invoices of a month have been begun, and adds the jobs that make them. It does nothing for a month
	// that has been begun.
	Begin(ctx context.Context, month oslo.Month, at time.Time, jobs []RangeJob) error
}

// Range is the payers after one and up to another, in the order of their ids. A zero To has no end.
type Range struct {
	After Payer `json:"after"`
	To    Payer `json:"to"`
}

// Hold is why nothing is invoiced to a payer, and since when.
type Hold struct {
	Payer
	Reason string
	Since  time.Time
}

// Stations finds a station of the tariffs in force.
type Stations func(toll.StationID) (tariff.Station, bool)

// Prices checks what the passages of a payer's vehicle were charged in a month, with the rating core. It returns what differs
// first, empty if nothing does.
type Prices interface {
	Differs(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID, month oslo.Month) (string, error)
}

// Service makes invoices. It is safe for concurrent use.
type Service struct {
	store    Store
	stations func() Stations
	prices   Prices
	settings Settings
	now      func() time.Time // business time, which development can move
	log      *slog.Logger
	silent   bool // nobody is sent the invoices
}

// NewService returns a Service.
func NewService(store Store, stations func() Stations, prices Prices, settings Settings, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, stations: stations, prices: prices, settings: settings, now: now, log: log}
}

// Silent returns a Service that sends nobody its invoices, such as those of demo data.
func (s *Service) Silent() *Service {
	other := *s
	other.silent = true
	return &other
}

// payersMax is the number of payers that are read at once, and of the payers of a job.
const payersMax = 200

// Result counts what a run did.
type Result struct {
	Invoices, Waiting, Done, Held int
	Total                         money.Ore
}

// ErrNoAccount is returned by a run without the number of the account to pay to.
var ErrNoAccount = errors.New("invoices cannot be paid without an account: set BOMPASS_ACCOUNT to the number of the account that they are paid to")

// EarlyError is returned for a month whose passages may still be coming in.
type EarlyError struct {
	Month oslo.Month
	From  oslo.Day
}

// Error says when the month can be invoiced.
func (e *EarlyError) Error() string {
	return fmt.Sprintf("%s can be invoiced from %s on, when passages that were read late are there", e.Month, e.From)
}

// Newest returns the latest month that can be invoiced.
func (s *Service) Newest() oslo.Month {
	return (oslo.DayOf(s.now()) - oslo.Day(s.settings.GraceDays)).Month() - 1
}

// InvoicedOn returns the first day on which a month can be invoiced.
func (s *Service) InvoicedOn(month oslo.Month) oslo.Day {
	return (month + 1).First() + oslo.Day(s.settings.GraceDays)
}

// RunPayer makes the invoice of a month for one payer.
func (s *Service) RunPayer(ctx context.Context, p Payer, month oslo.Month) (r Result, err error) {
	if s.settings.Account == "" {
		return r, ErrNoAccount
	}
	if month > s.Newest() {
		return r, &EarlyError{month, s.InvoicedOn(month)}
	}
	err = s.bill(ctx, p, month, &r)
	return r, err
}

// Run makes the invoices of a month. A payer whose books are in doubt is held and does not stop the others.
func (s *Service) Run(ctx context.Context, month oslo.Month) (r Result, err error) {
	if s.settings.Account == "" {
		return r, ErrNoAccount
	}
	if month > s.Newest() {
		return r, &EarlyError{month, s.InvoicedOn(month)}
	}
	if err := s.runRange(ctx, month, Range{}, &r); err != nil {
		return r, err
	}
	if err := s.store.Begin(ctx, month, s.now(), nil); err != nil {
		return r, fmt.Errorf("invoices of %s: %w", month, err)
	}
	return r, nil
}

// runRange makes the invoices of a range of payers.
func (s *Service) runRange(ctx context.Context, month oslo.Month, in Range, r *Result) error {
	for {
		payers, err := s.store.Payers(ctx, (month + 1).Start(), in, payersMax)
		if err != nil {
			return fmt.Errorf("invoices of %s: %w", month, err)
		}
		for _, p := range payers {
			if err := s.bill(ctx, p, month, r); err != nil {
				return fmt.Errorf("invoice of %s for %s: %w", month, p.Account(), err)
			}
		}
		if len(payers) < payersMax {
			return nil
		}
		in.After = payers[len(payers)-1]
	}
}

// bill makes the invoice of one payer.
func (s *Service) bill(ctx context.Context, p Payer, month oslo.Month, r *Result) error {
	var total money.Ore
	err := s.store.Bill(ctx, p, month, func(list []Unbilled) (Issued, error) {
		d, err := s.compose(list, p, month)
		if err != nil {
			return Issued{}, err
		}
		total = d.Total
		return Issued{d, ledger.OfInvoice(d, p.Account()), !s.silent}, s.checkPrices(ctx, p, list)
	})
	doubt, held := errors.AsType[*DoubtError](err)
	switch {
	case err == nil:
		r.Invoices++
		r.Total += total
	case errors.Is(err, ErrWait):
		r.Waiting++
	case errors.Is(err, ErrDone):
		r.Done++
	case held:
		r.Held++
		s.log.Warn("nothing is invoiced to a payer until a person has looked at it", "payer", p.Account(), "reason", doubt.Reason)
		return s.store.Hold(ctx, p, doubt.Reason, s.now())
	default:
		return err
	}
	return nil
}
