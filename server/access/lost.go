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
	LostEvery      = 7 * 24 * time.Hour  // between two letters to one account
	LostTries      = 20
	AddressSettled = 14 * 24 * time.Hour // an address must have stood for as long
)

// Postal is where an account's letters on paper go.
type Postal struct {
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

// Losses keeps who has lost their factors.
type Losses interface {
	Postal(ctx context.Context, id toll.AccountID) (Postal, error)
	// OpenLost returns fault.NotFound when nothing stands open.
	OpenLost(ctx context.Context, id toll.AccountID, now time.Time) (LostFactorClaim, error)
	// AskLost keeps it with the link that stops it, unless one stands open or one was asked for since.
	AskLost(ctx context.Context, l LostFactorClaim, since time.Time, stop Link, letters []notice.Message) (bool, error)
	// StopLost closes what stands open and ends all sessions and steps; with a link, it is spent.
	StopLost(ctx context.Context, id toll.AccountID, link *Hash, at time.Time, letters []notice.Message) error
}

// LostSteps lets a step enrol anew.
type LostSteps interface {
	// TryLost counts a try and marks the step when right says so of the kept hash and the wait is over.
	TryLost(ctx context.Context, id toll.AccountID, step Hash, now time.Time, right func(hash []byte) bool) (bool, error)
	// StepLost names what the step was marked with; empty for all others.
	StepLost(ctx context.Context, step Hash, now time.Time) (string, error)
}

// LostFactorView is what a person with the password alone can do.
type LostFactorView struct {
	EID    bool             // an eID opens this account
	Letter error            // nil when a letter can be sent, else why not
	Open   *LostFactorClaim // what has been asked for
	Ready  bool             // and can be used now
}

// Lost tells the person whose password was accepted which ways back there are.
func (l *Factors) Lost(ctx context.Context, step Token) (LostFactorView, error) {
	account, err := l.account(ctx, step)
	if err != nil {
		return LostFactorView{}, err
	}
	v := LostFactorView{EID: len(account.BirthHash) > 0}
	if _, v.Letter = l.postal(ctx, account); v.Letter != nil && fault.CodeOf(v.Letter) == fault.Internal {
		return LostFactorView{}, v.Letter
	}
	now := l.desk.now()
	open, err := l.store.OpenLost(ctx, account.ID, now)
	switch {
	case err == nil:
		v.Open, v.Ready = &open, !now.Before(open.Opens)
	case fault.CodeOf(err) != fault.NotFound:
		return LostFactorView{}, err
	}
	return v, nil
}

// postal is the address that a code may go to: whole, and not written lately by somebody who has come in
// for an afternoon.
func (l *Factors) postal(ctx context.Context, account Account) (Postal, error) {
	if err := l.letter.CheckChannel(notice.Paper); err != nil {
		return Postal{}, err
	}
	p, err := l.store.Postal(ctx, account.ID)
	if err != nil {
		return Postal{}, err
	}
	if len(p.Lines) == 0 {
		return Postal{}, fault.New(fault.FieldMissing).At("address")
	}
	if l.desk.now().Sub(p.Since) < AddressSettled {
		return Postal{}, fault.New(fault.Refused).At("address")
	}
	return p, nil
}

// AskLost sends a code to the postal address and tells every other channel, each with a link that stops it.
func (l *Factors) AskLost(ctx context.Context, visitor Visitor, step Token) error {
	account, err := l.account(ctx, step)
	if err != nil {
		return err
	}
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 { // there is nothing to lose
		return fault.New(fault.Refused)
	}
	if err := l.desk.spend(ctx, l.desk.throttleKeys(visitor, "lost "+string(account.ID))); err != nil {
		return err
	}
	place, err := l.postal(ctx, account)
	if err != nil {
		return err
	}
	now := l.desk.now()
	lost := LostFactorClaim{ID: uuid.NewString(), Account: account.ID, Asked: now, Opens: now.Add(LostWait), Ends: now.Add(LostMax)}
	var b [recoveryBytes]byte
	_, _ = rand.Read(b[:])
	code := base32Bare().EncodeToString(b[:])
	lost.Code = l.desk.keys.CodeHash(code, "lost", string(account.ID))
	stop, token, err := l.desk.keys.NewLink(ForLostStop, account.ID, lost.Ends, lost.ID)
	if err != nil {
		return err
	}
	letters, err := l.lostLetters(account, place, lost, code, token)
	if err != nil {
		return err
	}
	asked, err := l.store.AskLost(ctx, lost, now.Add(-LostEvery), stop, letters)
	if err == nil && !asked {
		err = fault.New(fault.TooMany, "seconds", "604800")
	}
	return err
}

func (l *Factors) lostLetters(account Account, place Postal, lost LostFactorClaim, code string, stop Token) ([]notice.Message, error) {
	words := i18n.For(account.Language)
	params := []any{"day", words.Day(oslo.DayOf(lost.Opens)), "at", words.Clock(lost.Opens)}
	paper := account.reader()
	paper.Address = strings.Join(place.Lines, "\n")
	printed, err := l.letter.Paper(notice.LostCode, paper, notice.Content{Code: strings.ReplaceAll(groups(code), " ", "-"), Params: params, Until: lost.Ends})
	if err != nil {
		return nil, err
	}
	content := notice.Content{Link: "/lost/stop?token=" + string(stop), Params: params}
	mail, err := l.letter.Mail(notice.LostAsked, account.reader(), content)
	if err != nil {
		return nil, err
	}
	texts, err := l.toPhone(notice.LostAsked, account, content)
	return append([]notice.Message{printed, mail}, texts...), err
}

// toPhone writes a text message to the confirmed number; none where there is no number or no way to it.
func (l *Factors) toPhone(kind notice.Kind, account Account, content notice.Content) ([]notice.Message, error) {
	if unreached := l.letter.CheckChannel(notice.SMS); account.Mobile == "" || unreached != nil {
		return nil, nil //nolint:nilerr // the other channels tell
	}
	phone := account.reader()
	phone.Address = account.Mobile
	text, err := l.letter.SMS(kind, phone, content)
	return []notice.Message{text}, err
}

// FindLost takes the code that came by post. It opens nothing by itself: the step may now connect a new
// app in the place of everything that was lost.
func (l *Factors) FindLost(ctx context.Context, visitor Visitor, step Token, code string) error {
	account, err := l.tries(ctx, step)
	if err != nil {
		return err
	}
	now := l.desk.now()
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.spend(ctx, keys); err != nil {
		return err
	}
	right, err := l.store.TryLost(ctx, account.ID, step.Hash(), now, func(kept []byte) bool {
		return l.desk.keys.SameCode(kept, bareRecovery(code), "lost", string(account.ID))
	})
	if err == nil && !right {
		err = fault.New(fault.CodeWrong).At("code")
	}
	if err != nil {
		return err
	}
	return l.desk.refund(ctx, keys, false)
}

// enrols tells whether a step may connect an app: its account has no factor yet, or has lost them all.
func (l *Factors) enrols(ctx context.Context, step Token, account Account) (lost string, err error) {
	if len(account.TOTP.Data) == 0 && account.Passkeys == 0 {
		return "", nil
	}
	lost, err = l.store.StepLost(ctx, step.Hash(), l.desk.now())
	if err == nil && lost == "" {
		err = fault.New(fault.Refused)
	}
	return lost, err
}

// replace makes an enrolment the end of everything that was lost.
func (l *Factors) replace(e *Enrolment, account Account, lost string) (codes []string, err error) {
	e.Lost = lost
	codes, e.Codes = l.newCodes(account.ID)
	letter, err := l.letter.Mail(notice.LostUsed, account.reader(), notice.Content{})
	if err != nil {
		return nil, err
	}
	texts, err := l.toPhone(notice.LostUsed, account, notice.Content{})
	e.Letters = append([]notice.Message{letter}, texts...)
	return codes, err
}

// StopLost stops it by the link that every channel got: "this was not me".
func (l *Factors) StopLost(ctx context.Context, token Token) error {
	if !token.plausible() {
		return fault.New(fault.LinkSpent)
	}
	now := l.desk.now()
	link, err := l.store.FindLink(ctx, token.Hash(), ForLostStop, now)
	if err != nil {
		return err
	}
	account, err := l.store.Person(ctx, link.Account, now)
	if err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.LostStopped, account.reader(), notice.Content{Link: forgotAddress})
	if err != nil {
		return err
	}
	return l.store.StopLost(ctx, link.Account, &link.Hash, now, []notice.Message{letter})
}

const forgotAddress = "/password/forgot"

// LostHere tells a person who is signed in that somebody says every factor is lost; nil when nobody does.
func (l *Factors) LostHere(ctx context.Context, actor Actor) (*LostFactorClaim, error) {
	open, err := l.store.OpenLost(ctx, actor.Account, l.desk.now())
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // nobody does, and that is no error
	}
	return &open, err
}

// StopLostHere stops it from within: who is signed in has shown a factor, so none is lost. Stopping needs
// no fresh one.
func (l *Factors) StopLostHere(ctx context.Context, actor Actor) error {
	letter, err := l.letter.Mail(notice.LostStopped, actor.reader(), notice.Content{Link: forgotAddress})
	if err != nil {
		return err
	}
	return l.store.StopLost(ctx, actor.Account, nil, l.desk.now(), []notice.Message{letter})
}
