package factor

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Time steps of RFC 6238. The previous step is accepted too, for slow clocks and fingers; a code from the
// future is not.
const (
	totpPeriod    = 30 // seconds
	totpDigits    = 6
	totpLateSteps = 1
	secretBytes   = 20
)

// FailsMax is the number of wrong codes in a row that suspends an authenticator app.
const FailsMax = 100

// Enrolment is an authenticator app that becomes one of an account's factors.
type Enrolment struct {
	TOTP          seal.Sealed
	TOTPStep      int64    // time step of the code that confirmed it
	RecoveryCodes [][]byte // hashes of new recovery codes; nil keeps the old ones
	Claim         string   // the lost-factor claim by which it replaces all factors; empty for none
	At            time.Time
	Messages      []notice.Message
}

// TOTPSetup is a secret for an authenticator app.
type TOTPSetup struct {
	Secret string // for typing, in groups of four
	URL    string // for scanning
}

// VerifyCode checks the authenticator's code and completes a pending login with a new session. A code opens
// one session only, however many requests bring it at once, RFC 6238 section 5.2.
func (s *Service) VerifyCode(ctx context.Context, visitor access.Visitor, login seal.Token, code string) (seal.Token, error) {
	account, err := s.countTry(ctx, login)
	// There is no pending login with this token; it may be the token of a deferred login.
	if fault.CodeOf(err) == fault.SignedOut && err != nil && login.Plausible() {
		return s.verifyDeferred(ctx, visitor, login, code)
	}
	if err != nil {
		return "", err
	}
	attempt, err := s.access.CountFactorTry(ctx, visitor, account.Email)
	if err != nil {
		return "", err
	}
	now := s.now()
	step, ok, err := s.verifyTOTP(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	token, session, err := s.access.NewSession(account, visitor, now)
	if err != nil {
		return "", err
	}
	began, err := s.store.BeginSessionWithTOTP(ctx, login.Hash(), step, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, s.access.Refund(ctx, attempt, true)
}

// verifyDeferred completes a deferred login: password and code are judged together. Its tries are limited by the
// login's own count and by the visitor's tries of passwords.
func (s *Service) verifyDeferred(ctx context.Context, visitor access.Visitor, login seal.Token, code string) (seal.Token, error) {
	now := s.now()
	// The account is empty for a login with a wrong password. The caller cannot tell this from a wrong code.
	account, err := s.store.TryDeferredLogin(ctx, login.Hash(), now, PendingLoginTries)
	if err != nil {
		return "", err
	}
	if account.ID == "" {
		return "", fault.New(fault.WrongCredentials)
	}
	step, ok, err := s.verifyTOTP(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	// The deferred login becomes a pending one, which BeginSessionWithTOTP ends.
	if err := s.store.AddPendingLogin(ctx, login.Hash(), account.ID, now, now.Add(access.PendingLoginMax)); err != nil {
		return "", err
	}
	token, session, err := s.access.NewSession(account, visitor, now)
	if err != nil {
		return "", err
	}
	began, err := s.store.BeginSessionWithTOTP(ctx, login.Hash(), step, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// verifyTOTP compares a code with an account's authenticator app. After FailsMax wrong codes in a row the app is
// suspended until the person has shown another factor.
func (s *Service) verifyTOTP(ctx context.Context, account access.Account, code string, now time.Time) (step int64, ok bool, err error) {
	if len(account.TOTP.Data) == 0 {
		return 0, false, nil
	}
	secret, err := s.keys.Open(account.TOTP, string(account.ID))
	if err != nil {
		return 0, false, err
	}
	if step, ok, err = matchTOTP(string(secret), code, now); err != nil {
		return 0, false, err
	}
	active, err := s.countFactorTry(ctx, account, ok, now)
	return step, ok && active, err
}

// countFactorTry counts a wrong code, or clears the count at a right one. It reports whether the account's codes
// are still accepted, and notifies the owner at the code that suspends them, ASVS V6.3.5.
func (s *Service) countFactorTry(ctx context.Context, account access.Account, right bool, now time.Time) (active bool, err error) {
	fails, err := s.store.CountFactorTry(ctx, account.ID, right)
	if err != nil || right || fails != FailsMax {
		return err == nil && fails < FailsMax, err
	}
	message, err := s.messages.Mail(notice.FactorSuspended, account.Recipient(), notice.Content{})
	if err != nil {
		return false, err
	}
	return false, s.store.SuspendFactor(ctx, account.ID, now, []notice.Message{message})
}

// matchTOTP returns the time step of a code. Every acceptable step is compared, so that the time taken reveals
// nothing.
func matchTOTP(secret, code string, now time.Time) (step int64, ok bool, err error) {
	code = text.Code(code)
	if len(code) != totpDigits {
		return 0, false, nil
	}
	current := now.Unix() / totpPeriod
	for n := current - totpLateSteps; n <= current; n++ {
		want, err := hotp.GenerateCode(secret, uint64(n))
		if err != nil {
			return 0, false, fmt.Errorf("compute code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			step, ok = n, true
		}
	}
	return step, ok, nil
}

// StartTOTPSetup returns a secret for another authenticator app, which will replace the first one.
func (s *Service) StartTOTPSetup(ctx context.Context, principal access.Principal) (TOTPSetup, error) {
	if err := s.access.RequireStepUp(principal); err != nil {
		return TOTPSetup{}, err
	}
	return s.totpSetup(ctx, principal.Session, principal.Account, principal.Email)
}

// FinishTOTPSetup confirms the secret with a code. It returns new recovery codes if the account had none.
func (s *Service) FinishTOTPSetup(ctx context.Context, principal access.Principal, code string) ([]string, error) {
	if err := s.access.RequireStepUp(principal); err != nil {
		return nil, err
	}
	account, err := s.store.AccountByID(ctx, principal.Account, s.now())
	if err != nil {
		return nil, err
	}
	e, codes, err := s.verifySetupCode(ctx, principal.Session, account, code)
	if err != nil {
		return nil, err
	}
	return codes, s.store.EnrolTOTP(ctx, principal.Account, e)
}

// StartTOTPSetupAtLogin returns a secret for a pending login whose account has no factor yet, or has lost them all.
func (s *Service) StartTOTPSetupAtLogin(ctx context.Context, login seal.Token) (TOTPSetup, error) {
	account, err := s.pendingAccount(ctx, login)
	if err != nil {
		return TOTPSetup{}, err
	}
	if _, err := s.lostFactorClaim(ctx, login, account); err != nil {
		return TOTPSetup{}, err
	}
	return s.totpSetup(ctx, login.Hash(), account.ID, account.Email)
}

// FinishTOTPSetupAtLogin confirms the secret with a code, begins the session and returns the recovery codes, which
// are shown this once.
func (s *Service) FinishTOTPSetupAtLogin(ctx context.Context, visitor access.Visitor, login seal.Token, code string) (seal.Token, []string, error) {
	account, err := s.countTry(ctx, login)
	if err != nil {
		return "", nil, err
	}
	claim, err := s.lostFactorClaim(ctx, login, account)
	if err != nil {
		return "", nil, err
	}
	e, codes, err := s.verifySetupCode(ctx, login.Hash(), account, code)
	if err != nil {
		return "", nil, err
	}
	if claim != "" {
		if codes, err = s.replaceFactors(&e, account, claim); err != nil {
			return "", nil, err
		}
	}
	token, session, err := s.access.NewSession(account, visitor, e.At)
	if err != nil {
		return "", nil, err
	}
	session.Messages = nil // the message about the new factor is enough
	began, err := s.store.BeginSessionEnrolled(ctx, login.Hash(), e, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	return token, codes, err
}

// totpSetup returns the pending secret of a login or session, or makes one. A reloaded page shows the same
// secret, so that an app that has it already works.
func (s *Service) totpSetup(ctx context.Context, holder seal.Hash, account toll.AccountID, email string) (TOTPSetup, error) {
	now, key := s.now(), access.CeremonyKey("totp", holder)
	secret, err := s.pendingSecret(ctx, key, account)
	if err != nil && fault.CodeOf(err) != fault.SignedOut {
		return TOTPSetup{}, err
	}
	if err != nil {
		secret = newCode(secretBytes)
		data, err := json.Marshal(s.keys.Seal([]byte(secret), setupRow(account)))
		if err != nil {
			return TOTPSetup{}, fmt.Errorf("TOTP setup: %w", err)
		}
		if err := s.store.SaveCeremony(ctx, key, data, now, now.Add(CeremonyMax)); err != nil {
			return TOTPSetup{}, err
		}
	}
	link := "otpauth://totp/Bompass:" + EscapeLabel(email) + "?" + url.Values{"secret": {secret}, "issuer": {"Bompass"}}.Encode()
	return TOTPSetup{Secret: groupsOfFour(secret), URL: link}, nil
}

// EscapeLabel returns an address for the label of an otpauth link. Apps read a plus sign as a space, so it is escaped,
// too.
func EscapeLabel(email string) string { return strings.ReplaceAll(url.PathEscape(email), "+", "%2B") }

func setupRow(account toll.AccountID) string { return "offer " + string(account) }

// pendingSecret returns the secret of an authenticator app that is being set up. It stays valid, because a wrong
// code can be followed by another attempt.
func (s *Service) pendingSecret(ctx context.Context, key seal.Hash, account toll.AccountID) (string, error) {
	data, err := s.store.Ceremony(ctx, key, s.now(), false)
	if err != nil {
		return "", err
	}
	var sealed seal.Sealed
	if err := json.Unmarshal(data, &sealed); err != nil {
		return "", fmt.Errorf("TOTP setup: %w", err)
	}
	secret, err := s.keys.Open(sealed, setupRow(account))
	return string(secret), err
}

// verifySetupCode compares a code with the pending secret and prepares the enrolment.
func (s *Service) verifySetupCode(ctx context.Context, holder seal.Hash, account access.Account, code string) (Enrolment, []string, error) {
	now := s.now()
	secret, err := s.pendingSecret(ctx, access.CeremonyKey("totp", holder), account.ID)
	if err != nil {
		return Enrolment{}, nil, err
	}
	step, ok, err := matchTOTP(secret, code, now)
	if err != nil {
		return Enrolment{}, nil, err
	}
	if !ok {
		return Enrolment{}, nil, fault.New(fault.CodeWrong).At("code")
	}
	message, err := s.messages.Mail(notice.FactorAdded, account.Recipient(), notice.Content{})
	if err != nil {
		return Enrolment{}, nil, err
	}
	// The step of this code is stored with the secret, so that the code cannot be used a second time to sign in.
	e := Enrolment{TOTP: s.keys.Seal([]byte(secret), string(account.ID)), TOTPStep: step, At: now, Messages: []notice.Message{message}}
	var codes []string
	// Recovery codes are made with the first factor; a further factor does not replace them.
	if account.RecoveryCodes == 0 {
		codes, e.RecoveryCodes = s.newRecoveryCodes(account.ID)
	}
	return e, codes, nil
}

// newCode returns random bytes in base32 without padding.
func newCode(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}
