// Package eid owns signing in with an electronic identity: the way to an issuer and back, whose
// account a proof opens, and what ends when a person leaves at the issuer.
//
// Sessions are package access's; what an issuer's answer is worth is package identity's.
package eid

import (
	"context"
	"slices"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// AuthRequestMax is how long a person may take at the issuer.
const AuthRequestMax = 10 * time.Minute

// Provider is one issuer as people meet it.
type Provider struct {
	Name    string // in addresses: "no", "se"
	Country string // whose personal numbers it tells
	Issuer  identity.Issuer
}

// AuthRequest is a sign-in that is at the issuer.
type AuthRequest struct {
	State    seal.Hash
	Browser  seal.Hash
	Provider string
	Sealed   seal.Sealed
	Until    time.Time
}

// Entry is a session that a proof begins.
type Entry struct {
	Session  access.Session
	Proof    Proof
	New      *NewAccount // the account and customer to begin with it; nil when they are there
	Replaces *seal.Hash  // the session that it takes the place of
}

// Proof is what is kept of an issuer's proof.
type Proof struct {
	Provider string
	Issuer   string
	Subject  string
	Session  string
	Level    identity.Level
	AuthTime time.Time
	IDToken  seal.Sealed // the token itself
}

// NewAccount is a person who is here for the first time.
type NewAccount struct {
	Account  toll.AccountID
	Customer toll.CustomerID
	Person   string
	Country  string
	Language string
	Number   Number // empty when the issuer does not tell
}

// Number is a personal number as it is kept.
type Number struct {
	Country string
	Hash    []byte
	Sealed  seal.Sealed
}

// LogoutNotice is an issuer's message that a person has left.
type LogoutNotice struct {
	Issuer, Subject, Session string
	Hash                     seal.Hash // names the message; zero when it has no name
	Until                    time.Time
}

// Store keeps journeys and what a proof opened.
type Store interface {
	AuthRequests
	Sessions
	AccountJoins
}

// AuthRequests keeps sign-ins that are at an issuer.
type AuthRequests interface {
	// AddAuthRequest keeps a journey. Some that are over are dropped.
	AddAuthRequest(ctx context.Context, j AuthRequest, now time.Time) error
	// TakeAuthRequest takes the journey away and returns it, once; fault.SignedOut when there is none of
	// that state, browser and way.
	TakeAuthRequest(ctx context.Context, state, browser seal.Hash, way string, now time.Time) (seal.Sealed, error)
}

// Sessions keeps what a proof opened.
type Sessions interface {
	// AccountByEID returns fault.NotFound when nobody came with the proof's subject or, if there is a
	// number, has that number. The subject counts first.
	AccountByEID(ctx context.Context, issuer, subject string, number Number, now time.Time) (access.Account, error)
	// BeginSessionWithEID begins a session in one transaction; false when somebody else began the same account first.
	BeginSessionWithEID(ctx context.Context, e Entry) (bool, error)
	// IssuersOf lists the issuers that an account has come with.
	IssuersOf(ctx context.Context, account toll.AccountID) ([]string, error)
	// SessionProof returns fault.NotFound for a session that was not begun with a proof.
	SessionProof(ctx context.Context, session seal.Hash) (Proof, error)
	// EndSessionsByLogout ends the sessions that a message is about and names them. A message that has a name
	// is believed once.
	EndSessionsByLogout(ctx context.Context, n LogoutNotice, now time.Time) (ended []seal.Hash, again bool, err error)
}

// Names tells a person's name by birth number; empty when it does not know.
type Names func(ctx context.Context, birthNumber string) string

// Deps is what a desk needs.
type Deps struct {
	Store     Store
	Access    *access.Service
	Keys      seal.Keys
	Providers []Provider
	Messages  *notice.Writer
	Names     Names
	Now       func() time.Time
}

// Service lets people in with electronic identities.
type Service struct{ Deps }

// NewService returns a Desk.
func NewService(d Deps) *Service {
	if d.Names == nil {
		d.Names = func(context.Context, string) string { return "" }
	}
	return &Service{d}
}

// Provider finds an issuer by the name in its address.
func (d *Service) Provider(name string) (Provider, error) {
	for _, w := range d.Providers {
		if w.Name == name {
			return w, nil
		}
	}
	return Provider{}, fault.New(fault.NotFound)
}

// ProvidersOf names the ways by which an account has come before, and can prove itself again.
func (d *Service) ProvidersOf(ctx context.Context, account toll.AccountID) (names []string, err error) {
	issuers, err := d.Store.IssuersOf(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, w := range d.Providers {
		if slices.Contains(issuers, w.Issuer.ID()) {
			names = append(names, w.Name)
		}
	}
	return names, nil
}

// FrameOrigins are the sites that may show the front-channel page in a frame.
func (d *Service) FrameOrigins(ctx context.Context) (list []string) {
	for _, w := range d.Providers {
		list = append(list, w.Issuer.FrameOrigins(ctx)...)
	}
	return list
}
