// Package eid owns signing in with an electronic identity (eID): the request to an issuer and its answer, the account
// that belongs to an eID, and single logout.
//
// Sessions belong to package access. The rules for an issuer's answer belong to package identity.
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

// AuthRequestMax is the maximum time between the request to the issuer and its answer.
const AuthRequestMax = 10 * time.Minute

// Provider is an issuer that people can sign in with.
type Provider struct {
	Name    string // in addresses: "no", "se"
	Country string // of the personal numbers that the issuer returns
	Issuer  identity.Issuer
}

// AuthRequest is a sign-in that waits for the issuer's answer.
type AuthRequest struct {
	State    seal.Hash
	Browser  seal.Hash
	Provider string
	Sealed   seal.Sealed
	Until    time.Time
}

// Entry is a new session with the ID token that began it.
type Entry struct {
	Session  access.Session
	Proof    Proof
	New      *NewAccount // the account and customer to create with it; nil if they exist
	Replaces *seal.Hash  // the session that it replaces; nil if there is none
}

// Proof is the stored part of an issuer's ID token.
type Proof struct {
	Provider string
	Issuer   string
	Subject  string
	Session  string
	Level    identity.Level
	AuthTime time.Time
	IDToken  seal.Sealed // the token itself
}

// NewAccount is the account of a person who signs in for the first time.
type NewAccount struct {
	Account  toll.AccountID
	Customer toll.CustomerID
	Person   string
	Country  string
	Language string
	Number   Number // empty if the issuer does not return it
}

// Number is a personal number as it is stored.
type Number struct {
	Country string
	Hash    []byte
	Sealed  seal.Sealed
}

// LogoutNotice is an issuer's message that a person has signed out.
type LogoutNotice struct {
	Issuer, Subject, Session string
	Hash                     seal.Hash // of the message's identifier; zero if it has none
	Until                    time.Time
}

// Store keeps authentication requests and the sessions that were begun with an eID.
type Store interface {
	AuthRequests
	Sessions
	AccountJoins
}

// AuthRequests keeps sign-ins that wait for an issuer's answer.
type AuthRequests interface {
	// AddAuthRequest stores a request and deletes some that have expired.
	AddAuthRequest(ctx context.Context, j AuthRequest, now time.Time) error
	// TakeAuthRequest deletes a request and returns it. It returns fault.SignedOut if there is none with
	// that state, browser and provider.
	TakeAuthRequest(ctx context.Context, state, browser seal.Hash, provider string, now time.Time) (seal.Sealed, error)
}

// Sessions keeps the sessions that were begun with an eID.
type Sessions interface {
	// AccountByEID returns the account of a subject or, failing that, of a personal number, if there is one. It
	// returns fault.NotFound if neither has an account.
	AccountByEID(ctx context.Context, issuer, subject string, number Number, now time.Time) (access.Account, error)
	// BeginSessionWithEID begins a session in one transaction. It reports false if another request created the
	// same account first.
	BeginSessionWithEID(ctx context.Context, e Entry) (bool, error)
	// IssuersOf returns the issuers that an account has signed in with.
	IssuersOf(ctx context.Context, account toll.AccountID) ([]string, error)
	// SessionProof returns fault.NotFound for a session that was not begun with an eID.
	SessionProof(ctx context.Context, session seal.Hash) (Proof, error)
	// EndSessionsByLogout ends the sessions that a message is about and returns them. A message with an
	// identifier is accepted once.
	EndSessionsByLogout(ctx context.Context, n LogoutNotice, now time.Time) (ended []seal.Hash, again bool, err error)
}

// Names returns a person's name by birth number; empty if it is unknown.
type Names func(ctx context.Context, birthNumber string) string

// Deps is the dependencies of a Service.
type Deps struct {
	Store     Store
	Access    *access.Service
	Keys      seal.Keys
	Providers []Provider
	Messages  *notice.Writer
	Names     Names
	Now       func() time.Time
}

// Service signs people in with electronic identities.
type Service struct{ Deps }

// NewService returns a Service.
func NewService(d Deps) *Service {
	if d.Names == nil {
		d.Names = func(context.Context, string) string { return "" }
	}
	return &Service{d}
}

// Provider returns a provider by the name in its address.
func (d *Service) Provider(name string) (Provider, error) {
	for _, w := range d.Providers {
		if w.Name == name {
			return w, nil
		}
	}
	return Provider{}, fault.New(fault.NotFound)
}

// ProvidersOf returns the names of the providers that an account has signed in with, and can step up with.
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

// FrameOrigins returns the origins that may show the front-channel page in a frame.
func (d *Service) FrameOrigins(ctx context.Context) (list []string) {
	for _, w := range d.Providers {
		list = append(list, w.Issuer.FrameOrigins(ctx)...)
	}
	return list
}
