package payment

import (
	"sync"

	"bompass/server/partner/card"
	"bompass/shared/invoice"
)

// Reasons why money stands on no invoice.
const (
	UnknownPayment = "unknown"  // we have begun no such payment
	WrongAmount    = "amount"   // another amount than the one asked for
	WrongCurrency  = "currency" // not in kroner: the ledger cannot have it
	Credited       = "credited" // the invoice was taken back in the meantime
)

// Decision is what becomes of a payment that the provider has said something about.
type Decision struct {
	Outcome Outcome
	State   invoice.PaymentState // to move to; empty stays
	Reason  string
	Enter   bool // the money is entered in the ledger: for the invoice if State is paid, else as money without an invoice
}

// Outcome says what was done with what the provider has said.
type Outcome string

// The outcomes.
const (
	Entered    Outcome = "entered"    // the money is on the invoice
	NotPlaced  Outcome = "unplaced"   // the money is on the list of payments without an invoice
	Moved      Outcome = "moved"      // the payment is in another state
	Repeated   Outcome = "repeated"   // known already
	Impossible Outcome = "impossible" // a payment in this state cannot become that any more
	NoPayment  Outcome = "unknown"    // about a payment that we do not know, without money
	Forged     Outcome = "forged"
	Stale      Outcome = "stale"
	Other      Outcome = "other" // about something else than a payment
)

// Outcomes returns all outcomes.
func Outcomes() []Outcome {
	return []Outcome{Entered, NotPlaced, Moved, Repeated, Impossible, NoPayment, Forged, Stale, Other}
}

// Decide says what becomes of a payment, nil for one that we do not know, when the provider says what has become of its
// session. credited says that the invoice was taken back.
func Decide(p *Payment, heard card.Session, credited bool) Decision {
	to, reason := stateOf(p, &heard, credited)
	switch {
	case p == nil && !heard.Paid:
		return Decision{Outcome: NoPayment}
	case p != nil && p.State == to:
		return Decision{Outcome: Repeated}
	case p != nil && !p.State.MayMove(to):
		if p.State.Money() && heard.Paid {
			return Decision{Outcome: Repeated}
		}
		return Decision{Outcome: Impossible}
	}
	d := Decision{Outcome: Moved, State: to, Reason: reason}
	if to.Money() {
		d.Enter = reason != WrongCurrency
		if d.Outcome = Entered; to == invoice.PaymentUnplaced {
			d.Outcome = NotPlaced
		}
	}
	return d
}

// stateOf returns the state that a session says a payment is in, with the reason.
func stateOf(p *Payment, s *card.Session, credited bool) (state invoice.PaymentState, reason string) {
	switch {
	case s.Paid && s.Currency != card.NOK:
		return invoice.PaymentUnplaced, WrongCurrency
	case s.Paid && p == nil:
		return invoice.PaymentUnplaced, UnknownPayment
	case s.Paid && s.Amount != p.Amount:
		return invoice.PaymentUnplaced, WrongAmount
	case s.Paid && credited:
		return invoice.PaymentUnplaced, Credited
	case s.Paid:
		return invoice.PaymentPaid, ""
	case s.Failed, !s.Open && !s.Done && s.Declined != "":
		return invoice.PaymentDeclined, s.Declined
	case s.Done:
		return invoice.PaymentPending, ""
	case !s.Open && p != nil && p.Stopped:
		return invoice.PaymentCancelled, ""
	case !s.Open:
		return invoice.PaymentExpired, ""
	case s.Action:
		return invoice.PaymentAction, ""
	}
	return invoice.PaymentProvider, ""
}

// counts counts outcomes since the start.
type counts struct {
	mu sync.Mutex
	of map[Source]map[Outcome]int64
}

// add counts an outcome and returns it.
func (c *counts) add(source Source, o Outcome) Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[Source]map[Outcome]int64{}
	}
	if c.of[source] == nil {
		c.of[source] = map[Outcome]int64{}
	}
	c.of[source][o]++
	return o
}

// Count returns how often something was said by a source with an outcome, since this server started.
func (s *Service) Count(source Source, o Outcome) int64 {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	return s.counts.of[source][o]
}
