// Package payment takes payments of invoices by card. The person types the number on the provider's page; what is entered in the
// ledger follows from the provider's word alone, a signed message or an answer, and once for each charge.
package payment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bompass/server/access"
	"bompass/server/partner/card"
	"bompass/shared/fault"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Times of a payment.
const (
	openFor    = 31 * time.Minute // on the provider's page; Stripe's shortest is 30 minutes
	reuseLeast = 5 * time.Minute  // that must be left of a page to be gone on with
	keyFor     = 24 * time.Hour   // that a request is known by its key
	triesMax   = 3                // to end a payment under way and begin another one
)

// Payment is a payment by card.
type Payment struct {
	ID        string
	Customer  toll.CustomerID // empty for one that we do not know
	Invoice   string          // id of the claim; empty as Customer
	Number    string          // of the document that it was begun on
	Amount    money.Ore       // asked for
	State     invoice.PaymentState
	Reason    string
	Started   time.Time
	Until     time.Time
	Session   string
	Address   string
	Reference string
	Currency  string
	Received  money.Ore // in hundredths of the currency
	Paid      time.Time
	Brand     string
	LastFour  string
	Stopped   bool // the person has left the provider's page
}

// Request is a person's request to pay.
type Request struct {
	Number string    // of the document
	Amount money.Ore // 1 øre … what is outstanding, K19
	Terms  bool      // the terms of paying by card are accepted
	Key    string    // of this request: it is carried out once
}

// Start is a payment that is to begin.
type Start struct {
	Actor  access.Principal
	Number string
	Amount money.Ore
	Terms  int // version of the terms that are accepted
	Key    Key
	At     time.Time
	Until  time.Time
	// Reusable is the end of a payment under way from which on it can be gone on with.
	Reusable time.Time
}

// Key identifies a request of a principal.
type Key struct {
	Principal, Operation, Key string
	Hash                      [sha256.Size]byte // of the request
	Until                     time.Time
}

// UnderWayError is returned for an invoice of which another payment is under way.
type UnderWayError struct{ Payment Payment }

// Error names the payment.
func (e *UnderWayError) Error() string { return "payment " + e.Payment.ID + " is under way" }

// Store stores payments.
type Store interface {
	// Begin stores a payment, or returns the one that the key, or another request of the same amount, has begun. It returns an
	// *UnderWayError if one of another amount is under way, fault.NotFound without the document, fault.ChangedMeanwhile if
	// nothing is outstanding or the key is that of another request, and fault.FieldWrong for a wrong amount.
	Begin(ctx context.Context, s Start) (Payment, error)
	// Hear stores what decide says of a session, and enters money in the ledger, in one transaction. The payment is the one of
	// the session or the order; it is nil if there is none.
	Hear(ctx context.Context, heard card.Session, source Source, at time.Time, decide func(p *Payment, credited bool) Decision) (Outcome, error)
	Endings
	Readings
}

// Readings reads payments.
type Readings interface {
	// Payment returns a payment of a customer, or fault.NotFound.
	Payment(ctx context.Context, customer toll.CustomerID, id string) (Payment, error)
	// Waiting returns payments whose end the provider has not told us, that were last asked about before an instant, and marks
	// them as asked about now.
	Waiting(ctx context.Context, before, now time.Time, limit int) ([]Payment, error)
	// Unplaced returns payments whose money stands on no invoice, the oldest first.
	Unplaced(ctx context.Context) ([]Payment, error)
}

// Endings ends payments that were not paid.
type Endings interface {
	// GiveUp ends a payment of which the provider knows nothing.
	GiveUp(ctx context.Context, id string, at time.Time) error
	// Stop records that the person has left the provider's page.
	Stop(ctx context.Context, id string) error
}

// Source says how we know of a move.
type Source string

// The sources.
const (
	Person  Source = "person"   // they came back, or stopped the payment
	Message Source = "provider" // a signed message of the provider
	Poll    Source = "poll"     // we asked
)

// Service takes payments. It is safe for concurrent use.
type Service struct {
	store    Store
	provider card.Provider
	public   string // address of this portal
	now      func() time.Time
	log      *slog.Logger
	counts   counts
}

// NewService returns a Service. public is the address of this portal, without a slash at its end.
func NewService(store Store, provider card.Provider, public string, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, provider: provider, public: public, now: now, log: log}
}

// Offered reports whether a provider is configured.
func (s *Service) Offered() bool {
	_, none := s.provider.(card.Unconfigured)
	return !none
}

// Page returns the origin of the provider's page.
func (s *Service) Page() string { return s.provider.Page() }

// Begin begins a payment, and returns it with the address of the provider's page. The same request with the same key returns
// the same payment.
func (s *Service) Begin(ctx context.Context, actor access.Principal, r Request, text, language string) (Payment, error) {
	var faults fault.List
	if r.Amount < 1 {
		faults.Add(fault.New(fault.FieldWrong).At("amount"))
	}
	if !r.Terms {
		faults.Add(fault.New(fault.FieldMissing).At("terms"))
	}
	if err := faults.Err(); err != nil {
		return Payment{}, err
	}
	now := s.now()
	start := Start{
		Actor: actor, Number: r.Number, Amount: r.Amount, Terms: toll.TermsVersion(toll.TermsCard), At: now, Until: now.Add(openFor), Reusable: now.Add(reuseLeast),
		Key: Key{
			Principal: string(actor.Account) + "/" + string(actor.Customer), Operation: "card.pay", Key: r.Key,
			Hash: sha256.Sum256(fmt.Appendf(nil, "%s %d", r.Number, r.Amount)), Until: now.Add(keyFor),
		},
	}
	for range triesMax {
		p, err := s.store.Begin(ctx, start)
		if other, ok := errors.AsType[*UnderWayError](err); ok {
			if err := s.stop(ctx, other.Payment); err != nil {
				return Payment{}, err
			}
			continue
		}
		if err != nil || p.Address != "" || !p.State.Open() {
			return p, err
		}
		return s.open(ctx, p, text, language)
	}
	return Payment{}, fault.New(fault.Busy)
}

// open opens the provider's page of a payment.
func (s *Service) open(ctx context.Context, p Payment, text, language string) (Payment, error) {
	back := s.public + returnPath + "?payment=" + p.ID
	session, err := s.provider.Begin(ctx, card.Order{
		ID: p.ID, Amount: p.Amount, Text: text, Language: language, Until: p.Until, Paid: back, Cancelled: back + "&left=1",
	})
	if errors.Is(err, card.ErrAmount) {
		if err := s.store.GiveUp(ctx, p.ID, s.now()); err != nil {
			return p, err
		}
		return p, fault.New(fault.FieldWrong).At("amount")
	}
	if err != nil {
		return p, err
	}
	if _, err := s.hear(ctx, session, Person); err != nil {
		return p, err
	}
	return s.store.Payment(ctx, p.Customer, p.ID)
}

// stop ends a payment under way, unless it has been paid.
func (s *Service) stop(ctx context.Context, p Payment) error {
	if p.Session == "" {
		return s.store.GiveUp(ctx, p.ID, s.now())
	}
	if err := s.store.Stop(ctx, p.ID); err != nil {
		return err
	}
	session, err := s.provider.Cancel(ctx, p.Session)
	if err != nil {
		return err
	}
	_, err = s.hear(ctx, session, Person)
	return err
}

// returnPath is the page that the provider sends the person back to.
const returnPath = "/invoices/paid"

// Look returns a payment of the actor's customer as the provider knows it. If the person has left the provider's page without
// paying, the payment is ended, so that nobody can pay it later.
func (s *Service) Look(ctx context.Context, actor access.Principal, id string, left bool) (Payment, error) {
	p, err := s.store.Payment(ctx, actor.Customer, id)
	if err != nil || p.Session == "" || !unknown(&p) {
		return p, err
	}
	if left && p.State != invoice.PaymentPending {
		err = s.stop(ctx, p)
	} else {
		err = s.ask(ctx, p, Person)
	}
	if err != nil {
		s.log.Warn("ask the provider of card payments", "payment", id, "error", err)
		return p, nil // the page shows what we know
	}
	return s.store.Payment(ctx, actor.Customer, id)
}

// unknown reports whether the provider knows more of a payment than we do.
func unknown(p *Payment) bool {
	return p.State.Open() || p.State == invoice.PaymentPaid && p.Brand == ""
}

// ask asks the provider about a payment.
func (s *Service) ask(ctx context.Context, p Payment, source Source) error {
	session, err := s.provider.Session(ctx, p.Session)
	if err != nil {
		return err
	}
	_, err = s.hear(ctx, session, source)
	return err
}

// hear stores what the provider says.
func (s *Service) hear(ctx context.Context, heard card.Session, source Source) (Outcome, error) {
	outcome, err := s.store.Hear(ctx, heard, source, s.now(), func(p *Payment, credited bool) Decision { return Decide(p, heard, credited) })
	if err == nil {
		s.counts.add(source, outcome)
	}
	return outcome, err
}

// Receive takes a message of the provider. It returns an error for one that must be sent again.
func (s *Service) Receive(ctx context.Context, signature string, body []byte) (Outcome, error) {
	heard, err := s.provider.Read(signature, body)
	switch {
	case errors.Is(err, card.ErrForged):
		return s.counts.add(Message, Forged), nil
	case errors.Is(err, card.ErrStale):
		return s.counts.add(Message, Stale), nil
	case errors.Is(err, card.ErrOther):
		return s.counts.add(Message, Other), nil
	case err != nil:
		return "", err
	}
	if !heard.Open && !heard.Done && !heard.Paid { // a message does not say why the session ended
		if full, err := s.provider.Session(ctx, heard.ID); err == nil {
			heard = full
		}
	}
	return s.hear(ctx, heard, Message)
}

// Unplaced returns payments whose money stands on no invoice.
func (s *Service) Unplaced(ctx context.Context) ([]Payment, error) { return s.store.Unplaced(ctx) }
