package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of factors.
const (
	StepUpMax     = 5 * time.Minute // for which a factor that was shown vouches for changes, portal.md D5
	CeremonyMax   = 10 * time.Minute
	RecoveryCodes = 10
	RecoveryLow   = 3 // from this many left the person is warned
	recoveryBytes = 10
	secretBytes   = 20
	PasskeysMax   = 10
)

// Enrolment is an authenticator app about to be one of an account's factors.
type Enrolment struct {
	TOTP          Sealed
	TOTPStep      int64    // of the code that confirmed it
	RecoveryCodes [][]byte // hashes of new recovery codes; nil leaves the old ones
	Claim         string   // what lets it take the place of every factor; empty for one among others
	At            time.Time
	Messages      []notice.Message
}

// StepUp is a factor shown again within a session, which goes on under a new token.
type StepUp struct {
	Account  toll.AccountID
	Old, New Hash
	TOTPStep int64    // 0 when a passkey was shown
	Passkey  *Passkey // as it is after use
	At       time.Time
	Place    Place
}

// Ceremonies keeps what stands open between two requests.
type Ceremonies interface {
	// SaveCeremony replaces what was kept under the hash.
	SaveCeremony(ctx context.Context, hash Hash, data []byte, now, until time.Time) error
	// Ceremony returns fault.SignedOut when nothing is kept; take removes it.
	Ceremony(ctx context.Context, hash Hash, now time.Time, take bool) ([]byte, error)
}

// SessionStarts begins sessions with a factor, and notes that one was shown again.
type SessionStarts interface {
	// BeginSessionEnrolled spends the step of an account without factors, enrols and begins a session.
	BeginSessionEnrolled(ctx context.Context, step Hash, e Enrolment, s Session) (bool, error)
	// BeginSessionWithRecoveryCode spends the step and a recovery code and begins a session.
	BeginSessionWithRecoveryCode(ctx context.Context, step Hash, code []byte, s Session) (bool, error)
	// BeginSessionWithPasskey spends the step, if there was one, and begins a session.
	BeginSessionWithPasskey(ctx context.Context, step *Hash, key Passkey, s Session) (bool, error)
	// StepUp reports false when the code was used before.
	StepUp(ctx context.Context, p StepUp) (bool, error)
}

// Enrolments keeps passwords, authenticator apps and recovery codes.
type Enrolments interface {
	EnrolTOTP(ctx context.Context, id toll.AccountID, e Enrolment) error
	SetRecoveryCodes(ctx context.Context, id toll.AccountID, e Enrolment) error
	ChangePassword(ctx context.Context, p PasswordChange, keep Hash) error
	AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (Account, error)
}

// Passkeys keeps the public halves of key pairs.
type Passkeys interface {
	AddPasskey(ctx context.Context, id toll.AccountID, key Passkey, letters []notice.Message) error
	// RemovePasskey returns fault.LastFactor when the account would be left without one.
	RemovePasskey(ctx context.Context, id toll.AccountID, key []byte, at time.Time, letters []notice.Message) error
	Passkeys(ctx context.Context, id toll.AccountID) ([]Passkey, error)
}

// CredentialStore keeps what people show beside their password.
type CredentialStore interface {
	Ceremonies
	SessionStarts
	Enrolments
	Passkeys
	TextCodes
}

// FactorStore is all that a Locksmith remembers.
type FactorStore interface {
	CredentialStore
	Links
	LostFactorClaims
	LostFactorLogins
}

// SignInOptions is how the operator of the portal wants people to get in.
type SignInOptions struct {
	PublicURL string // address of the portal: passkeys are bound to it
	TextCodes bool   // a code by text message may be a second factor beside another
}

// Factors makes, changes and checks the factors beside the password: authenticator apps, recovery
// codes and passkeys.
type Factors struct {
	desk    *Service
	store   FactorStore
	letter  *notice.Writer
	party   *webauthn.WebAuthn
	options SignInOptions
}

// NewFactors returns a Locksmith for a portal. Passkeys are bound to the name in its address; a
// machine's own addresses are called localhost, since a number is no name.
func NewFactors(desk *Service, store FactorStore, letter *notice.Writer, ways SignInOptions) (*Factors, error) {
	u, err := url.Parse(ways.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public address: %w", err)
	}
	party, err := relyingParty(u)
	if err != nil {
		return nil, err
	}
	return &Factors{desk: desk, store: store, letter: letter, party: party, options: ways}, nil
}

// TOTPSetup is a secret to be put into an authenticator app.
type TOTPSetup struct {
	Secret string // for typing, in groups of four
	URL    string // for scanning
}

// LoginFactors is what an account can show to go on from an accepted password.
type LoginFactors struct {
	Email                   string
	TOTP, Passkey           bool
	RecoveryCode, MustEnrol bool   // Nothing: a factor must be made first, S2.20
	TextNumber              string // the number that a code can be sent to, masked; empty if none
}

// LoginFactors tells what an accepted password waits for.
func (l *Factors) LoginFactors(ctx context.Context, step Token) (LoginFactors, error) {
	account, err := l.pendingAccount(ctx, step)
	if err != nil {
		return LoginFactors{}, err
	}
	w := LoginFactors{Email: account.Email, TOTP: len(account.TOTP.Data) > 0, Passkey: account.Passkeys > 0, RecoveryCode: account.RecoveryCodes > 0}
	w.MustEnrol = !w.TOTP && !w.Passkey
	if l.canText(account) {
		w.TextNumber = MaskNumber(account.TextMobile)
	}
	return w, nil
}

func (l *Factors) pendingAccount(ctx context.Context, step Token) (Account, error) {
	if !step.plausible() {
		return Account{}, fault.New(fault.SignedOut)
	}
	return l.desk.store.PendingLoginAccount(ctx, step.Hash(), l.desk.now())
}

// countPendingLoginTry counts one try of a sign-in that waits for its second factor, and returns whose it is.
func (l *Factors) countPendingLoginTry(ctx context.Context, step Token) (Account, error) {
	if !step.plausible() {
		return Account{}, fault.New(fault.SignedOut)
	}
	if _, err := l.desk.store.TryPendingLogin(ctx, step.Hash(), l.desk.now(), PendingLoginTries); err != nil {
		return Account{}, err
	}
	return l.pendingAccount(ctx, step)
}

// CeremonyKey names what stands open for a session, for the domains beside this one.
func CeremonyKey(name string, session Hash) Hash { return ceremonyKey(name, session) }

// ceremonyKey names what stands open for a step or session.
func ceremonyKey(name string, holder Hash) Hash {
	return sha256.Sum256(append([]byte("ceremony "+name+" "), holder[:]...))
}

// totpSetup returns the secret that stands open for a holder, or makes one. Reading the page again shows
// the same secret, so that the app that has it already works.
func (l *Factors) totpSetup(ctx context.Context, holder Hash, account toll.AccountID, email string) (TOTPSetup, error) {
	now, name := l.desk.now(), ceremonyKey("totp", holder)
	secret, err := l.pendingSecret(ctx, name, account, false)
	if err != nil && fault.CodeOf(err) != fault.SignedOut {
		return TOTPSetup{}, err
	}
	if err != nil {
		var b [secretBytes]byte
		_, _ = rand.Read(b[:])
		secret = base32Bare().EncodeToString(b[:])
		data, err := json.Marshal(l.desk.keys.sealFor([]byte(secret), "offer "+string(account)))
		if err != nil {
			return TOTPSetup{}, fmt.Errorf("offer secret: %w", err)
		}
		if err := l.store.SaveCeremony(ctx, name, data, now, now.Add(CeremonyMax)); err != nil {
			return TOTPSetup{}, err
		}
	}
	link := "otpauth://totp/Bompass:" + url.PathEscape(email) + "?" + url.Values{"secret": {secret}, "issuer": {"Bompass"}}.Encode()
	return TOTPSetup{Secret: groupsOfFour(secret), URL: link}, nil
}

func (l *Factors) pendingSecret(ctx context.Context, name Hash, account toll.AccountID, take bool) (string, error) {
	data, err := l.store.Ceremony(ctx, name, l.desk.now(), take)
	if err != nil {
		return "", err
	}
	var sealed Sealed
	if err := json.Unmarshal(data, &sealed); err != nil {
		return "", fmt.Errorf("read offer: %w", err)
	}
	secret, err := l.desk.keys.open(sealed, "offer "+string(account))
	return string(secret), err
}

// groupsOfFour writes a code in groups of four, for eyes and fingers.
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

// StartTOTPSetupAtLogin offers a secret to a person whose account has no factor yet, or has lost them all.
func (l *Factors) StartTOTPSetupAtLogin(ctx context.Context, step Token) (TOTPSetup, error) {
	account, err := l.pendingAccount(ctx, step)
	if err != nil {
		return TOTPSetup{}, err
	}
	if _, err := l.lostFactorClaim(ctx, step, account); err != nil {
		return TOTPSetup{}, err
	}
	return l.totpSetup(ctx, step.Hash(), account.ID, account.Email)
}

// FinishTOTPSetupAtLogin confirms the offered secret with a code, begins the session and returns the recovery
// codes, which are shown this once.
func (l *Factors) FinishTOTPSetupAtLogin(ctx context.Context, visitor Visitor, step Token, code string) (Token, []string, error) {
	account, err := l.countPendingLoginTry(ctx, step)
	if err != nil {
		return "", nil, err
	}
	lost, err := l.lostFactorClaim(ctx, step, account)
	if err != nil {
		return "", nil, err
	}
	e, codes, err := l.verifySetupCode(ctx, step.Hash(), account, code)
	if err != nil {
		return "", nil, err
	}
	if lost != "" {
		if codes, err = l.replaceFactors(&e, account, lost); err != nil {
			return "", nil, err
		}
	}
	token, session, err := l.desk.prepareSession(account, visitor, e.At)
	if err != nil {
		return "", nil, err
	}
	session.Messages = nil // the letter about the new factor says enough
	began, err := l.store.BeginSessionEnrolled(ctx, step.Hash(), e, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	return token, codes, err
}

// verifySetupCode compares a code with the secret that stands open and prepares its enrolment.
func (l *Factors) verifySetupCode(ctx context.Context, holder Hash, account Account, code string) (Enrolment, []string, error) {
	now := l.desk.now()
	secret, err := l.pendingSecret(ctx, ceremonyKey("totp", holder), account.ID, false)
	if err != nil {
		return Enrolment{}, nil, err
	}
	matched, ok, err := matchTOTP(secret, code, now)
	if err != nil {
		return Enrolment{}, nil, err
	}
	if !ok {
		return Enrolment{}, nil, fault.New(fault.CodeWrong).At("code")
	}
	letter, err := l.letter.Mail(notice.FactorAdded, account.recipient(), notice.Content{})
	if err != nil {
		return Enrolment{}, nil, err
	}
	e := Enrolment{TOTP: l.desk.keys.sealFor([]byte(secret), string(account.ID)), TOTPStep: matched, At: now, Messages: []notice.Message{letter}}
	var codes []string
	if account.RecoveryCodes == 0 {
		codes, e.RecoveryCodes = l.newCodes(account.ID)
	}
	return e, codes, nil
}

// newCodes makes recovery codes of 80 bits and their hashes.
func (l *Factors) newCodes(account toll.AccountID) (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		var b [recoveryBytes]byte
		_, _ = rand.Read(b[:])
		code := base32Bare().EncodeToString(b[:])
		codes = append(codes, strings.ReplaceAll(groupsOfFour(code), " ", "-"))
		hashes = append(hashes, l.desk.keys.CodeHash(code, "recovery", string(account)))
	}
	return codes, hashes
}

// normalizeRecoveryCode is a recovery code as it was made, from what a person has typed.
func normalizeRecoveryCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code))
}

// SignInWithRecoveryCode lets a person in with a recovery code instead of the authenticator. The code is spent, the
// owner is told how many are left, and an authenticator that was suspended counts anew.
func (l *Factors) SignInWithRecoveryCode(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	account, err := l.countPendingLoginTry(ctx, step)
	if err != nil {
		return "", err
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.countTry(ctx, keys); err != nil {
		return "", err
	}
	token, session, err := l.desk.prepareSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	letter, err := l.letter.Mail(notice.RecoveryUsed, account.recipient(), notice.Content{Params: []any{"left", account.RecoveryCodes - 1}, Link: securityAddress})
	if err != nil {
		return "", err
	}
	session.Messages = append(session.Messages, letter)
	began, err := l.store.BeginSessionWithRecoveryCode(ctx, step.Hash(), l.desk.keys.CodeHash(normalizeRecoveryCode(code), "recovery", string(account.ID)), session)
	if err != nil {
		return "", err
	}
	if !began {
		return "", fault.New(fault.WrongCredentials)
	}
	return token, l.desk.refund(ctx, keys, true)
}

const securityAddress = "/security"
