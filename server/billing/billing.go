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
}

// Standard are the choices of an issuer that has made none.
func Standard() Settings { return Settings{GraceDays: 7, DueDays: 14, Threshold: 100_00, WaitMax: 3} }

// Payer is who an invoice is for: the agreement of a customer, or the customer as a registered owner if Agreement is the zero
// id.
type Payer struct {
	Customer  toll.CustomerID
	Agreement toll.AgreementID
	Number    string // of the agreement; empty for an owner
}

// noAgreement is the id of the agreement of an owner who has none.
const noAgreement = "00000000-0000-0000-0000-000000000000"

// account returns the payer's part of the name of the ledger's account.
func (p Payer) account() string {
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

// Doubt is why nothing is invoiced to a payer until a person has looked at it.
type Doubt struct{ Reason string }

// Error returns the reason.
func (d *Doubt) Error() string { return d.Reason }

// Issued is a document with its entries in the ledger. The store adds Number and KID when it writes it.
type Issued struct {
	Document invoice.Document
	Entries  []ledger.Entry
}

// Store stores invoices.
type Store interface {
	// Payers returns at most limit payers with something unbilled before an instant, after one in the order of their ids.
	Payers(ctx context.Context, before time.Time, after Payer, limit int) ([]Payer, error)
	// Bill takes what a payer owes before the end of a month, and writes what decide returns for it, in one transaction. An
	// error of decide leaves everything as it was.
	Bill(ctx context.Context, p Payer, month oslo.Month, decide func([]Unbilled) (Issued, error)) error
	// Hold records why nothing is invoiced to a payer, and Release that nothing is in the way any more.
	Hold(ctx context.Context, p Payer, reason string, at time.Time) error
	Release(ctx context.Context, p Payer) error
}

// Stations finds a station of the tariffs in force.
type Stations func(toll.StationID) (tariff.Station, bool)

// Prices checks what the passages of a payer's vehicles were charged in a month, with the rating core. It returns a Doubt that
// names the first line that differs.
type Prices interface {
	CheckMonth(ctx context.Context, p Payer, vehicles []toll.VehicleID, month oslo.Month) error
}

// Service makes invoices. It is safe for concurrent use.
type Service struct {
	store    Store
	stations func() Stations
	prices   Prices
	settings Settings
	now      func() time.Time // business time, which development can move
	log      *slog.Logger
}

// NewService returns a Service.
func NewService(store Store, stations func() Stations, prices Prices, settings Settings, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, stations: stations, prices: prices, settings: settings, now: now, log: log}
}

// payersMax is the number of payers that are read at once.
const payersMax = 200

// Result counts what a run did.
type Result struct {
	Invoices, Waiting, Done, Held int
	Total                         money.Ore
}

// ErrEarly is returned for a month whose passages may still be coming in.
type ErrEarly struct {
	Month oslo.Month
	From  oslo.Day
}

// Error says when the month can be invoiced.
func (e *ErrEarly) Error() string {
	return fmt.Sprintf("%s can be invoiced from %s on, when passages that were read late are there", e.Month, e.From)
}

// Run makes the invoices of a month. A payer whose books are in doubt is held and does not stop the others.
func (s *Service) Run(ctx context.Context, month oslo.Month) (r Result, err error) {
	if from := (month + 1).First() + oslo.Day(s.settings.GraceDays); oslo.DayOf(s.now()) < from {
		return r, &ErrEarly{month, from}
	}
	for after := (Payer{}); ; {
		payers, err := s.store.Payers(ctx, (month + 1).Start(), after, payersMax)
		if err != nil {
			return r, fmt.Errorf("invoices of %s: %w", month, err)
		}
		for _, p := range payers {
			if err := s.bill(ctx, p, month, &r); err != nil {
				return r, fmt.Errorf("invoice of %s for %s: %w", month, p.account(), err)
			}
		}
		if len(payers) < payersMax {
			return r, nil
		}
		after = payers[len(payers)-1]
	}
}

// bill makes the invoice of one payer.
func (s *Service) bill(ctx context.Context, p Payer, month oslo.Month, r *Result) error {
	err := s.store.Bill(ctx, p, month, func(list []Unbilled) (Issued, error) {
		d, err := s.compose(list, p, month)
		if err != nil {
			return Issued{}, err
		}
		if err := s.prices.CheckMonth(ctx, p, vehiclesOf(list), month); err != nil {
			return Issued{}, err
		}
		r.Total += d.Total
		return Issued{d, ledger.OfInvoice(d, p.account())}, nil
	})
	doubt, held := errors.AsType[*Doubt](err)
	switch {
	case err == nil:
		r.Invoices++
		return s.store.Release(ctx, p)
	case errors.Is(err, ErrWait):
		r.Waiting++
	case errors.Is(err, ErrDone):
		r.Done++
	case held:
		r.Held++
		s.log.Warn("nothing is invoiced to a payer until a person has looked at it", "payer", p.account(), "reason", doubt.Reason)
		return s.store.Hold(ctx, p, doubt.Reason, s.now())
	default:
		return err
	}
	return nil
}
