package person

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// EmailChange is an account going from one address to another.
type EmailChange struct {
	Account  toll.AccountID
	From, To string
	At       time.Time
	Messages []notice.Message
}

// emailLink is what the links of a change hold.
type emailLink struct{ From, To, Person, Language string }

// ChangeEmail asks for another address: a link goes to the new one, and one that stops it all to the old,
// portal.md D5, K02. An address that somebody has already is answered the same; its owner is told how two
// accounts of one person become one.
func (d *Service) ChangeEmail(ctx context.Context, actor access.Principal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !access.CheckEmail(email) || email == actor.Email {
		return fault.New(fault.FieldWrong).At("email")
	}
	if err := d.stepUp.RequireStepUp(actor); err != nil {
		return err
	}
	now, holds := d.now(), emailLink{From: actor.Email, To: email, Person: actor.Person, Language: actor.Language}
	taken, err := d.store.EmailTaken(ctx, email)
	if err != nil {
		return err
	}
	purpose := seal.PurposeEmail
	if taken {
		purpose = seal.PurposeNone
	}
	link, token, err := d.keys.NewLink(purpose, actor.Account, now.Add(access.EmailMax), holds)
	if err != nil {
		return err
	}
	undo, stop, err := d.keys.NewLink(seal.PurposeEmailUndo, actor.Account, now.Add(access.EmailUndoMax), holds)
	if err != nil {
		return err
	}
	to := recipient(actor)
	old, err := d.writer.Mail(notice.EmailOld, to, notice.Content{Link: "/email/undo?token=" + string(stop)})
	if err != nil {
		return err
	}
	to.Address = email
	fresh, err := d.writer.Mail(notice.EmailNew, to, notice.Content{Link: "/email/confirm?token=" + string(token)})
	if taken {
		to.Account, to.Name = "", "" // who asks is not told to whoever has the address
		fresh, err = d.writer.Mail(notice.EmailTaken, to, notice.Content{Link: "/login"})
	}
	if err != nil {
		return err
	}
	links, letters := []seal.Link{link, undo}, []notice.Message{fresh, old}
	if actor.Email == "" {
		links, letters = links[:1], letters[:1]
	}
	return d.store.AddLinks(ctx, now, links, letters)
}

// ConfirmEmail takes the new address into use.
func (d *Service) ConfirmEmail(ctx context.Context, token seal.Token) error {
	link, holds, err := d.openLink(ctx, token, seal.PurposeEmail)
	if err != nil {
		return err
	}
	to := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.To, Language: holds.Language}
	letter, err := d.writer.Mail(notice.EmailChanged, to, notice.Content{})
	if err != nil {
		return err
	}
	return d.store.ChangeEmail(ctx, link.Hash, EmailChange{Account: link.Account, From: holds.From, To: holds.To, At: d.now(), Messages: []notice.Message{letter}})
}

// UndoEmail keeps or restores the old address and ends all sessions: "this was not me".
func (d *Service) UndoEmail(ctx context.Context, token seal.Token) error {
	link, holds, err := d.openLink(ctx, token, seal.PurposeEmailUndo)
	if err != nil {
		return err
	}
	to := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.From, Language: holds.Language}
	letter, err := d.writer.Mail(notice.EmailKept, to, notice.Content{Link: "/password/forgot"})
	if err != nil {
		return err
	}
	return d.store.UndoEmail(ctx, link.Hash, EmailChange{Account: link.Account, From: holds.To, To: holds.From, At: d.now(), Messages: []notice.Message{letter}})
}

func (d *Service) openLink(ctx context.Context, token seal.Token, purpose seal.Purpose) (link seal.Link, holds emailLink, err error) {
	if !token.Plausible() {
		return link, holds, fault.New(fault.LinkSpent)
	}
	if link, err = d.store.FindLink(ctx, token.Hash(), purpose, d.now()); err != nil {
		return link, holds, err
	}
	return link, holds, d.keys.OpenLink(link, &holds)
}
