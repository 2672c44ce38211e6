package access

import (
	"context"
	"time"

	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// OwnSessionMax is how long a session on a person's own device waits for its person. After SessionIdle without use, and
// SessionMax after signing in, it is locked: it opens nothing until a passkey or an eID of the account is proven.
const OwnSessionMax = 14 * 24 * time.Hour

// LockedSession is a session on a person's own device that is locked.
type LockedSession struct {
	Account  toll.AccountID
	Person   string
	Passkeys int
}

// OwnSessions stores sessions on people's own devices.
type OwnSessions interface {
	// SetOwnSession makes a session one on the person's own device until an instant, or an ordinary one again if the
	// instant is zero.
	SetOwnSession(ctx context.Context, hash seal.Hash, until time.Time) error
	// LockedSession returns fault.SignedOut for a session that is not on the person's own device, or has ended.
	LockedSession(ctx context.Context, hash seal.Hash, now time.Time) (LockedSession, error)
	// ContinueSession gives a new session the place of one on the same person's own device, with its customer, until an
	// instant. The other session ends, whoever's it is.
	ContinueSession(ctx context.Context, locked, next seal.Hash, now, until time.Time) error
	// EndOwnSession ends a session on a person's own device, with an event; it does nothing for others.
	EndOwnSession(ctx context.Context, hash seal.Hash, now time.Time) error
}

// KeepSession makes the principal's session one on the person's own device, or an ordinary one again.
func (s *Service) KeepSession(ctx context.Context, principal Principal, keep bool) error {
	if !keep {
		return s.store.SetOwnSession(ctx, principal.Session, time.Time{})
	}
	if err := s.RequireStepUp(principal); err != nil {
		return err
	}
	return s.store.SetOwnSession(ctx, principal.Session, s.now().Add(OwnSessionMax))
}

// Locked returns the session of a token if it is on its person's own device. It returns fault.SignedOut otherwise.
func (s *Service) Locked(ctx context.Context, token seal.Token) (LockedSession, error) {
	if !token.Plausible() {
		return LockedSession{}, fault.New(fault.SignedOut)
	}
	return s.store.LockedSession(ctx, token.Hash(), s.now())
}

// ContinueSession gives a session that a passkey or an eID has just opened the place of the locked one that the browser
// had before.
func (s *Service) ContinueSession(ctx context.Context, locked, next seal.Token) error {
	if !locked.Plausible() {
		return nil
	}
	now := s.now()
	return s.store.ContinueSession(ctx, locked.Hash(), next.Hash(), now, now.Add(OwnSessionMax))
}

// EndLocked ends the session of a token if it is on its person's own device.
func (s *Service) EndLocked(ctx context.Context, token seal.Token) error {
	if !token.Plausible() {
		return nil
	}
	return s.store.EndOwnSession(ctx, token.Hash(), s.now())
}
