package access

import (
	"crypto/subtle"
	"time"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Principal is an authenticated caller: a person, through a session, acting for one customer.
type Principal struct {
	Account  toll.AccountID
	Email    string
	Person   string
	Language string
	Role     role.Role
	Customer toll.CustomerID
	Name     string // of the customer
	Kind     toll.CustomerKind
	Vehicle  toll.VehicleID // the only vehicle of a driver; empty for all other roles
	Contact  Contact        // which details the person has given
	Privacy  int            // version of the privacy statement that the person has accepted; 0 for none
	Own      bool           // the session is on the person's own device and lasts longer
	AuthTime time.Time      // when the person last showed a factor in this session
	Session  seal.Hash      // identifies the session without opening it
	CSRF     string         // anti-forgery value of this session's forms and scripts
}

// Contact is which of the details that everybody must give a person has given.
type Contact struct {
	Mobile          bool // a mobile number
	MobileConfirmed bool // which is confirmed by a code
	Address         bool // a complete postal address
}

// CSRFMatches reports whether a request carries the principal's anti-forgery value. It compares in constant time.
func (p Principal) CSRFMatches(got string) bool {
	return p.CSRF != "" && subtle.ConstantTimeCompare([]byte(p.CSRF), []byte(got)) == 1
}

// Recipient returns the principal's person as the recipient of messages.
func (p Principal) Recipient() notice.Recipient {
	return notice.Recipient{Account: p.Account, Name: p.Person, Address: p.Email, Language: p.Language}
}

// Account is a person who can sign in.
type Account struct {
	ID             toll.AccountID
	Email          string
	Person         string
	Language       string
	PasswordHash   string
	TOTP           seal.Sealed // the base32 secret of the authenticator app
	BirthNumber    seal.Sealed
	BirthHash      []byte // look-up hash of the birth number
	Customer       toll.CustomerID
	Role           role.Role
	EmailConfirmed bool
	Mobile         string // confirmed; empty if there is none
	TextMobile     string // the confirmed number that codes are sent to; empty if text messages are no factor
	Passkeys       int
	RecoveryCodes  int       // unused ones
	OnboardedAt    time.Time // when the person accepted the terms; zero while that is missing
}

// Recipient returns the account's person as the recipient of messages.
func (a Account) Recipient() notice.Recipient {
	return notice.Recipient{Account: a.ID, Name: a.Person, Address: a.Email, Language: a.Language}
}

// Session is a new session.
type Session struct {
	Hash       seal.Hash
	Account    toll.AccountID
	Customer   toll.CustomerID
	Began      time.Time
	Until      time.Time
	Place      Place
	ByTextCode bool             // begun with a code by text message, which does not count as a step-up
	Messages   []notice.Message // about the sign-in
}
