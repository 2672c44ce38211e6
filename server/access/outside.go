package access

import "time"

// NewToken makes a token for the domains beside this one that begin sessions of their own.
func NewToken() Token { return newToken() }

// Plausible tells whether a text can be a token at all.
func (t Token) Plausible() bool { return t.plausible() }

// NewSession prepares a session for an account that has proved itself by other means than a password,
// with the letter that tells of an unknown browser.
func (d *Desk) NewSession(account Account, visitor Visitor, now time.Time) (Token, Session, error) {
	return d.newSession(account, visitor, now)
}
