package factor

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Limits of codes by text message. Numbers can be taken over and messages intercepted, so such a
// code is a restricted authenticator (NIST SP 800-63B, ASVS V6.6.1): it is only allowed beside another factor,
// the operator of the portal has to enable it, and a session that it opens cannot change credentials.
const (
	TextCodeMax      = 4 * time.Minute // ASVS V6.6.3; shorter than a pending login
	TextCodeTries    = 5               // of one code
	TextCodeInterval = time.Minute     // between two messages
	TextCodesPerDay  = 10
	textCodeDigits   = 6
	textCodeDay      = 24 * time.Hour
)

// TextCodesSent counts the codes sent to an account.
type TextCodesSent struct {
	Last, Day time.Time // of the latest code, and the beginning of the count
	Count     int
}

// TextCode is a code sent by text message.
type TextCode struct {
	Hash     []byte
	At       time.Time
	Until    time.Time
	Messages []notice.Message
}

// TextCodes stores codes by text message.
type TextCodes interface {
	// SaveTextCode locks the count, lets decide change it, and replaces the stored code unless decide returns
	// an error.
	SaveTextCode(ctx context.Context, id toll.AccountID, c TextCode, decide func(TextCodesSent) (TextCodesSent, error)) error
	// TryTextCode counts a try and returns the code's hash; nil when there is no code that may be tried.
	TryTextCode(ctx context.Context, id toll.AccountID, now time.Time, triesMax int) ([]byte, error)
	// BeginSessionWithTextCode spends the pending login and the code and begins a session.
	BeginSessionWithTextCode(ctx context.Context, login seal.Hash, code []byte, s access.Session) (bool, error)
	// AddTextFactor spends the code and makes the number a factor.
	AddTextFactor(ctx context.Context, id toll.AccountID, mobile string, code TextCode) (bool, error)
	RemoveTextFactor(ctx context.Context, id toll.AccountID, at time.Time, messages []notice.Message) error
}

// canText reports whether codes may be sent to an account's telephone.
func (s *Service) canText(a access.Account) bool {
	return s.options.TextCodes && a.TextMobile != "" && s.messages.CheckChannel(notice.SMS) == nil
}

// SendTextCode sends a code to the telephone of a pending login's account.
func (s *Service) SendTextCode(ctx context.Context, visitor access.Visitor, login seal.Token) error {
	account, err := s.pendingAccount(ctx, login)
	if err != nil {
		return err
	}
	if !s.canText(account) {
		return fault.New(fault.Refused)
	}
	if _, err := s.access.CountAttempt(ctx, visitor, "text "+string(account.ID)); err != nil {
		return err
	}
	return s.sendTextCode(ctx, account, account.TextMobile, login.Hash())
}

// sendTextCode stores and sends a new code. Only its hash is stored, bound to the account, the number and the
// browser. The limits on sent codes are checked in the same transaction.
func (s *Service) sendTextCode(ctx context.Context, account access.Account, mobile string, holder seal.Hash) error {
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	code, now := fmt.Sprintf("%0*d", textCodeDigits, number), s.now()
	to := account.Recipient().AskedBy(account.ID) // whose password was right
	to.Address = mobile
	message, err := s.messages.SMS(notice.SignInCode, to, notice.Content{Code: code, Until: now.Add(TextCodeMax)})
	if err != nil {
		return err
	}
	return s.store.SaveTextCode(ctx, account.ID, TextCode{
		Hash: s.keys.CodeHash(code, textCodeBinding(account.ID, mobile, holder)...), At: now, Until: now.Add(TextCodeMax), Messages: []notice.Message{message},
	}, func(sent TextCodesSent) (TextCodesSent, error) { return sent.countOne(now) })
}

// countOne counts one more message. It returns fault.TooMany for one that is too early or too many for a day.
func (c TextCodesSent) countOne(now time.Time) (TextCodesSent, error) {
	if now.Sub(c.Day) >= textCodeDay {
		c.Day, c.Count = now, 0
	}
	wait := TextCodeInterval - now.Sub(c.Last)
	if c.Count >= TextCodesPerDay {
		wait = textCodeDay - now.Sub(c.Day)
	}
	if wait > 0 {
		return c, fault.New(fault.TooMany, "seconds", strconv.Itoa(int(wait/time.Second)+1))
	}
	return TextCodesSent{Last: now, Day: c.Day, Count: c.Count + 1}, nil
}

// textCodeBinding binds a code to the account, to the number it was sent to, and to the pending login or session
// that requested it, ASVS V6.6.2.
func textCodeBinding(id toll.AccountID, mobile string, holder seal.Hash) []string {
	return []string{"text", string(id), mobile, hex.EncodeToString(holder[:])}
}

// verifyTextCode compares a code with the one that was sent and returns its hash. Wrong codes count together with
// those of the authenticator app: after FailsMax in a row neither is accepted.
func (s *Service) verifyTextCode(ctx context.Context, account access.Account, code, mobile string, holder seal.Hash) (stored []byte, err error) {
	now := s.now()
	if stored, err = s.store.TryTextCode(ctx, account.ID, now, TextCodeTries); err != nil {
		return nil, err
	}
	bare := text.Code(code)
	right := s.keys.CodeMatches(stored, bare, textCodeBinding(account.ID, mobile, holder)...)
	active, err := s.countFactorTry(ctx, account, right, now)
	if err != nil {
		return nil, err
	}
	if !right || !active {
		return nil, fault.New(fault.WrongCredentials)
	}
	return stored, nil
}

// SignInWithTextCode completes a pending login with the code that was sent. The session does not count as a
// step-up: changing credentials needs another factor.
func (s *Service) SignInWithTextCode(ctx context.Context, visitor access.Visitor, login seal.Token, code string) (seal.Token, error) {
	account, err := s.countTry(ctx, login)
	if err != nil {
		return "", err
	}
	if !s.canText(account) {
		return "", fault.New(fault.Refused)
	}
	attempt, err := s.access.CountFactorTry(ctx, visitor, account.Email)
	if err != nil {
		return "", err
	}
	stored, err := s.verifyTextCode(ctx, account, code, account.TextMobile, login.Hash())
	if err != nil {
		return "", err
	}
	token, session, err := s.access.NewSession(account, visitor, s.now())
	if err != nil {
		return "", err
	}
	session.ByTextCode = true
	began, err := s.store.BeginSessionWithTextCode(ctx, login.Hash(), stored, session)
	if err == nil && !began {
		err = fault.New(fault.WrongCredentials)
	}
	if err != nil {
		return "", err
	}
	return token, s.access.Refund(ctx, attempt, true)
}

// StartTextFactor sends a code to the principal's confirmed number, which is to become a factor. The account must
// have another one: a text message is never the only way to sign in or to recover.
func (s *Service) StartTextFactor(ctx context.Context, principal access.Principal) (mobile string, err error) {
	account, err := s.textFactorAccount(ctx, principal)
	if err != nil {
		return "", err
	}
	return account.Mobile, s.sendTextCode(ctx, account, account.Mobile, principal.Session)
}

// textFactorAccount returns the account if codes by text message may be enabled for it: only beside a password and
// another factor, and only with a confirmed mobile number.
func (s *Service) textFactorAccount(ctx context.Context, principal access.Principal) (access.Account, error) {
	if err := s.access.RequireStepUp(principal); err != nil {
		return access.Account{}, err
	}
	account, err := s.store.AccountByID(ctx, principal.Account, s.now())
	if err != nil {
		return access.Account{}, err
	}
	if !s.options.TextCodes || account.PasswordHash == "" || len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return access.Account{}, fault.New(fault.Refused)
	}
	if account.Mobile == "" {
		return access.Account{}, fault.New(fault.FieldMissing).At("mobile")
	}
	return account, s.messages.CheckChannel(notice.SMS)
}

// FinishTextFactor makes the principal's number a factor once the code has been returned.
func (s *Service) FinishTextFactor(ctx context.Context, principal access.Principal, code string) error {
	account, err := s.textFactorAccount(ctx, principal)
	if err != nil {
		return err
	}
	stored, err := s.verifyTextCode(ctx, account, code, account.Mobile, principal.Session)
	if fault.CodeOf(err) == fault.WrongCredentials && err != nil {
		return fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	message, err := s.messages.Mail(notice.SMSAdded, principal.Recipient(), notice.Content{})
	if err != nil {
		return err
	}
	done, err := s.store.AddTextFactor(ctx, principal.Account, account.Mobile, TextCode{Hash: stored, At: s.now(), Messages: []notice.Message{message}})
	if err == nil && !done {
		err = fault.New(fault.CodeWrong).At("code")
	}
	return err
}

// RemoveTextFactor removes text messages from the principal's factors.
func (s *Service) RemoveTextFactor(ctx context.Context, principal access.Principal) error {
	if err := s.access.RequireStepUp(principal); err != nil {
		return err
	}
	message, err := s.messages.Mail(notice.FactorRemoved, principal.Recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return s.store.RemoveTextFactor(ctx, principal.Account, s.now(), []notice.Message{message})
}

// MaskNumber hides all but the last digits of a telephone number.
func MaskNumber(mobile string) string {
	const seen = 3
	if len(mobile) <= seen {
		return mobile
	}
	return strings.Repeat("•", len(mobile)-seen) + mobile[len(mobile)-seen:]
}
