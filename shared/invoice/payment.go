package invoice

import "slices"

// PaymentState is how far a payment by card is.
type PaymentState string

// The states of a payment. Money moves a payment to PaymentPaid from every state but the last ones, because a provider may
// report it late or again: money that was taken is entered.
const (
	PaymentStarted   PaymentState = "started"   // asked for; the provider knows nothing of it yet
	PaymentProvider  PaymentState = "provider"  // the person is on the provider's page
	PaymentAction    PaymentState = "action"    // the person must prove to their bank who they are (3-D Secure)
	PaymentPending   PaymentState = "pending"   // the person is done; the provider has not answered yet
	PaymentPaid      PaymentState = "paid"      // the provider has the money for us
	PaymentDeclined  PaymentState = "declined"  // by the bank
	PaymentCancelled PaymentState = "cancelled" // by the person
	PaymentExpired   PaymentState = "expired"   // nothing happened in time
	PaymentUnplaced  PaymentState = "unplaced"  // the money came, and cannot be entered for the invoice
)

// PaymentStates returns all states.
func PaymentStates() []PaymentState {
	return []PaymentState{
		PaymentStarted, PaymentProvider, PaymentAction, PaymentPending, PaymentPaid, PaymentDeclined, PaymentCancelled, PaymentExpired, PaymentUnplaced,
	}
}

// Open reports whether a payment is under way: no other one of the same invoice can begin.
func (s PaymentState) Open() bool {
	return s == PaymentStarted || s == PaymentProvider || s == PaymentAction || s == PaymentPending
}

// Money reports whether money has come.
func (s PaymentState) Money() bool { return s == PaymentPaid || s == PaymentUnplaced }

// MayMove reports whether a payment may go from one state to another. One under way never goes back, and one that has ended
// changes only when money comes after all.
func (s PaymentState) MayMove(to PaymentState) bool {
	switch {
	case s == to || s.Money() || to == PaymentStarted:
		return false
	case to.Money():
		return true
	case !s.Open():
		return false
	case !to.Open():
		return true
	}
	order := []PaymentState{PaymentStarted, PaymentProvider, PaymentAction, PaymentPending}
	return slices.Index(order, to) > slices.Index(order, s)
}
