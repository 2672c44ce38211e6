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
	TextMax     = 4 * time.Minute // ASVS V6.6.3; less than the step that asked
	TextTries   = 5               // of one code
	TextEvery   = time.Minute     // between two messages
	TextsPerDay = 10
	textDigits  = 6
	textDay     = 24 * time.Hour
)

// Sent is how many codes an account was sent lately.
type Sent struct {
	Last, Day time.Time // the latest, and since when they are counted
	Count     int
}

// TextCode is a code on its way to a telephone.
type TextCode struct {
	Hash    []byte
	At      time.Time
	Until   time.Time
	Letters []notice.Message
}

// Texts keeps codes by text message.
type Texts interface {
	// KeepText locks what was sent, lets decide count one more, and keeps the code in the place of the
	// one before; it keeps nothing when decide refuses.
	KeepText(ctx context.Context, id toll.AccountID, c TextCode, decide func(Sent) (Sent, error)) error
	// TryText counts a try and returns the code's hash; nil when there is none that may be tried.
	TryText(ctx context.Context, id toll.AccountID, now time.Time, triesMax int) ([]byte, error)
	// BeginTexted spends the step and the code and begins a session.
	BeginTexted(ctx context.Context, step Hash, code []byte, s Session) (bool, error)
	// AddText spends the code and lets the number open the account.
	AddText(ctx context.Context, id toll.AccountID, mobile string, code TextCode) (bool, error)
	RemoveText(ctx context.Context, id toll.AccountID, at time.Time, letters []notice.Message) error
}

// textsTo tells whether codes may be sent to an account's telephone.
func (l *Factors) textsTo(a Account) bool {
	return l.ways.Texts && a.Texted != "" && l.letter.CheckChannel(notice.SMS) == nil
}

// SendText sends a code to the telephone of the account that an accepted password has named.
func (l *Factors) SendText(ctx context.Context, visitor Visitor, step Token) error {
	account, err := l.account(ctx, step)
	if err != nil {
		return err
	}
	if !l.textsTo(account) {
		return fault.New(fault.Refused)
	}
	if err := l.desk.spend(ctx, l.desk.throttleKeys(visitor, "text "+string(account.ID))); err != nil {
		return err
	}
	return l.sendText(ctx, account, account.Texted, step.Hash())
}

func (l *Factors) sendText(ctx context.Context, account Account, mobile string, holder Hash) error {
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	code, now := fmt.Sprintf("%0*d", textDigits, number), l.desk.now()
	to := account.reader()
	to.Address = mobile
	letter, err := l.letter.SMS(notice.SignInCode, to, notice.Content{Code: code, Until: now.Add(TextMax)})
	if err != nil {
		return err
	}
	return l.store.KeepText(ctx, account.ID, TextCode{
		Hash: l.desk.keys.CodeHash(code, textBound(account.ID, mobile, holder)...), At: now, Until: now.Add(TextMax), Letters: []notice.Message{letter},
	}, func(sent Sent) (Sent, error) { return sent.another(now) })
}

// another counts one more message, unless it comes too soon or is one too many for a day.
func (s Sent) another(now time.Time) (Sent, error) {
	if now.Sub(s.Day) >= textDay {
		s.Day, s.Count = now, 0
	}
	wait := TextEvery - now.Sub(s.Last)
	if s.Count >= TextsPerDay {
		wait = textDay - now.Sub(s.Day)
	}
	if wait > 0 {
		return s, fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
	}
	return Sent{Last: now, Day: s.Day, Count: s.Count + 1}, nil
}

// textBound ties a code to the account, to the very number it was sent to, and to the sign-in or session
// that asked for it, ASVS V6.6.2.
func textBound(id toll.AccountID, mobile string, holder Hash) []string {
	return []string{"text", string(id), mobile, hex.EncodeToString(holder[:])}
}

// tryText compares a code with the one that was sent. Wrong ones count with those of the app: after
// FactorFailsMax in a row neither opens anything.
func (l *Factors) tryText(ctx context.Context, account Account, code, mobile string, holder Hash) (kept []byte, err error) {
	now := l.desk.now()
	if kept, err = l.store.TryText(ctx, account.ID, now, TextTries); err != nil {
		return nil, err
	}
	bare := strings.NewReplacer(" ", "", "\u00a0", "").Replace(code)
	right := l.desk.keys.SameCode(kept, bare, textBound(account.ID, mobile, holder)...)
	fails, err := l.desk.store.FactorTried(ctx, account.ID, right)
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

// OpenWithText lets a person in with the code that was sent, S2.22. Such a session sees everything and
// changes no way in: for that another factor has to be shown.
func (l *Factors) OpenWithText(ctx context.Context, visitor Visitor, step Token, code string) (Token, error) {
	account, err := l.tries(ctx, step)
	if err != nil {
		return "", err
	}
	if !l.textsTo(account) {
		return "", fault.New(fault.Refused)
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.spend(ctx, keys); err != nil {
		return "", err
	}
	kept, err := l.tryText(ctx, account, code, account.Texted, step.Hash())
	if err != nil {
		return "", err
	}
	token, session, err := l.desk.newSession(account, visitor, l.desk.now())
	if err != nil {
		return "", err
	}
	session.Texted = true
	began, err := l.store.BeginTexted(ctx, step.Hash(), kept, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, l.desk.refund(ctx, keys, true)
}

// OfferText sends a code to the actor's confirmed number, which is to open the account from now on. It
// stands beside another factor, so one has to be there: it is never the only way in or back.
func (l *Factors) OfferText(ctx context.Context, actor Actor) (mobile string, err error) {
	account, err := l.mayText(ctx, actor)
	if err != nil {
		return "", err
	}
	return account.Mobile, l.sendText(ctx, account, account.Mobile, actor.Session)
}

func (l *Factors) mayText(ctx context.Context, actor Actor) (Account, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return Account{}, err
	}
	account, err := l.store.Person(ctx, actor.Account, l.desk.now())
	if err != nil {
		return Account{}, err
	}
	if !l.ways.Texts || account.PasswordHash == "" || len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return Account{}, fault.New(fault.Refused)
	}
	if account.Mobile == "" {
		return Account{}, fault.New(fault.FieldMissing).At("mobile")
	}
	return account, l.letter.CheckChannel(notice.SMS)
}

// TakeText lets the actor's number open the account, once the code has come back.
func (l *Factors) TakeText(ctx context.Context, actor Actor, code string) error {
	account, err := l.mayText(ctx, actor)
	if err != nil {
		return err
	}
	kept, err := l.tryText(ctx, account, code, account.Mobile, actor.Session)
	if fault.CodeOf(err) == fault.WrongCredentials && err != nil {
		return fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.SMSAdded, actor.reader(), notice.Content{})
	if err != nil {
		return err
	}
	done, err := l.store.AddText(ctx, actor.Account, account.Mobile, TextCode{Hash: kept, At: l.desk.now(), Letters: []notice.Message{letter}})
	if err == nil && !done {
		err = fault.New(fault.CodeWrong).At("code")
	}
	return err
}

// RemoveText lets no code by text message open the actor's account any more.
func (l *Factors) RemoveText(ctx context.Context, actor Actor) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.FactorRemoved, actor.reader(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.RemoveText(ctx, actor.Account, l.desk.now(), []notice.Message{letter})
}

// MaskNumber leaves of a number what its owner recognises.
func MaskNumber(mobile string) string {
	const seen = 3
	if len(mobile) <= seen {
		return mobile
	}
	return strings.Repeat("•", len(mobile)-seen) + mobile[len(mobile)-seen:]
}
