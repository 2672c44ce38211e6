package factor

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Limits of account recovery for a person who has the password and has lost every other factor. A code
// of 80 bits goes by post to an address that we have had for a while, all other channels announce it at once,
// and it is valid only after the owner has had three days to stop it. Email alone never opens an account. An
// eID needs none of this: it opens the account by itself.
const (
	LostWait       = 72 * time.Hour
	LostMax        = 30 * 24 * time.Hour // post takes time
	LostInterval   = 7 * 24 * time.Hour  // between two letters to one account
	LostTries      = 20
	AddressSettled = 14 * 24 * time.Hour // minimum age of the postal address
)

const forgotPath = "/password/forgot"

// PostalAddress is the address of an account's letters on paper.
type PostalAddress struct {
	Lines []string  // empty for an incomplete address
	Since time.Time // zero if the address is older than our records
}

// LostFactorClaim is a pending recovery request: a person claims that every factor is lost.
type LostFactorClaim struct {
	ID      string
	Account toll.AccountID
	Code    []byte // hash
	Asked   time.Time
	Opens   time.Time
	Ends    time.Time
}

// LostFactorClaims stores recovery requests.
type LostFactorClaims interface {
	PostalAddress(ctx context.Context, id toll.AccountID) (PostalAddress, error)
	// OpenLostFactorClaim returns fault.NotFound when no claim is open.
	OpenLostFactorClaim(ctx context.Context, id toll.AccountID, now time.Time) (LostFactorClaim, error)
	// AddLostFactorClaim stores a claim with the link that stops it. It reports false when one is open or was
	// made since the given instant.
	AddLostFactorClaim(ctx context.Context, c LostFactorClaim, since time.Time, stop seal.Link, messages []notice.Message) (bool, error)
	// StopLostFactorClaim closes the open claim, ends all sessions and pending logins, and spends the link if one
	// is given.
	StopLostFactorClaim(ctx context.Context, id toll.AccountID, link *seal.Hash, at time.Time, messages []notice.Message) error
}

// LostFactorLogins lets a pending login enrol a new authenticator app.
type LostFactorLogins interface {
	// TryLostFactorCode counts a try and marks the pending login when matches accepts the stored hash and the
	// wait is over.
	TryLostFactorCode(ctx context.Context, id toll.AccountID, login seal.Hash, now time.Time, matches func(hash []byte) bool) (bool, error)
	// PendingLoginClaim returns the claim that a pending login is marked with; empty for all others.
	PendingLoginClaim(ctx context.Context, login seal.Hash, now time.Time) (string, error)
}

// LostFactorView lists the recovery options of a person who has only the password.
type LostFactorView struct {
	EID         bool             // an eID opens this account
	LetterError error            // nil when a letter can be sent
	Claim       *LostFactorClaim // the open claim
	Ready       bool             // the claim's code is accepted now
}

// LostFactor returns the recovery options of a pending login.
func (s *Service) LostFactor(ctx context.Context, login seal.Token) (LostFactorView, error) {
	account, err := s.pendingAccount(ctx, login)
	if err != nil {
		return LostFactorView{}, err
	}
	v := LostFactorView{EID: len(account.BirthHash) > 0}
	if _, v.LetterError = s.postalAddress(ctx, account); v.LetterError != nil && fault.CodeOf(v.LetterError) == fault.Internal {
		return LostFactorView{}, v.LetterError
	}
	now := s.now()
	open, err := s.store.OpenLostFactorClaim(ctx, account.ID, now)
	switch {
	case err == nil:
		v.Claim, v.Ready = &open, !now.Before(open.Opens)
	case fault.CodeOf(err) != fault.NotFound:
		return LostFactorView{}, err
	}
	return v, nil
}

// postalAddress returns the address that a code may be sent to: complete, and not changed lately by an intruder.
func (s *Service) postalAddress(ctx context.Context, account access.Account) (PostalAddress, error) {
	if err := s.messages.CheckChannel(notice.Paper); err != nil {
		return PostalAddress{}, err
	}
	p, err := s.store.PostalAddress(ctx, account.ID)
	if err != nil {
		return PostalAddress{}, err
	}
	if len(p.Lines) == 0 {
		return PostalAddress{}, fault.New(fault.FieldMissing).At("address")
	}
	if s.now().Sub(p.Since) < AddressSettled {
		return PostalAddress{}, fault.New(fault.Refused).At("address")
	}
	return p, nil
}

// SendLostFactorCode sends a code to the postal address and announces it on every other channel, each time with a
// link that stops it.
func (s *Service) SendLostFactorCode(ctx context.Context, visitor access.Visitor, login seal.Token) error {
	account, err := s.pendingAccount(ctx, login)
	if err != nil {
		return err
	}
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 { // there is nothing to lose
		return fault.New(fault.Refused)
	}
	if _, err := s.access.CountAttempt(ctx, visitor, "lost "+string(account.ID)); err != nil {
		return err
	}
	address, err := s.postalAddress(ctx, account)
	if err != nil {
		return err
	}
	now, code := s.now(), newCode(recoveryBytes)
	claim := LostFactorClaim{
		ID: uuid.NewString(), Account: account.ID, Asked: now, Opens: now.Add(LostWait), Ends: now.Add(LostMax),
		Code: s.keys.CodeHash(code, "lost", string(account.ID)),
	}
	stop, token, err := s.keys.NewLink(seal.PurposeStopLostFactor, account.ID, claim.Ends, claim.ID)
	if err != nil {
		return err
	}
	messages, err := s.lostFactorMessages(account, address, claim, code, token)
	if err != nil {
		return err
	}
	added, err := s.store.AddLostFactorClaim(ctx, claim, now.Add(-LostInterval), stop, messages)
	if err == nil && !added {
		err = fault.New(fault.TooMany, "seconds", "604800")
	}
	return err
}

// lostFactorMessages returns the messages of a claim: the code by post, and the link that stops the claim by every
// other channel, so that the owner learns of a claim that an intruder has made.
func (s *Service) lostFactorMessages(account access.Account, address PostalAddress, claim LostFactorClaim, code string, stop seal.Token) ([]notice.Message, error) {
	words := i18n.For(account.Language)
	params := []any{"day", words.Day(oslo.DayOf(claim.Opens)), "at", words.Clock(claim.Opens)}
	paper := account.Recipient()
	paper.Address = strings.Join(address.Lines, "\n")
	printed, err := s.messages.Paper(notice.LostCode, paper, notice.Content{Code: strings.ReplaceAll(groupsOfFour(code), " ", "-"), Params: params, Until: claim.Ends})
	if err != nil {
		return nil, err
	}
	content := notice.Content{Link: "/lost/stop?token=" + string(stop), Params: params}
	mail, err := s.messages.Mail(notice.LostAsked, account.Recipient(), content)
	if err != nil {
		return nil, err
	}
	texts, err := s.textMessages(notice.LostAsked, account, content)
	return append([]notice.Message{printed, mail}, texts...), err
}

// textMessages returns a text message to the confirmed number; none without a number or an operator.
func (s *Service) textMessages(kind notice.Kind, account access.Account, content notice.Content) ([]notice.Message, error) {
	if unreached := s.messages.CheckChannel(notice.SMS); account.Mobile == "" || unreached != nil {
		return nil, nil //nolint:nilerr // the other channels announce it
	}
	phone := account.Recipient()
	phone.Address = account.Mobile
	text, err := s.messages.SMS(kind, phone, content)
	return []notice.Message{text}, err
}

// VerifyLostFactorCode checks the code from the letter. It opens no account: the pending login may now connect a
// new app that replaces all lost factors.
func (s *Service) VerifyLostFactorCode(ctx context.Context, visitor access.Visitor, login seal.Token, code string) error {
	account, err := s.countTry(ctx, login)
	if err != nil {
		return err
	}
	attempt, err := s.access.CountFactorTry(ctx, visitor, account.Email)
	if err != nil {
		return err
	}
	right, err := s.store.TryLostFactorCode(ctx, account.ID, login.Hash(), s.now(), func(stored []byte) bool {
		return s.keys.CodeMatches(stored, text.Code(code), "lost", string(account.ID))
	})
	if err == nil && !right {
		err = fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	return s.access.Refund(ctx, attempt, false)
}

// lostFactorClaim returns the claim by which a pending login may connect an app; empty when its account has no
// factor yet. It returns fault.Refused for an account that has factors and no claim.
func (s *Service) lostFactorClaim(ctx context.Context, login seal.Token, account access.Account) (claim string, err error) {
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return "", nil
	}
	claim, err = s.store.PendingLoginClaim(ctx, login.Hash(), s.now())
	if err == nil && claim == "" {
		err = fault.New(fault.Refused)
	}
	return claim, err
}

// replaceFactors makes an enrolment replace all factors that were lost.
func (s *Service) replaceFactors(e *Enrolment, account access.Account, claim string) (codes []string, err error) {
	e.Claim = claim
	codes, e.RecoveryCodes = s.newRecoveryCodes(account.ID)
	message, err := s.messages.Mail(notice.LostUsed, account.Recipient(), notice.Content{})
	if err != nil {
		return nil, err
	}
	texts, err := s.textMessages(notice.LostUsed, account, notice.Content{})
	e.Messages = append([]notice.Message{message}, texts...)
	return codes, err
}

// StopLostFactorClaimByLink stops a claim by the link that every channel got.
func (s *Service) StopLostFactorClaimByLink(ctx context.Context, token seal.Token) error {
	if !token.Plausible() {
		return fault.New(fault.LinkSpent)
	}
	now := s.now()
	link, err := s.store.FindLink(ctx, token.Hash(), seal.PurposeStopLostFactor, now)
	if err != nil {
		return err
	}
	account, err := s.store.AccountByID(ctx, link.Account, now)
	if err != nil {
		return err
	}
	message, err := s.messages.Mail(notice.LostStopped, account.Recipient(), notice.Content{Link: forgotPath})
	if err != nil {
		return err
	}
	return s.store.StopLostFactorClaim(ctx, link.Account, &link.Hash, now, []notice.Message{message})
}

// LostFactorClaim returns the open claim for the principal's account, nil if there is none.
func (s *Service) LostFactorClaim(ctx context.Context, principal access.Principal) (*LostFactorClaim, error) {
	open, err := s.store.OpenLostFactorClaim(ctx, principal.Account, s.now())
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // no claim is no error
	}
	return &open, err
}

// StopLostFactorClaim stops the claim for the principal's account. It needs no step-up: a person who is signed in
// has shown a factor, so not all are lost.
func (s *Service) StopLostFactorClaim(ctx context.Context, principal access.Principal) error {
	message, err := s.messages.Mail(notice.LostStopped, principal.Recipient(), notice.Content{Link: forgotPath})
	if err != nil {
		return err
	}
	return s.store.StopLostFactorClaim(ctx, principal.Account, nil, s.now(), []notice.Message{message})
}
