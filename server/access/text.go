package access

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of codes by text message. Numbers can be taken over and messages read on the way, so such a
// code is a restricted authenticator (NIST SP 800-63B, ASVS V6.6.1): it stands beside another factor and
// never alone, the operator of the portal has to switch it on, and what it opens lets nobody change the
// ways in.
const (
	TextCodeMax      = 4 * time.Minute // ASVS V6.6.3; less than the step that asked
	TextCodeTries    = 5               // of one code
	TextCodeInterval = time.Minute     // between two messages
	TextCodesPerDay  = 10
	textDigits       = 6
	textDay          = 24 * time.Hour
)

// TextCodesSent is how many codes an account was sent lately.
type TextCodesSent struct {
	Last, Day time.Time // the latest, and since when they are counted
	Count     int
}

// TextCode is a code on its way to a telephone.
type TextCode struct {
	Hash     []byte
	At       time.Time
	Until    time.Time
	Messages []notice.Message
}

// TextCodes keeps codes by text message.
type TextCodes interface {
	// SaveTextCode locks what was sent, lets decide count one more, and keeps the code in the place of the
	// one before; it keeps nothing when decide refuses.
	SaveTextCode(ctx context.Context, id toll.AccountID, c TextCode, decide func(TextCodesSent) (TextCodesSent, error)) error
	// TryTextCode counts a try and returns the code's hash; nil when there is none that may be tried.
	TryTextCode(ctx context.Context, id toll.AccountID, now time.Time, triesMax int) ([]byte, error)
	// BeginSessionWithTextCode spends the step and the code and begins a session.
	BeginSessionWithTextCode(ctx context.Context, step Hash, code []byte, s Session) (bool, error)
	// AddTextFactor spends the code and lets the number open the account.
	AddTextFactor(ctx context.Context, id toll.AccountID, mobile string, code TextCode) (bool, error)
	RemoveTextFactor(ctx context.Context, id toll.AccountID, at time.Time, letters []notice.Message) error
}

// canText tells whether codes may be sent to an account's telephone.
func (l *Factors) canText(a Account) bool {
	return l.options.TextCodes && a.TextMobile != "" && l.letter.CheckChannel(notice.SMS) == nil
}

// SendTextCode sends a code to the telephone of the account that an accepted password has named.
func (l *Factors) SendTextCode(ctx context.Context, visitor Visitor, step Token) error {
	account, err := l.pendingAccount(ctx, step)
	if err != nil {
		return err
	}
	if !l.canText(account) {
		return fault.New(fault.Refused)
	}
	if err := l.desk.countTry(ctx, l.desk.throttleKeys(visitor, "text "+string(account.ID))); err != nil {
		return err
	}
	return l.sendTextCode(ctx, account, account.TextMobile, step.Hash())
}

func (l *Factors) sendTextCode(ctx context.Context, account Account, mobile string, holder Hash) error {
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	code, now := fmt.Sprintf("%0*d", textDigits, number), l.desk.now()
	to := account.recipient()
	to.Address = mobile
	letter, err := l.letter.SMS(notice.SignInCode, to, notice.Content{Code: code, Until: now.Add(TextCodeMax)})
	if err != nil {
		return err
	}
	return l.store.SaveTextCode(ctx, account.ID, TextCode{
		Hash: l.desk.keys.CodeHash(code, textCodeBinding(account.ID, mobile, holder)...), At: now, Until: now.Add(TextCodeMax), Messages: []notice.Message{letter},
	}, func(sent TextCodesSent) (TextCodesSent, error) { return sent.countOne(now) })
}

// countOne counts one more message, unless it comes too soon or is one too many for a day.
func (s TextCodesSent) countOne(now time.Time) (TextCodesSent, error) {
	if now.Sub(s.Day) >= textDay {
		s.Day, s.Count = now, 0
	}
	wait := TextCodeInterval - now.Sub(s.Last)
	if s.Count >= TextCodesPerDay {
		wait = textDay - now.Sub(s.Day)
	}
	if wait > 0 {
		return s, fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
	}
	return TextCodesSent{Last: now, Day: s.Day, Count: s.Count + 1}, nil
}

// textCodeBinding ties a code to the account, to the very number it was sent to, and to the sign-in or session
// that asked for it, ASVS V6.6.2.
func textCodeBinding(id toll.AccountID, mobile string, holder Hash) []string {
	return []string{"text", string(id), mobile, hex.EncodeToString(holder[:])}
}

// verifyTextCode compares a code with the one that was sent. Wrong ones count with those of the app: after
// FactorFailsMax in a row neither opens anything.
func (l *Factors) verifyTextCode(ctx context.Context, account Account, code, mobile string, holder Hash) (kept []byte, err error) {
	now := l.desk.now()
	if kept, err = l.store.TryTextCode(ctx, account.ID, now, TextCodeTries); err != nil {
		return nil, err
	}
	bare := strings.NewReplacer(" ", "", "\u00a0", "").Replace(code)
	right := l.desk.keys.CodeMatches(kept, bare, textCodeBinding(account.ID, mobile, holder)...)
	fails, err := l.desk.store.CountFactorTry(ctx, account.ID, right)
	if err == nil && !right && fails == FactorFailsMax {
		err = l.desk.suspend(ctx, account, now)
	}
	if err != nil {
		return nil, err
	}
	if !right || fails >= FactorFailsMax {
		return nil, fault.New(fault.WrongCredentials)
	}
	return kept, nil
}

// SignInWithTextCode lets a person in with the code that was sent, S2.22. Such a session sees everything and
// changes no way in: for that another factor has to be shown.
func (l *Factors) SignInWithTextCode(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	account, err := l.countPendingLoginTry(ctx, step)
	if err != nil {
		return "", err
	}
	if !l.canText(account) {
		return "", fault.New(fault.Refused)
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.countTry(ctx, keys); err != nil {
		return "", err
	}
	kept, err := l.verifyTextCode(ctx, account, code, account.TextMobile, step.Hash())
	if err != nil {
		return "", err
	}
	token, session, err := l.desk.prepareSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	session.ByTextCode = true
	began, err := l.store.BeginSessionWithTextCode(ctx, step.Hash(), kept, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, l.desk.refund(ctx, keys, true)
}

// StartTextFactor sends a code to the actor's confirmed number, which is to open the account from now on. It
// stands beside another factor, so one has to be there: it is never the only way in or back.
func (l *Factors) StartTextFactor(ctx context.Context, actor Principal) (mobile string, err error) {
	account, err := l.textFactorAccount(ctx, actor)
	if err != nil {
		return "", err
	}
	return account.Mobile, l.sendTextCode(ctx, account, account.Mobile, actor.Session)
}

func (l *Factors) textFactorAccount(ctx context.Context, actor Principal) (Account, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return Account{}, err
	}
	account, err := l.store.AccountByID(ctx, actor.Account, l.desk.now())
	if err != nil {
		return Account{}, err
	}
	if !l.options.TextCodes || account.PasswordHash == "" || len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return Account{}, fault.New(fault.Refused)
	}
	if account.Mobile == "" {
		return Account{}, fault.New(fault.FieldMissing).At("mobile")
	}
	return account, l.letter.CheckChannel(notice.SMS)
}

// FinishTextFactor lets the actor's number open the account, once the code has come back.
func (l *Factors) FinishTextFactor(ctx context.Context, actor Principal, code string) error {
	account, err := l.textFactorAccount(ctx, actor)
	if err != nil {
		return err
	}
	kept, err := l.verifyTextCode(ctx, account, code, account.Mobile, actor.Session)
	if fault.CodeOf(err) == fault.WrongCredentials && err != nil {
		return fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.SMSAdded, actor.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	done, err := l.store.AddTextFactor(ctx, actor.Account, account.Mobile, TextCode{Hash: kept, At: l.desk.now(), Messages: []notice.Message{letter}})
	if err == nil && !done {
		err = fault.New(fault.CodeWrong).At("code")
	}
	return err
}

// RemoveTextFactor lets no code by text message open the actor's account any more.
func (l *Factors) RemoveTextFactor(ctx context.Context, actor Principal) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.FactorRemoved, actor.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.RemoveTextFactor(ctx, actor.Account, l.desk.now(), []notice.Message{letter})
}

// MaskNumber leaves of a number what its owner recognises.
func MaskNumber(mobile string) string {
	const seen = 3
	if len(mobile) <= seen {
		return mobile
	}
	return strings.Repeat("•", len(mobile)-seen) + mobile[len(mobile)-seen:]
}
