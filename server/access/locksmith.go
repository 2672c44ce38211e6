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
	TOTP    Sealed
	Step    int64    // of the code that confirmed it
	Codes   [][]byte // hashes of new recovery codes; nil leaves the old ones
	Lost    string   // what lets it take the place of every factor; empty for one among others
	At      time.Time
	Letters []notice.Message
}

// Proof is a factor shown again within a session, which goes on under a new token.
type Proof struct {
	Account  toll.AccountID
	Old, New Hash
	TOTPStep int64    // 0 when a passkey was shown
	Passkey  *Passkey // as it is after use
	At       time.Time
	Place    Place
}

// Ceremonies keeps what stands open between two requests.
type Ceremonies interface {
	// KeepCeremony replaces what was kept under the hash.
	KeepCeremony(ctx context.Context, hash Hash, data []byte, now, until time.Time) error
	// Ceremony returns fault.SignedOut when nothing is kept; take removes it.
	Ceremony(ctx context.Context, hash Hash, now time.Time, take bool) ([]byte, error)
}

// Beginnings begins sessions with a factor, and notes that one was shown again.
type Beginnings interface {
	// BeginEnrolled spends the step of an account without factors, enrols and begins a session.
	BeginEnrolled(ctx context.Context, step Hash, e Enrolment, s Session) (bool, error)
	// BeginRecovered spends the step and a recovery code and begins a session.
	BeginRecovered(ctx context.Context, step Hash, code []byte, s Session) (bool, error)
	// BeginPasskey spends the step, if there was one, and begins a session.
	BeginPasskey(ctx context.Context, step *Hash, key Passkey, s Session) (bool, error)
	// Prove reports false when the code was used before.
	Prove(ctx context.Context, p Proof) (bool, error)
}

// Enrolments keeps passwords, authenticator apps and recovery codes.
type Enrolments interface {
	Enrol(ctx context.Context, id toll.AccountID, e Enrolment) error
	SetRecovery(ctx context.Context, id toll.AccountID, e Enrolment) error
	ChangePassword(ctx context.Context, p NewPassword, keep Hash) error
	Person(ctx context.Context, id toll.AccountID, now time.Time) (Account, error)
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
	Beginnings
	Enrolments
	Passkeys
	Texts
}

// FactorStore is all that a Locksmith remembers.
type FactorStore interface {
	CredentialStore
	Links
	Losses
	LostSteps
}

// SignInOptions is how the operator of the portal wants people to get in.
type SignInOptions struct {
	Public string // address of the portal: passkeys are bound to it
	Texts  bool   // a code by text message may be a second factor beside another
}

// Factors makes, changes and checks the factors beside the password: authenticator apps, recovery
// codes and passkeys.
type Factors struct {
	desk   *Service
	store  FactorStore
	letter *notice.Writer
	party  *webauthn.WebAuthn
	ways   SignInOptions
}

// NewFactors returns a Locksmith for a portal. Passkeys are bound to the name in its address; a
// machine's own addresses are called localhost, since a number is no name.
func NewFactors(desk *Service, store FactorStore, letter *notice.Writer, ways SignInOptions) (*Factors, error) {
	u, err := url.Parse(ways.Public)
	if err != nil {
		return nil, fmt.Errorf("public address: %w", err)
	}
	party, err := relyingParty(u)
	if err != nil {
		return nil, err
	}
	return &Factors{desk: desk, store: store, letter: letter, party: party, ways: ways}, nil
}

// Offer is a secret to be put into an authenticator app.
type Offer struct {
	Secret string // for typing, in groups of four
	URL    string // for scanning
}

// Waiting is what an account can show to go on from an accepted password.
type Waiting struct {
	Email             string
	TOTP, Passkey     bool
	Recovery, Nothing bool   // Nothing: a factor must be made first, S2.20
	Text              string // the number that a code can be sent to, masked; empty if none
}

// Step tells what an accepted password waits for.
func (l *Factors) Step(ctx context.Context, step Token) (Waiting, error) {
	account, err := l.account(ctx, step)
	if err != nil {
		return Waiting{}, err
	}
	w := Waiting{Email: account.Email, TOTP: len(account.TOTP.Data) > 0, Passkey: account.Passkeys > 0, Recovery: account.Codes > 0}
	w.Nothing = !w.TOTP && !w.Passkey
	if l.textsTo(account) {
		w.Text = MaskNumber(account.Texted)
	}
	return w, nil
}

func (l *Factors) account(ctx context.Context, step Token) (Account, error) {
	if !step.plausible() {
		return Account{}, fault.New(fault.SignedOut)
	}
	return l.desk.store.StepAccount(ctx, step.Hash(), l.desk.now())
}

// tries counts one try of a sign-in that waits for its second factor, and returns whose it is.
func (l *Factors) tries(ctx context.Context, step Token) (Account, error) {
	if !step.plausible() {
		return Account{}, fault.New(fault.SignedOut)
	}
	if _, err := l.desk.store.TryStep(ctx, step.Hash(), l.desk.now(), StepTries); err != nil {
		return Account{}, err
	}
	return l.account(ctx, step)
}

// CeremonyOf names what stands open for a session, for the domains beside this one.
func CeremonyOf(name string, session Hash) Hash { return ceremony(name, session) }

// ceremony names what stands open for a step or session.
func ceremony(name string, holder Hash) Hash {
	return sha256.Sum256(append([]byte("ceremony "+name+" "), holder[:]...))
}

// offer returns the secret that stands open for a holder, or makes one. Reading the page again shows
// the same secret, so that the app that has it already works.
func (l *Factors) offer(ctx context.Context, holder Hash, account toll.AccountID, email string) (Offer, error) {
	now, name := l.desk.now(), ceremony("totp", holder)
	secret, err := l.offered(ctx, name, account, false)
	if err != nil && fault.CodeOf(err) != fault.SignedOut {
		return Offer{}, err
	}
	if err != nil {
		var b [secretBytes]byte
		_, _ = rand.Read(b[:])
		secret = base32Bare().EncodeToString(b[:])
		data, err := json.Marshal(l.desk.keys.sealFor([]byte(secret), "offer "+string(account)))
		if err != nil {
			return Offer{}, fmt.Errorf("offer secret: %w", err)
		}
		if err := l.store.KeepCeremony(ctx, name, data, now, now.Add(CeremonyMax)); err != nil {
			return Offer{}, err
		}
	}
	link := "otpauth://totp/Bompass:" + url.PathEscape(email) + "?" + url.Values{"secret": {secret}, "issuer": {"Bompass"}}.Encode()
	return Offer{Secret: groups(secret), URL: link}, nil
}

func (l *Factors) offered(ctx context.Context, name Hash, account toll.AccountID, take bool) (string, error) {
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

// groups writes a code in groups of four, for eyes and fingers.
func groups(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// OfferOnStep offers a secret to a person whose account has no factor yet, or has lost them all.
func (l *Factors) OfferOnStep(ctx context.Context, step Token) (Offer, error) {
	account, err := l.account(ctx, step)
	if err != nil {
		return Offer{}, err
	}
	if _, err := l.enrols(ctx, step, account); err != nil {
		return Offer{}, err
	}
	return l.offer(ctx, step.Hash(), account.ID, account.Email)
}

// TakeOnStep confirms the offered secret with a code, begins the session and returns the recovery
// codes, which are shown this once.
func (l *Factors) TakeOnStep(ctx context.Context, visitor Visitor, step Token, code string) (Token, []string, error) {
	account, err := l.tries(ctx, step)
	if err != nil {
		return "", nil, err
	}
	lost, err := l.enrols(ctx, step, account)
	if err != nil {
		return "", nil, err
	}
	e, codes, err := l.confirm(ctx, step.Hash(), account, code)
	if err != nil {
		return "", nil, err
	}
	if lost != "" {
		if codes, err = l.replace(&e, account, lost); err != nil {
			return "", nil, err
		}
	}
	token, session, err := l.desk.newSession(account, visitor, e.At)
	if err != nil {
		return "", nil, err
	}
	session.Letters = nil // the letter about the new factor says enough
	began, err := l.store.BeginEnrolled(ctx, step.Hash(), e, session)
	if err == nil && !began {
		err = fault.New(fault.SignedOut)
	}
	return token, codes, err
}

// confirm compares a code with the secret that stands open and prepares its enrolment.
func (l *Factors) confirm(ctx context.Context, holder Hash, account Account, code string) (Enrolment, []string, error) {
	now := l.desk.now()
	secret, err := l.offered(ctx, ceremony("totp", holder), account.ID, false)
	if err != nil {
		return Enrolment{}, nil, err
	}
	matched, ok, err := matchCode(secret, code, now)
	if err != nil {
		return Enrolment{}, nil, err
	}
	if !ok {
		return Enrolment{}, nil, fault.New(fault.CodeWrong).At("code")
	}
	letter, err := l.letter.Mail(notice.FactorAdded, account.reader(), notice.Content{})
	if err != nil {
		return Enrolment{}, nil, err
	}
	e := Enrolment{TOTP: l.desk.keys.sealFor([]byte(secret), string(account.ID)), Step: matched, At: now, Letters: []notice.Message{letter}}
	var codes []string
	if account.Codes == 0 {
		codes, e.Codes = l.newCodes(account.ID)
	}
	return e, codes, nil
}

// newCodes makes recovery codes of 80 bits and their hashes.
func (l *Factors) newCodes(account toll.AccountID) (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		var b [recoveryBytes]byte
		_, _ = rand.Read(b[:])
		code := base32Bare().EncodeToString(b[:])
		codes = append(codes, strings.ReplaceAll(groups(code), " ", "-"))
		hashes = append(hashes, l.desk.keys.CodeHash(code, "recovery", string(account)))
	}
	return codes, hashes
}

// bareRecovery is a recovery code as it was made, from what a person has typed.
func bareRecovery(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code))
}

// Recover lets a person in with a recovery code instead of the authenticator. The code is spent, the
// owner is told how many are left, and an authenticator that was suspended counts anew.
func (l *Factors) Recover(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	account, err := l.tries(ctx, step)
	if err != nil {
		return "", err
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.spend(ctx, keys); err != nil {
		return "", err
	}
	token, session, err := l.desk.newSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	letter, err := l.letter.Mail(notice.RecoveryUsed, account.reader(), notice.Content{Params: []any{"left", account.Codes - 1}, Link: securityAddress})
	if err != nil {
		return "", err
	}
	session.Letters = append(session.Letters, letter)
	began, err := l.store.BeginRecovered(ctx, step.Hash(), l.desk.keys.CodeHash(bareRecovery(code), "recovery", string(account.ID)), session)
	if err != nil {
		return "", err
	}
	if !began {
		return "", fault.New(fault.WrongCredentials)
	}
	return token, l.desk.refund(ctx, keys, true)
}

const securityAddress = "/security"
