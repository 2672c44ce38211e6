package access

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"bompass/shared/fault"
)

// NewToken makes a token for the domains beside this one that begin sessions of their own.
func NewToken() Token { return newToken() }

// Plausible tells whether a text can be a token at all.
func (t Token) Plausible() bool { return t.plausible() }

// NewSession prepares a session for an account that has proved itself by other means than a password,
// with the letter that tells of an unknown browser.
func (d *Service) NewSession(account Account, visitor Visitor, now time.Time) (Token, Session, error) {
	return d.prepareSession(account, visitor, now)
}

// visitBudget bound what one household may make us ask of others before anybody is known: an office behind
// one address gets in, and a flood waits.
func visitBudget() budget { return budget{free: 60, max: time.Minute, forget: 5 * time.Second} }

// ThrottleVisit counts a visit that costs something outside, by the address that it comes from.
func (d *Service) ThrottleVisit(ctx context.Context, visitor Visitor, flow string) error {
	name := base64.RawURLEncoding.EncodeToString(d.keys.hash(d.keys.throttle, network(visitor.Address))[:16])
	now, b := d.now(), visitBudget()
	return d.store.UpdateTries(ctx, []string{flow + ":" + name}, now.Add(-triesKept), func(tries []Tries) error {
		t := &tries[0]
		t.Count = max(0, t.Count-int(min(now.Sub(t.Last), triesKept)/b.forget))
		if wait := b.wait(*t) - now.Sub(t.Last); wait > 0 {
			return fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
		}
		*t = Tries{Count: t.Count + 1, Last: now}
		return nil
	})
}
