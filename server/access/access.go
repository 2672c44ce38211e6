// Package access authenticates people: it checks passwords, begins and ends sessions, throttles guessing,
// and registers accounts. Its result is a Principal: the person who acts and the customer acted for.
//
// Second factors are package factor's, keys and tokens package seal's, electronic identities package eid's.
// What a principal may do with a thing is decided by the domain that owns the thing; cookies and forms
// belong to package web.
package access

import (
	"context"
	"time"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of sessions and sign-in.
const (
	SessionIdle     = 30 * time.Minute // maximum time between two requests
	SessionMax      = 12 * time.Hour   // from sign-in
	SessionsMax     = 10               // of one account; one more ends the session that was used least recently
	PendingLoginMax = 5 * time.Minute  // from password to second factor
	StepUpMax       = 5 * time.Minute  // how long a second factor allows changes to credentials
	TouchEvery      = time.Minute      // how often a session's last use is written
)

// Accounts finds and changes accounts for sign-in.
type Accounts interface {
	// AccountByName returns fault.NotFound when no account has the name.
	AccountByName(ctx context.Context, name LoginName, now time.Time) (Account, error)
	SetLanguage(ctx context.Context, id toll.AccountID, language string) error
	// UpdatePasswordHash stores another hash of the same password, unless the password was changed meanwhile.
	UpdatePasswordHash(ctx context.Context, id toll.AccountID, was, hash string) error
}

// PendingLogins stores sign-ins whose password was accepted and whose second factor is still to come.
type PendingLogins interface {
	AddPendingLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error
	// AddDeferredLogin adds a sign-in whose password is judged together with the code. The id is empty if it was wrong.
	AddDeferredLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error
}

// Sessions stores sessions.
type Sessions interface {
	// SessionPrincipal returns fault.SignedOut for a session that is unknown, expired at now, or not used
	// since the given instant. The fault has the parameter "locked" for one on the person's own device that waits for them.
	SessionPrincipal(ctx context.Context, hash seal.Hash, now, since time.Time) (principal Principal, seen time.Time, err error)
	TouchSession(ctx context.Context, hash seal.Hash, now time.Time) error
	// EndSession ends a session and records the event; it does nothing for a session that has ended.
	EndSession(ctx context.Context, hash seal.Hash, now time.Time) error
}

// Throttles stores counts of tries.
type Throttles interface {
	// UpdateTries locks the counts under the keys, lets decide change them, and saves them unless it
	// returns an error. Counts come in the order of the keys. Some counts older than stale are deleted.
	UpdateTries(ctx context.Context, keys []string, stale time.Time, decide func(ahead time.Duration, tries []Tries) error) error
}

// Store is the persistence that a Service needs.
type Store interface {
	Accounts
	PendingLogins
	Sessions
	OwnSessions
	Throttles
}

// Service authenticates people by password and session.
type Service struct {
	store     Store
	keys      seal.Keys
	now       func() time.Time
	messages  *notice.Writer
	hashSlots chan struct{} // one for each password being hashed
	deferred  chan struct{} // held while the password of a deferred login is hashed
}

// NewService returns a Service that works with the given keys.
func NewService(store Store, keys seal.Keys, now func() time.Time) *Service {
	// The service's own messages have no links, so the writer needs no address of the portal.
	return &Service{store: store, keys: keys, now: now, messages: notice.NewWriter(keys, "", now), hashSlots: make(chan struct{}, concurrentHashes), deferred: make(chan struct{}, 1)}
}

// Authenticate returns the principal of a session's token and prolongs the session.
func (s *Service) Authenticate(ctx context.Context, token seal.Token) (Principal, error) {
	return s.principal(ctx, token, true)
}

// Peek returns the principal of a session's token without prolonging the session.
func (s *Service) Peek(ctx context.Context, token seal.Token) (Principal, error) {
	return s.principal(ctx, token, false)
}

// Remaining returns for how long a session stays open if nothing is done, without prolonging it.
func (s *Service) Remaining(ctx context.Context, token seal.Token) (time.Duration, error) {
	if !token.Plausible() {
		return 0, fault.New(fault.SignedOut)
	}
	now := s.now()
	_, seen, err := s.store.SessionPrincipal(ctx, token.Hash(), now, now.Add(-SessionIdle))
	return SessionIdle - now.Sub(seen), err
}

// principal returns the principal of a session. A token that cannot be one is refused without a query. With touch,
// the time of last use is stored, at most once in TouchEvery.
func (s *Service) principal(ctx context.Context, token seal.Token, touch bool) (Principal, error) {
	if !token.Plausible() {
		return Principal{}, fault.New(fault.SignedOut)
	}
	now := s.now()
	principal, seen, err := s.store.SessionPrincipal(ctx, token.Hash(), now, now.Add(-SessionIdle))
	if err != nil {
		return Principal{}, err
	}
	if touch && now.Sub(seen) >= TouchEvery {
		if err := s.store.TouchSession(ctx, token.Hash(), now); err != nil {
			return Principal{}, err
		}
	}
	principal.Session, principal.CSRF = token.Hash(), token.CSRF()
	return principal, nil
}

// SignOut ends the principal's session.
func (s *Service) SignOut(ctx context.Context, principal Principal) error {
	return s.store.EndSession(ctx, principal.Session, s.now())
}

// RequireStepUp returns fault.StepUp unless the person has shown a factor within StepUpMax. Changes to
// credentials, to addresses and to other people's rights need it.
func (s *Service) RequireStepUp(principal Principal) error {
	if s.now().Sub(principal.AuthTime) > StepUpMax {
		return fault.New(fault.StepUp)
	}
	return nil
}

// SetLanguage changes the language of the principal's account.
func (s *Service) SetLanguage(ctx context.Context, principal Principal, language string) error {
	if !KnownLanguage(language) {
		return fault.New(fault.BadRequest, "why", "unknown language").At("language")
	}
	return s.store.SetLanguage(ctx, principal.Account, language)
}

// KnownLanguage reports whether an account may have the language.
func KnownLanguage(language string) bool {
	switch language {
	case "nb", "en", "sv", "de":
		return true
	}
	return false
}
