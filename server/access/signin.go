package access

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bompass/server/notice"
	"bompass/shared/fault"
)

// Visitor is who knocks, as far as the network tells.
type Visitor struct {
	Address string // of the network, without port
	Device  string // what Keys.Device gave the browser when somebody signed in with it; empty if nobody did
	Agent   string // what the browser says it is
}

// Limits of what a person may type.
const (
	emailMax    = 254
	passwordMax = 512 // bytes; 128 characters of up to four
)

// FactorFailsMax is how many wrong codes in a row suspend an authenticator.
const FactorFailsMax = 100

// VerifyPassword checks a name, as Name says, and password and returns the token of the step towards the
// code. An unknown name, a wrong password and an account that cannot be read give the same fault after
// the same work.
func (d *Service) VerifyPassword(ctx context.Context, visitor Visitor, name, password string) (Token, error) {
	who := ParseLoginName(name)
	if len(who.Value) > emailMax || len(password) > passwordMax || !printable(who.Value) {
		return "", fault.New(fault.WrongCredentials)
	}
	keys := d.throttleKeys(visitor, who.Value)
	if err := d.countTry(ctx, keys); err != nil {
		return "", err
	}
	now := d.now()
	account, err := d.store.AccountByName(ctx, who, now)
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
	if err := d.refund(ctx, keys, false); err != nil {
		return "", err
	}
	if d.keys.needsRehash(account.PasswordHash) {
		hash, err := d.hash(ctx, password)
		if err != nil {
			return "", err
		}
		if err := d.store.UpdatePasswordHash(ctx, account.ID, account.PasswordHash, hash); err != nil {
			return "", err
		}
	}
	token := newToken()
	return token, d.store.AddPendingLogin(ctx, token.Hash(), account.ID, now, now.Add(PendingLoginMax))
}

// printable tells whether an address can be one at all; what cannot is nobody's and is not looked up.
func printable(email string) bool {
	return utf8.ValidString(email) && !strings.ContainsFunc(email, unicode.IsControl)
}

// VerifyCode checks the code that follows an accepted password and begins a session with a token of its
// own. A code opens one session only, however many ask at once, RFC 6238 section 5.2.
func (d *Service) VerifyCode(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	if !step.plausible() {
		return "", fault.New(fault.SignedOut)
	}
	now := d.now()
	account, err := d.store.TryPendingLogin(ctx, step.Hash(), now, PendingLoginTries)
	if err != nil {
		return "", err
	}
	keys := d.throttleKeys(visitor, account.Email)
	if err := d.countTry(ctx, keys); err != nil {
		return "", err
	}
	matched, ok, err := d.verifyTOTP(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	token, session, err := d.prepareSession(account, visitor, now)
	if err != nil {
		return "", err
	}
	began, err := d.store.BeginSessionWithTOTP(ctx, step.Hash(), matched, session)
	if err != nil {
		return "", err
	}
	if !began {
		return "", fault.New(fault.WrongCredentials)
	}
	return token, d.refund(ctx, keys, true)
}

// verifyTOTP compares a code with an account's authenticator. After FactorFailsMax wrong ones in a row
// no code opens any more until the person has shown another factor, portal.md D2.
func (d *Service) verifyTOTP(ctx context.Context, account Account, code string, now time.Time) (step int64, ok bool, err error) {
	if len(account.TOTP.Data) == 0 {
		return 0, false, nil
	}
	secret, err := d.keys.open(account.TOTP, string(account.ID))
	if err != nil {
		return 0, false, err
	}
	step, ok, err = matchTOTP(string(secret), code, now)
	if err != nil {
		return 0, false, err
	}
	fails, err := d.store.CountFactorTry(ctx, account.ID, ok)
	if err == nil && !ok && fails == FactorFailsMax {
		err = d.suspend(ctx, account, now)
	}
	return step, ok && fails < FactorFailsMax, err
}

// suspend tells the owner that somebody has tried so many codes that none opens any more, ASVS V6.3.5.
func (d *Service) suspend(ctx context.Context, account Account, now time.Time) error {
	letter, err := d.letter.Mail(notice.FactorSuspended, account.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return d.store.SuspendFactor(ctx, account.ID, now, []notice.Message{letter})
}

// prepareSession prepares a session for an account, and the letter that tells of an unknown browser.
func (d *Service) prepareSession(account Account, visitor Visitor, now time.Time) (Token, Session, error) {
	token := newToken()
	s := Session{
		Hash: token.Hash(), Account: account.ID, Customer: account.Customer, Began: now, Until: now.Add(SessionMax), Place: placeOf(visitor),
	}
	if d.keys.DeviceMatches(visitor.Device, account.Email) || account.Email == "" {
		return token, s, nil
	}
	// ASVS V6.3.5: the owner hears of a sign-in that may not be theirs.
	letter, err := d.letter.Mail(notice.NewDevice, account.recipient(), notice.Content{Params: []any{"device", s.Place.Device, "network", s.Place.Network}})
	s.Messages = []notice.Message{letter}
	return token, s, err
}

func (a Account) recipient() notice.Recipient {
	return notice.Recipient{Account: a.ID, Name: a.Person, Address: a.Email, Language: a.Language}
}
