// Package card is the role of a provider of payments by card, on whose own page a person types the number: no number of a card
// ever reaches us. The provider says whether it was paid, in a signed message and when it is asked.
//
// Package stripe is the adapter of Stripe, package sim a provider for development and tests, package suite the tests that both
// pass.
package card

import (
	"context"
	"errors"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
)

// NOK is the currency that is asked for.
const NOK = "nok"

// Order is what a person is to pay.
type Order struct {
	ID        string // ours; the provider returns the same session for the same id
	Amount    money.Ore
	Text      string // what is paid
	Language  string // of the provider's page
	Paid      string // address to return to afterwards
	Cancelled string // address to return to when nothing was paid
	Until     time.Time
}

// Session is what the provider says about an order.
type Session struct {
	ID        string // the provider's
	Order     string // ours
	Address   string // of the provider's page, while the session is open
	Open      bool   // the person can still pay
	Done      bool   // the person has done their part
	Failed    bool   // it cannot be paid any more, though the person has done their part
	Paid      bool
	Amount    money.Ore // in hundredths of the currency
	Currency  string    // in small letters
	Reference string    // of the charge; empty if the person has not tried to pay
	Action    bool      // the person must prove to their bank who they are
	Declined  string    // why the last try was declined, in the provider's word; empty if none was
	Brand     string    // of the card, once it is paid and the provider has been asked
	LastFour  string    // digits of the card's number, as Brand
}

// Errors of messages and orders.
var (
	ErrForged = errors.New("the signature of the message is wrong")
	ErrStale  = errors.New("the message was signed too long ago")
	ErrOther  = errors.New("the message is about something else")
	ErrAmount = errors.New("the provider does not take an amount like this")
)

// Provider takes payments by card.
type Provider interface {
	// Begin returns a new session, or the one that was begun for the order before. It returns ErrAmount for an amount that is
	// too small or too large for the provider.
	Begin(ctx context.Context, o Order) (Session, error)
	// Session returns a session as it is now.
	Session(ctx context.Context, id string) (Session, error)
	// Cancel ends an open session and returns it as it is then: it may have been paid in the meantime.
	Cancel(ctx context.Context, id string) (Session, error)
	// Page returns the origin of the page that people pay on.
	Page() string
	// Read returns the session that a message of the provider is about. It returns ErrForged, ErrStale or ErrOther for one that
	// says nothing.
	Read(signature string, body []byte) (Session, error)
}

// Unconfigured is a provider without configuration.
type Unconfigured struct{ Variable string }

func (u Unconfigured) unset() error { return fault.New(fault.PartnerUnset, "variable", u.Variable) }

// Begin returns fault.PartnerUnset with the variable.
func (u Unconfigured) Begin(context.Context, Order) (Session, error) { return Session{}, u.unset() }

// Session returns fault.PartnerUnset with the variable.
func (u Unconfigured) Session(context.Context, string) (Session, error) { return Session{}, u.unset() }

// Cancel returns fault.PartnerUnset with the variable.
func (u Unconfigured) Cancel(context.Context, string) (Session, error) { return Session{}, u.unset() }

// Page returns nothing: there is no page.
func (u Unconfigured) Page() string { return "" }

// Read returns ErrForged: nobody has a key.
func (u Unconfigured) Read(string, []byte) (Session, error) { return Session{}, ErrForged }
