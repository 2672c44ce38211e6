// Package factor verifies and changes second factors: authenticator apps, recovery codes, passkeys and codes
// by text message. It completes pending logins, performs step-ups, and replaces factors that were lost.
//
// Passwords, sessions and throttling are package access's.
package factor

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/seclog"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of factors.
const (
	PendingLoginTries = 5 // codes for one password
	CeremonyMax       = 10 * time.Minute
)

// PendingLogins finds the accounts of pending logins.
type PendingLogins interface {
	// TryPendingLogin counts a try and returns the account. It returns fault.SignedOut when the pending
	// login has expired, is unknown, or has had triesMax tries.
	TryPendingLogin(ctx context.Context, hash seal.Hash, now time.Time, triesMax int) (access.Account, error)
	// PendingLoginAccount returns the account without counting a try.
	PendingLoginAccount(ctx context.Context, hash seal.Hash, now time.Time) (access.Account, error)
	// HasDeferredLogin reports whether a token is that of a deferred login.
	HasDeferredLogin(ctx context.Context, hash seal.Hash, now time.Time) (bool, error)
	// TryDeferredLogin counts a try of a deferred login and returns its account, whose ID is empty if the password was
	// wrong. It returns fault.SignedOut like TryPendingLogin.
	TryDeferredLogin(ctx context.Context, hash seal.Hash, now time.Time, triesMax int) (access.Account, error)
	// AddPendingLogin adds a sign-in whose password was right and whose second factor is missing.
	AddPendingLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error
}

// Sessions begins sessions with a factor.
type Sessions interface {
	// BeginSessionWithTOTP spends the pending login and the code's time step in one transaction, and only if
	// neither was spent before; it reports whether the session began.
	BeginSessionWithTOTP(ctx context.Context, login seal.Hash, totpStep int64, s access.Session) (bool, error)
	// BeginSessionEnrolled spends the pending login of an account without factors and enrols an app.
	BeginSessionEnrolled(ctx context.Context, login seal.Hash, e Enrolment, s access.Session) (bool, error)
	// BeginSessionWithRecoveryCode spends the pending login and a recovery code.
	BeginSessionWithRecoveryCode(ctx context.Context, login seal.Hash, code []byte, s access.Session) (bool, error)
	// BeginSessionWithPasskey spends the pending login, if there was one.
	BeginSessionWithPasskey(ctx context.Context, login *seal.Hash, key Passkey, s access.Session) (bool, error)
	// StepUp records a step-up; it reports false when the code was used before.
	StepUp(ctx context.Context, p StepUp) (bool, error)
}

// Enrolments stores authenticator apps and recovery codes.
type Enrolments interface {
	AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error)
	EnrolTOTP(ctx context.Context, id toll.AccountID, e Enrolment) error
	SetRecoveryCodes(ctx context.Context, id toll.AccountID, e Enrolment) error
	// CountFactorTry counts a wrong code, or clears the count at a right one, and returns the count.
	CountFactorTry(ctx context.Context, id toll.AccountID, right bool) (int, error)
	// SuspendFactor records that the authenticator app is suspended and sends messages.
	SuspendFactor(ctx context.Context, id toll.AccountID, at time.Time, messages []notice.Message) error
}

// Stores is the persistence that a Service needs, one small interface for each part of it.
type Stores struct {
	PendingLogins
	Sessions
	Enrolments
	Passkeys
	TextCodes
	LostFactorClaims
	LostFactorLogins
	access.Ceremonies
	access.Links
}

// allStores is the set of methods of one implementation of all Stores.
type allStores interface { //nolint:interfacebloat // one implementation of all, only to fill Stores
	PendingLogins
	Sessions
	Enrolments
	Passkeys
	TextCodes
	LostFactorClaims
	LostFactorLogins
	access.Ceremonies
	access.Links
}

// From returns Stores that all lead to one store.
func From(s allStores) Stores { return Stores{s, s, s, s, s, s, s, s, s} }

// Options are the operator's choices.
type Options struct {
	PublicURL string // address of the portal: passkeys are bound to it
	TextCodes bool   // codes by text message may be a second factor beside another
}

// Service verifies and changes second factors. It is safe for concurrent use.
type Service struct {
	access       *access.Service
	store        Stores
	keys         seal.Keys
	messages     *notice.Writer
	relyingParty *webauthn.WebAuthn
	options      Options
	now          func() time.Time
}

// Deps is what a Service works with.
type Deps struct {
	Access   *access.Service
	Store    Stores
	Keys     seal.Keys
	Messages *notice.Writer
	Options  Options
	Now      func() time.Time
}

// NewService returns a Service for a portal. Passkeys are bound to the host name of its address; loopback
// addresses become localhost, since passkeys need a name.
func NewService(d Deps) (*Service, error) {
	u, err := url.Parse(d.Options.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public address: %w", err)
	}
	party, err := relyingParty(u)
	if err != nil {
		return nil, err
	}
	return &Service{access: d.Access, store: d.Store, keys: d.Keys, messages: d.Messages, relyingParty: party, options: d.Options, now: d.Now}, nil
}

// LoginFactors lists the factors that can complete a pending login.
type LoginFactors struct {
	Email         string
	TOTP, Passkey bool
	RecoveryCode  bool
	MustEnrol     bool   // the account has no factor yet
	TextNumber    string // the number that a code can be sent to, masked; empty if there is none
}

// LoginFactors returns the factors that can complete a pending login.
func (s *Service) LoginFactors(ctx context.Context, login seal.Token) (LoginFactors, error) {
	account, err := s.pendingAccount(ctx, login)
	if fault.CodeOf(err) == fault.SignedOut && err != nil && login.Plausible() {
		deferred, deferredErr := s.store.HasDeferredLogin(ctx, login.Hash(), s.now())
		if deferred || deferredErr != nil {
			return LoginFactors{TOTP: true}, deferredErr // the same for every account, and for none
		}
	}
	if err != nil {
		return LoginFactors{}, err
	}
	f := LoginFactors{Email: account.Email, TOTP: len(account.TOTP.Data) > 0, Passkey: account.Passkeys > 0, RecoveryCode: account.RecoveryCodes > 0}
	f.MustEnrol = !f.TOTP && !f.Passkey
	if s.canText(account) {
		f.TextNumber = MaskNumber(account.TextMobile)
	}
	return f, nil
}

func (s *Service) pendingAccount(ctx context.Context, login seal.Token) (access.Account, error) {
	if !login.Plausible() {
		return access.Account{}, fault.New(fault.SignedOut)
	}
	account, err := s.store.PendingLoginAccount(ctx, login.Hash(), s.now())
	seclog.About(ctx, account.ID)
	return account, err
}

// countTry counts a try of a pending login and returns its account.
func (s *Service) countTry(ctx context.Context, login seal.Token) (access.Account, error) {
	if !login.Plausible() {
		return access.Account{}, fault.New(fault.SignedOut)
	}
	account, err := s.store.TryPendingLogin(ctx, login.Hash(), s.now(), PendingLoginTries)
	seclog.About(ctx, account.ID)
	return account, err
}

// List is the factors of an account.
type List struct {
	TOTP          bool
	RecoveryCodes int // unused ones
	Password      bool
	Passkeys      []Passkey
	TextAllowed   bool   // text messages may be added as a factor
	TextNumber    string // the number that codes are sent to, masked; empty if there is none
	Mobile        string // the confirmed number that could be used, masked; empty if there is none
}

// Factors lists the principal's own factors.
func (s *Service) Factors(ctx context.Context, principal access.Principal) (List, error) {
	account, err := s.store.AccountByID(ctx, principal.Account, s.now())
	if err != nil {
		return List{}, err
	}
	passkeys, err := s.store.Passkeys.Passkeys(ctx, principal.Account)
	list := List{TOTP: len(account.TOTP.Data) > 0, RecoveryCodes: account.RecoveryCodes, Password: account.PasswordHash != "", Passkeys: passkeys}
	list.TextAllowed = s.options.TextCodes && list.Password && (list.TOTP || len(passkeys) > 0) && s.messages.CheckChannel(notice.SMS) == nil
	list.TextNumber, list.Mobile = MaskNumber(account.TextMobile), MaskNumber(account.Mobile)
	return list, err
}

// groupsOfFour writes a code in groups of four, which are easier to read and type.
func groupsOfFour(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
