// Package access owns who a caller is: the password and code that open an account, the sessions that
// follow, and the throttle that slows guessing.
//
// It says who acts and for which customer. What that actor may do with a thing is the domain's that
// owns the thing; cookies and forms are package web's.
package access

import (
	"context"
	"time"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Limits of sessions and of the way in.
const (
	SessionIdle       = 30 * time.Minute // without a request
	SessionMax        = 12 * time.Hour   // since the code was accepted
	SessionsMax       = 10               // of one account; the one that was used least lately ends for one more
	PendingLoginMax   = 5 * time.Minute  // from password to code
	PendingLoginTries = 5                // codes for one password
	TouchEvery        = time.Minute      // how often a session's last use is written
)

// Principal is who asks: a person, through a session, on behalf of one customer.
type Principal struct {
	Account  toll.AccountID
	Email    string
	Person   string
	Language string
	Role     role.Role
	Customer toll.CustomerID
	Name     string // of the customer
	Kind     toll.CustomerKind
	Vehicle  toll.VehicleID // a driver's own; empty for everybody else
	Privacy  int            // version of the privacy statement that the person accepts; 0 for none
	AuthTime time.Time      // when the person last showed a factor in this session
	Session  Hash           // names the session without opening it
	CSRF     string         // what forms and scripts of this session send back
}

// Account is what the way in needs to know of a person.
type Account struct {
	ID             toll.AccountID
	Email          string
	Person         string
	Language       string
	PasswordHash   string
	TOTP           Sealed // of the base32 secret
	BirthNumber    Sealed
	BirthHash      []byte // keyed, for finding
	Customer       toll.CustomerID
	Role           role.Role
	EmailConfirmed bool   // the address is the person's, as far as we have tried
	Mobile         string // confirmed; empty if none is
	TextMobile     string // the confirmed number that codes are sent to; empty if it is no factor
	Passkeys       int
	RecoveryCodes  int       // recovery codes left
	OnboardedAt    time.Time // when the person accepted what must be accepted; zero while they have not
}

// Session is a session about to begin.
type Session struct {
	Hash       Hash
	Account    toll.AccountID
	Customer   toll.CustomerID
	Began      time.Time
	Until      time.Time
	Place      Place
	ByTextCode bool             // begun with a code by text message, which vouches for no change
	Messages   []notice.Message // that tell of it
}

// Accounts keeps the people who can sign in.
type Accounts interface {
	// AccountByEmail returns fault.NotFound when nobody has the address.
	AccountByEmail(ctx context.Context, email string) (Account, error)
	// AccountByName returns fault.NotFound when the name is nobody's.
	AccountByName(ctx context.Context, name LoginName, now time.Time) (Account, error)
	// AddAccount leaves an account that is already there as it is.
	AddAccount(ctx context.Context, a Account) error
	SetLanguage(ctx context.Context, id toll.AccountID, language string) error
	// UpdatePasswordHash keeps the same password in another form, unless it was changed meanwhile.
	UpdatePasswordHash(ctx context.Context, id toll.AccountID, was, hash string) error
}

// PendingLogins keeps people who have given their password and not yet their code.
type PendingLogins interface {
	AddPendingLogin(ctx context.Context, hash Hash, id toll.AccountID, now, until time.Time) error
	// TryPendingLogin counts a try and returns the account. It returns fault.SignedOut when the step is over,
	// unknown or has had triesMax tries.
	TryPendingLogin(ctx context.Context, hash Hash, now time.Time, triesMax int) (Account, error)
	// BeginSessionWithTOTP spends the step and the code's time step in one go, and only if neither was spent
	// before; it tells whether the session began.
	BeginSessionWithTOTP(ctx context.Context, step Hash, totpStep int64, s Session) (bool, error)
	// PendingLoginAccount returns whose step it is without counting a try.
	PendingLoginAccount(ctx context.Context, hash Hash, now time.Time) (Account, error)
}

// FactorGuards keeps how often an authenticator's code was wrong.
type FactorGuards interface {
	// CountFactorTry counts a wrong code, or forgets those before a right one, and returns the count.
	CountFactorTry(ctx context.Context, id toll.AccountID, right bool) (int, error)
	// SuspendFactor notes that the authenticator opens nothing any more, with the letters that tell of it.
	SuspendFactor(ctx context.Context, id toll.AccountID, at time.Time, letters []notice.Message) error
}

// Sessions keeps who is signed in.
type Sessions interface {
	// SessionActor returns fault.SignedOut for a session that is unknown, over at now, or not seen
	// since the given instant.
	SessionActor(ctx context.Context, hash Hash, now, since time.Time) (actor Principal, seen time.Time, err error)
	TouchSession(ctx context.Context, hash Hash, now time.Time) error
	// EndSession ends a session and notes that its person left; one that is over already stays so.
	EndSession(ctx context.Context, hash Hash, now time.Time) error
}

// Throttles keeps how often something was tried.
type Throttles interface {
	// UpdateTries locks the counts under the keys, lets decide change them, and saves them unless it
	// refuses. Counts come in the order of the keys. Some counts older than stale are dropped.
	UpdateTries(ctx context.Context, keys []string, stale time.Time, decide func(tries []Tries) error) error
}

// Store is all that the way in remembers.
type Store interface {
	Accounts
	PendingLogins
	FactorGuards
	Sessions
	Throttles
}

// Service lets people in and knows them again.
type Service struct {
	store  Store
	keys   Keys
	now    func() time.Time
	letter *notice.Writer
	hashes chan struct{} // one place for each password being hashed
}

// NewService returns a Desk that works with the given keys.
func NewService(store Store, keys Keys, now func() time.Time) *Service {
	// The desk's own letters lead nowhere, so they need no address to begin with.
	return &Service{store: store, keys: keys, now: now, letter: notice.NewWriter(keys, "", now), hashes: make(chan struct{}, concurrentHashesMax)}
}

// Authenticate returns the actor behind a session's token, and counts as use of the session.
func (d *Service) Authenticate(ctx context.Context, token Token) (Principal, error) {
	return d.actor(ctx, token, true)
}

// Peek returns the actor behind a session's token without prolonging the session.
func (d *Service) Peek(ctx context.Context, token Token) (Principal, error) {
	return d.actor(ctx, token, false)
}

func (d *Service) actor(ctx context.Context, token Token, touch bool) (Principal, error) {
	if !token.plausible() {
		return Principal{}, fault.New(fault.SignedOut)
	}
	now := d.now()
	actor, seen, err := d.store.SessionActor(ctx, token.Hash(), now, now.Add(-SessionIdle))
	if err != nil {
		return Principal{}, err
	}
	if touch && now.Sub(seen) >= TouchEvery {
		if err := d.store.TouchSession(ctx, token.Hash(), now); err != nil {
			return Principal{}, err
		}
	}
	actor.Session, actor.CSRF = token.Hash(), token.csrf()
	return actor, nil
}

// SignOut ends the actor's session.
func (d *Service) SignOut(ctx context.Context, actor Principal) error {
	return d.store.EndSession(ctx, actor.Session, d.now())
}

// SetLanguage chooses the language of the actor's account.
func (d *Service) SetLanguage(ctx context.Context, actor Principal, language string) error {
	if !KnownLanguage(language) {
		return fault.New(fault.BadRequest, "why", "unknown language").At("language")
	}
	return d.store.SetLanguage(ctx, actor.Account, language)
}

// KnownLanguage tells whether an account may choose the language.
func KnownLanguage(language string) bool {
	switch language {
	case "nb", "en", "sv", "de":
		return true
	}
	return false
}
