package access

import (
	"context"
	"strings"

	"bompass/server/notice"
	"bompass/shared/fault"
)

// RequireStepUp tells whether the person has shown a factor so lately that changes to the ways in, to addresses
// and to other people's rights may be made; else fault.StepUp, portal.md D5.
func (d *Service) RequireStepUp(actor Actor) error {
	if d.now().Sub(actor.Proven) > StepUpMax {
		return fault.New(fault.StepUp)
	}
	return nil
}

// Keyring is what an account can be opened with beside its password.
type Keyring struct {
	TOTP     bool
	Codes    int // recovery codes left
	Password bool
	Passkeys []Passkey
	Texts    bool   // a code by text message may be added
	Text     string // the number that one is sent to, masked; empty if none
	Mobile   string // the confirmed number that it would be, masked; empty if none is
}

// Keyring lists the actor's own factors.
func (l *Factors) Keyring(ctx context.Context, actor Actor) (Keyring, error) {
	account, err := l.store.Person(ctx, actor.Account, l.desk.now())
	if err != nil {
		return Keyring{}, err
	}
	passkeys, err := l.store.Passkeys(ctx, actor.Account)
	k := Keyring{TOTP: len(account.TOTP.Data) > 0, Codes: account.Codes, Password: account.PasswordHash != "", Passkeys: passkeys}
	k.Texts = l.ways.Texts && k.Password && (k.TOTP || len(passkeys) > 0) && l.letter.CheckChannel(notice.SMS) == nil
	k.Text, k.Mobile = MaskNumber(account.Texted), MaskNumber(account.Mobile)
	return k, err
}

// OfferNew offers the actor a secret for another authenticator app, which will take the first one's place.
func (l *Factors) OfferNew(ctx context.Context, actor Actor) (Offer, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return Offer{}, err
	}
	return l.offer(ctx, actor.Session, actor.Account, actor.Email)
}

// TakeNew confirms the offered secret with a code. Recovery codes are made when there are none.
func (l *Factors) TakeNew(ctx context.Context, actor Actor, code string) ([]string, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	account, err := l.store.Person(ctx, actor.Account, l.desk.now())
	if err != nil {
		return nil, err
	}
	e, codes, err := l.confirm(ctx, actor.Session, account, code)
	if err != nil {
		return nil, err
	}
	return codes, l.store.Enrol(ctx, actor.Account, e)
}

// NewCodes makes new recovery codes; the old ones open nothing any more.
func (l *Factors) NewCodes(ctx context.Context, actor Actor) ([]string, error) {
	if err := l.desk.RequireStepUp(actor); err != nil {
		return nil, err
	}
	letter, err := l.letter.Mail(notice.RecoveryMade, actor.reader(), notice.Content{})
	if err != nil {
		return nil, err
	}
	codes, hashes := l.newCodes(actor.Account)
	return codes, l.store.SetRecovery(ctx, actor.Account, Enrolment{Codes: hashes, At: l.desk.now(), Letters: []notice.Message{letter}})
}

// ChangePassword changes the actor's password. Every other session ends.
func (l *Factors) ChangePassword(ctx context.Context, actor Actor, password string) error {
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
	letter, err := l.letter.Mail(notice.PasswordChanged, actor.reader(), notice.Content{})
	if err != nil {
		return err
	}
	return l.store.ChangePassword(ctx, NewPassword{Account: actor.Account, Hash: hash, At: l.desk.now(), Letters: []notice.Message{letter}}, actor.Session)
}

func (a Actor) reader() notice.Recipient {
	return notice.Recipient{Account: a.Account, Name: a.Person, Address: a.Email, Language: a.Language}
}

// Prove shows a code again within a session: what follows may change the ways in. The session goes on
// under a new token, ASVS V7.2.4.
func (l *Factors) Prove(ctx context.Context, actor Actor, visitor Visitor, code string) (Token, error) {
	account, err := l.store.Person(ctx, actor.Account, l.desk.now())
	if err != nil {
		return "", err
	}
	keys := l.desk.throttleKeys(visitor, account.Email)
	if err := l.desk.spend(ctx, keys); err != nil {
		return "", err
	}
	now := l.desk.now()
	matched, ok, err := l.desk.matchFactor(ctx, account, code, now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.New(fault.WrongCredentials)
	}
	return l.prove(ctx, Proof{Account: account.ID, Old: actor.Session, TOTPStep: matched, At: now, Place: placeOf(visitor)}, keys)
}

func (l *Factors) prove(ctx context.Context, p Proof, keys []string) (Token, error) {
	token := newToken()
	p.New = token.Hash()
	done, err := l.store.Prove(ctx, p)
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
func (d *Service) AllowMessage(ctx context.Context, actor Actor, flow, address string) error {
	return d.spend(ctx, d.throttleKeys(Visitor{Address: "session " + string(actor.Account)}, flow+" to "+strings.ToLower(strings.TrimSpace(address))))
}

// AllowRequest counts a question of a signed-in person that costs somebody something, such as a text message.
func (d *Service) AllowRequest(ctx context.Context, actor Actor, flow string) error {
	return d.spend(ctx, d.throttleKeys(Visitor{Address: "session " + string(actor.Account)}, flow+" "+string(actor.Account)))
}
