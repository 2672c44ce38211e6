package access

import (
	"context"
	"strings"

	"bompass/server/notice"
	"bompass/shared/fault"
)

// RequireStepUp tells whether the person has shown a factor so lately that changes to the ways in, to addresses
// and to other people's rights may be made; else fault.StepUp, portal.md D5.
func (d *Service) RequireStepUp(actor Principal) error {
	if d.now().Sub(actor.AuthTime) > StepUpMax {
		return fault.New(fault.StepUp)
	}
	return nil
}

// FactorList is what an account can be opened with beside its password.
type FactorList struct {
	TOTP          bool
	RecoveryCodes int // recovery codes left
	Password      bool
	Passkeys      []Passkey
	TextAllowed   bool   // a code by text message may be added
	TextNumber    string // the number that one is sent to, masked; empty if none
	Mobile        string // the confirmed number that it would be, masked; empty if none is
}

// Factors lists the actor's own factors.
func (l *Factors) Factors(ctx context.Context, actor Principal) (FactorList, error) {
	account, err := l.store.AccountByID(ctx, actor.Account, l.desk.now())
	if err != nil {
		return FactorList{}, err
	}
	passkeys, err := l.store.Passkeys(ctx, actor.Account)
	k := FactorList{TOTP: len(account.TOTP.Data) > 0, RecoveryCodes: account.RecoveryCodes, Password: account.PasswordHash != "", Passkeys: passkeys}
	k.TextAllowed = l.options.TextCodes && k.Password && (k.TOTP || len(passkeys) > 0) && l.letter.CheckChannel(notice.SMS) == nil
	k.TextNumber, k.Mobile = MaskNumber(account.TextMobile), MaskNumber(account.Mobile)
	return k, err
}

// StartTOTPSetup offers the actor a secret for another authenticator app, which will take the first one's place.
func (l *Factors) StartTOTPSetup(ctx context.Context, actor Principal) (TOTPSetup, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return TOTPSetup{}, err
	}
	return l.totpSetup(ctx, actor.Session, actor.Account, actor.Email)
}

// FinishTOTPSetup confirms the offered secret with a code. Recovery codes are made when there are none.
func (l *Factors) FinishTOTPSetup(ctx context.Context, actor Principal, code string) ([]string, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	account, err := l.store.AccountByID(ctx, actor.Account, l.desk.now())
	if err != nil {
		return nil, err
	}
	e, codes, err := l.verifySetupCode(ctx, actor.Session, account, code)
	if err != nil {
		return nil, err
	}
	return codes, l.store.EnrolTOTP(ctx, actor.Account, e)
}

// ReplaceRecoveryCodes makes new recovery codes; the old ones open nothing any more.
func (l *Factors) ReplaceRecoveryCodes(ctx context.Context, actor Principal) ([]string, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	letter, err := l.letter.Mail(notice.RecoveryMade, actor.recipient(), notice.Content{})
	if err != nil {
		return nil, err
	}
	codes, hashes := l.newCodes(actor.Account)
	return codes, l.store.SetRecoveryCodes(ctx, actor.Account, Enrolment{RecoveryCodes: hashes, At: l.desk.now(), Messages: []notice.Message{letter}})
}

// ChangePassword changes the actor's password. Every other session ends.
func (l *Factors) ChangePassword(ctx context.Context, actor Principal, password string) error {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return err
	}
	if err := CheckPassword(password, actor.Email, actor.Person); err != nil {
		return err
	}
	hash, err := l.desk.hash(ctx, password)
	if err != nil {
		return err
	}
	letter, err := l.letter.Mail(notice.PasswordChanged, actor.recipient(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.ChangePassword(ctx, PasswordChange{Account: actor.Account, Hash: hash, At: l.desk.now(), Messages: []notice.Message{letter}}, actor.Session)
}

func (a Principal) recipient() notice.Recipient {
	return notice.Recipient{Account: a.Account, Name: a.Person, Address: a.Email, Language: a.Language}
}

// StepUp shows a code again within a session: what follows may change the ways in. The session goes on
// under a new token, ASVS V7.2.4.
func (l *Factors) StepUp(ctx context.Context, actor Principal, visitor Visitor, code string) (Token, error) {
	account, err := l.store.AccountByID(ctx, actor.Account, l.desk.now())
	if err != nil {
		return "", err
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.countTry(ctx, keys); err != nil {
		return "", err
	}
	now := l.desk.now()
	matched, ok, err := l.desk.verifyTOTP(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	return l.saveStepUp(ctx, StepUp{Account: account.ID, Old: actor.Session, TOTPStep: matched, At: now, Place: placeOf(visitor)}, keys)
}

func (l *Factors) saveStepUp(ctx context.Context, p StepUp, keys []string) (Token, error) {
	token := newToken()
	p.New = token.Hash()
	done, err := l.store.StepUp(ctx, p)
	if err != nil {
		return "", err
	}
	if !done {
		return "", fault.New(fault.WrongCredentials)
	}
	return token, l.desk.refund(ctx, keys, true)
}

// AllowMessage counts a letter that a signed-in person makes us send to an address of their choice, so that nobody
// fills a mailbox, whoever asks.
func (d *Service) AllowMessage(ctx context.Context, actor Principal, flow, address string) error {
	return d.countTry(ctx, d.throttleKeys(Visitor{Address: "session " + string(actor.Account)}, flow+" to "+strings.ToLower(strings.TrimSpace(address))))
}

// AllowRequest counts a question of a signed-in person that costs somebody something, such as a text message.
func (d *Service) AllowRequest(ctx context.Context, actor Principal, flow string) error {
	return d.countTry(ctx, d.throttleKeys(Visitor{Address: "session " + string(actor.Account)}, flow+" "+string(actor.Account)))
}
