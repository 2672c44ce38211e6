package access

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Limits of the way back for who has the password and has lost every other factor, portal.md D2: a code
// of 80 bits goes by post to the address that we have had for a while, every other channel tells of it
// at once, and nothing opens before the owner has had three days to stop it. E-mail alone never opens
// anything. An eID needs none of this: it opens the account by itself.
const (
	LostWait       = 72 * time.Hour
	LostMax        = 30 * 24 * time.Hour // the post takes its time
	LostInterval   = 7 * 24 * time.Hour  // between two letters to one account
	LostTries      = 20
	AddressSettled = 14 * 24 * time.Hour // an address must have stood for as long
)

// PostalAddress is where an account's letters on paper go.
type PostalAddress struct {
	Lines []string  // empty where the address is not whole
	Since time.Time // zero when it was there before anybody noted it
}

// LostFactorClaim is somebody's word that every factor is gone.
type LostFactorClaim struct {
	ID      string
	Account toll.AccountID
	Code    []byte // hash
	Asked   time.Time
	Opens   time.Time
	Ends    time.Time
}

// LostFactorClaims keeps who has lost their factors.
type LostFactorClaims interface {
	PostalAddress(ctx context.Context, id toll.AccountID) (PostalAddress, error)
	// OpenLostFactorClaim returns fault.NotFound when nothing stands open.
	OpenLostFactorClaim(ctx context.Context, id toll.AccountID, now time.Time) (LostFactorClaim, error)
	// AddLostFactorClaim keeps it with the link that stops it, unless one stands open or one was asked for since.
	AddLostFactorClaim(ctx context.Context, l LostFactorClaim, since time.Time, stop Link, letters []notice.Message) (bool, error)
	// StopLostFactorClaim closes what stands open and ends all sessions and steps; with a link, it is spent.
	StopLostFactorClaim(ctx context.Context, id toll.AccountID, link *Hash, at time.Time, letters []notice.Message) error
}

// LostFactorLogins lets a step enrol anew.
type LostFactorLogins interface {
	// TryLostFactorCode counts a try and marks the step when right says so of the kept hash and the wait is over.
	TryLostFactorCode(ctx context.Context, id toll.AccountID, step Hash, now time.Time, right func(hash []byte) bool) (bool, error)
	// PendingLoginClaim names what the step was marked with; empty for all others.
	PendingLoginClaim(ctx context.Context, step Hash, now time.Time) (string, error)
}

// LostFactorView is what a person with the password alone can do.
type LostFactorView struct {
	EID         bool             // an eID opens this account
	LetterError error            // nil when a letter can be sent, else why not
	Claim       *LostFactorClaim // what has been asked for
	Ready       bool             // and can be used now
}

// LostFactor tells the person whose password was accepted which ways back there are.
func (l *Factors) LostFactor(ctx context.Context, step Token) (LostFactorView, error) {
	account, err := l.pendingAccount(ctx, step)
	if err != nil {
		return LostFactorView{}, err
	}
	v := LostFactorView{EID: len(account.BirthHash) > 0}
	if _, v.LetterError = l.postalAddress(ctx, account); v.LetterError != nil && fault.CodeOf(v.LetterError) == fault.Internal {
		return LostFactorView{}, v.LetterError
	}
	now := l.desk.now()
	open, err := l.store.OpenLostFactorClaim(ctx, account.ID, now)
	switch {
	case err == nil:
		v.Claim, v.Ready = &open, !now.Before(open.Opens)
	case fault.CodeOf(err) != fault.NotFound:
		return LostFactorView{}, err
	}
	return v, nil
}

// postalAddress is the address that a code may go to: whole, and not written lately by somebody who has come in
// for an afternoon.
func (l *Factors) postalAddress(ctx context.Context, account Account) (PostalAddress, error) {
	if err := l.letter.CheckChannel(notice.Paper); err != nil {
		return PostalAddress{}, err
	}
	p, err := l.store.PostalAddress(ctx, account.ID)
	if err != nil {
		return PostalAddress{}, err
	}
	if len(p.Lines) == 0 {
		return PostalAddress{}, fault.New(fault.FieldMissing).At("address")
	}
	if l.desk.now().Sub(p.Since) < AddressSettled {
		return PostalAddress{}, fault.New(fault.Refused).At("address")
	}
	return p, nil
}

// SendLostFactorCode sends a code to the postal address and tells every other channel, each with a link that stops it.
func (l *Factors) SendLostFactorCode(ctx context.Context, visitor Visitor, step Token) error {
	account, err := l.pendingAccount(ctx, step)
	if err != nil {
		return err
	}
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 { // there is nothing to lose
		return fault.New(fault.Refused)
	}
	if err := l.desk.countTry(ctx, l.desk.throttleKeys(visitor, "lost "+string(account.ID))); err != nil {
		return err
	}
	place, err := l.postalAddress(ctx, account)
	if err != nil {
		return err
	}
	now := l.desk.now()
	lost := LostFactorClaim{ID: uuid.NewString(), Account: account.ID, Asked: now, Opens: now.Add(LostWait), Ends: now.Add(LostMax)}
	var b [recoveryBytes]byte
	_, _ = rand.Read(b[:])
	code := base32Bare().EncodeToString(b[:])
	lost.Code = l.desk.keys.CodeHash(code, "lost", string(account.ID))
	stop, token, err := l.desk.keys.NewLink(PurposeStopLostFactor, account.ID, lost.Ends, lost.ID)
	if err != nil {
		return err
	}
	letters, err := l.lostFactorMessages(account, place, lost, code, token)
	if err != nil {
		return err
	}
	asked, err := l.store.AddLostFactorClaim(ctx, lost, now.Add(-LostInterval), stop, letters)
	if err == nil && !asked {
		err = fault.New(fault.TooMany, "seconds", "604800")
	}
	return err
}

func (l *Factors) lostFactorMessages(account Account, place PostalAddress, lost LostFactorClaim, code string, stop Token) ([]notice.Message, error) {
	words := i18n.For(account.Language)
	params := []any{"day", words.Day(oslo.DayOf(lost.Opens)), "at", words.Clock(lost.Opens)}
	paper := account.recipient()
	paper.Address = strings.Join(place.Lines, "\n")
	printed, err := l.letter.Paper(notice.LostCode, paper, notice.Content{Code: strings.ReplaceAll(groupsOfFour(code), " ", "-"), Params: params, Until: lost.Ends})
	if err != nil {
		return nil, err
	}
	content := notice.Content{Link: "/lost/stop?token=" + string(stop), Params: params}
	mail, err := l.letter.Mail(notice.LostAsked, account.recipient(), content)
	if err != nil {
		return nil, err
	}
	texts, err := l.textMessages(notice.LostAsked, account, content)
	return append([]notice.Message{printed, mail}, texts...), err
}

// textMessages writes a text message to the confirmed number; none where there is no number or no way to it.
func (l *Factors) textMessages(kind notice.Kind, account Account, content notice.Content) ([]notice.Message, error) {
	if unreached := l.letter.CheckChannel(notice.SMS); account.Mobile == "" || unreached != nil {
		return nil, nil //nolint:nilerr // the other channels tell
	}
	phone := account.recipient()
	phone.Address = account.Mobile
	text, err := l.letter.SMS(kind, phone, content)
	return []notice.Message{text}, err
}

// VerifyLostFactorCode takes the code that came by post. It opens nothing by itself: the step may now connect a new
// app in the place of everything that was lost.
func (l *Factors) VerifyLostFactorCode(ctx context.Context, visitor Visitor, step Token, code string) error {
	account, err := l.countPendingLoginTry(ctx, step)
	if err != nil {
		return err
	}
	now := l.desk.now()
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.countTry(ctx, keys); err != nil {
		return err
	}
	right, err := l.store.TryLostFactorCode(ctx, account.ID, step.Hash(), now, func(kept []byte) bool {
		return l.desk.keys.CodeMatches(kept, normalizeRecoveryCode(code), "lost", string(account.ID))
	})
	if err == nil && !right {
		err = fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	return l.desk.refund(ctx, keys, false)
}

// lostFactorClaim tells whether a step may connect an app: its account has no factor yet, or has lost them all.
func (l *Factors) lostFactorClaim(ctx context.Context, step Token, account Account) (lost string, err error) {
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return "", nil
	}
	lost, err = l.store.PendingLoginClaim(ctx, step.Hash(), l.desk.now())
	if err == nil && lost == "" {
		err = fault.New(fault.Refused)
	}
	return lost, err
}

// replaceFactors makes an enrolment the end of everything that was lost.
func (l *Factors) replaceFactors(e *Enrolment, account Account, lost string) (codes []string, err error) {
	e.Claim = lost
	codes, e.RecoveryCodes = l.newCodes(account.ID)
	letter, err := l.letter.Mail(notice.LostUsed, account.recipient(), notice.Content{})
	if err != nil {
		return nil, err
	}
	texts, err := l.textMessages(notice.LostUsed, account, notice.Content{})
	e.Messages = append([]notice.Message{letter}, texts...)
	return codes, err
}

// StopLostFactorClaimByLink stops it by the link that every channel got: "this was not me".
func (l *Factors) StopLostFactorClaimByLink(ctx context.Context, token Token) error {
	if !token.plausible() {
		return fault.New(fault.LinkSpent)
	}
	now := l.desk.now()
	link, err := l.store.FindLink(ctx, token.Hash(), PurposeStopLostFactor, now)
	if err != nil {
		return err
	}
	account, err := l.store.AccountByID(ctx, link.Account, now)
	if err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.LostStopped, account.recipient(), notice.Content{Link: forgotAddress})
	if err != nil {
		return err
	}
	return l.store.StopLostFactorClaim(ctx, link.Account, &link.Hash, now, []notice.Message{letter})
}

const forgotAddress = "/password/forgot"

// LostFactorClaim tells a person who is signed in that somebody says every factor is lost; nil when nobody does.
func (l *Factors) LostFactorClaim(ctx context.Context, actor Principal) (*LostFactorClaim, error) {
	open, err := l.store.OpenLostFactorClaim(ctx, actor.Account, l.desk.now())
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // nobody does, and that is no error
	}
	return &open, err
}

// StopLostFactorClaim stops it from within: who is signed in has shown a factor, so none is lost. Stopping needs
// no fresh one.
func (l *Factors) StopLostFactorClaim(ctx context.Context, actor Principal) error {
	letter, err := l.letter.Mail(notice.LostStopped, actor.recipient(), notice.Content{Link: forgotAddress})
	if err != nil {
		return err
	}
	return l.store.StopLostFactorClaim(ctx, actor.Account, nil, l.desk.now(), []notice.Message{letter})
}
