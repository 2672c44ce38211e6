package access

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"bompass/shared/fault"
)

// Visitor is who knocks, as far as the network tells.
type Visitor struct {
	Address string // of the network, without port
	Device  string // what Keys.Device gave the browser when somebody signed in with it; empty if nobody did
}

// Limits of what a person may type.
const (
	emailMax    = 254
	passwordMax = 512 // bytes; 128 characters of up to four
)

// Password checks an e-mail address and password and returns the token of the step towards the code.
// An unknown address, a wrong password and an account that cannot be read give the same fault after
// the same work.
func (d *Desk) Password(ctx context.Context, visitor Visitor, email, password string) (Token, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > emailMax || len(password) > passwordMax || !printable(email) {
		return "", fault.New(fault.WrongCredentials)
	}
	keys := d.throttleKeys(visitor, email)
	if err := d.spend(ctx, keys); err != nil {
		return "", err
	}
	account, err := d.store.AccountByEmail(ctx, email)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	known := err == nil
	right, err := d.verify(ctx, password, account.PasswordHash)
	if err != nil {
		return "", err
	}
	if !known || !right {
		return "", fault.New(fault.WrongCredentials)
	}
	if err := d.giveBack(ctx, keys, false); err != nil {
		return "", err
	}
	now, token := d.now(), newToken()
	return token, d.store.AddStep(ctx, token.Hash(), account.ID, now, now.Add(StepMax))
}

// printable tells whether an address can be one at all; what cannot is nobody's and is not looked up.
func printable(email string) bool {
	return utf8.ValidString(email) && !strings.ContainsFunc(email, unicode.IsControl)
}

// Code checks the code that follows an accepted password and begins a session with a token of its
// own. A code opens one session only, however many ask at once, RFC 6238 section 5.2.
func (d *Desk) Code(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	if !step.plausible() {
		return "", fault.New(fault.SignedOut)
	}
	now := d.now()
	account, err := d.store.TryStep(ctx, step.Hash(), now, StepTries)
	if err != nil {
		return "", err
	}
	keys := d.throttleKeys(visitor, account.Email)
	if err := d.spend(ctx, keys); err != nil {
		return "", err
	}
	secret, err := d.keys.open(account.TOTP, string(account.ID))
	if err != nil {
		return "", err
	}
	matched, ok, err := matchCode(string(secret), code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	token := newToken()
	began, err := d.store.BeginSession(ctx, step.Hash(), matched, Session{
		Hash: token.Hash(), Account: account.ID, Customer: account.Customer, Began: now, Until: now.Add(SessionMax),
	})
	if err != nil {
		return "", err
	}
	if !began {
		return "", fault.New(fault.WrongCredentials)
	}
	return token, d.giveBack(ctx, keys, true)
}
