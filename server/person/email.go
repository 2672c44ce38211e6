package person

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// EmailChange is a change of an account's email address.
type EmailChange struct {
	Account  toll.AccountID
	From, To string
	At       time.Time
	Messages []notice.Message
}

// emailLink is the encrypted content of the links of a change.
type emailLink struct{ From, To, Person, Language string }

// ChangeEmail starts the change to another address: it sends a link and a code that confirm it to the new address, and
// a link that stops the change to the old one. The response is the same when another account has the address; its owner
// is then told how two accounts of one person can be merged.
func (s *Service) ChangeEmail(ctx context.Context, actor access.Principal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !access.CheckEmail(email) {
		return wrongOrMissing(email).At("email")
	}
	if email == actor.Email {
		return fault.New(fault.FieldWrong).At("email")
	}
	if err := s.stepUp.RequireStepUp(actor); err != nil {
		return err
	}
	now, holds := s.now(), emailLink{From: actor.Email, To: email, Person: actor.Person, Language: actor.Language}
	taken, err := s.store.EmailTaken(ctx, email)
	if err != nil {
		return err
	}
	purpose := seal.PurposeEmail
	if taken {
		purpose = seal.PurposeNone
	}
	link, token, err := s.keys.NewLink(purpose, actor.Account, now.Add(access.EmailMax), holds)
	if err != nil {
		return err
	}
	undo, stop, err := s.keys.NewLink(seal.PurposeEmailUndo, actor.Account, now.Add(access.EmailUndoMax), holds)
	if err != nil {
		return err
	}
	to := recipient(actor)
	old, err := s.writer.Mail(notice.EmailOld, to, notice.Content{Link: "/email/undo?token=" + string(stop)})
	if err != nil {
		return err
	}
	code, saved, err := s.newCode(actor, Email, email)
	if err != nil {
		return err
	}
	to.Address = email
	fresh, err := s.writer.Mail(notice.EmailNew, to, notice.Content{Link: "/email/confirm?token=" + string(token), Code: code})
	if taken {
		to.Account, to.Name = "", "" // the owner of the address must not learn who asked
		fresh, err = s.writer.Mail(notice.EmailTaken, to, notice.Content{Link: "/login"})
	}
	if err != nil {
		return err
	}
	links, messages := []seal.Link{link, undo}, []notice.Message{fresh, old}
	if actor.Email == "" {
		links, messages = links[:1], messages[:1]
	}
	if err := s.store.AddLinks(ctx, now, links, messages); err != nil {
		return err
	}
	return s.store.SaveCode(ctx, actor.Account, saved)
}

// pendingEmail is a new address that is not confirmed yet. It is empty if there is none.
type pendingEmail struct {
	link    seal.Link
	change  emailLink
	address string
}

// pendingEmail returns the newest address that a person has asked to change to and not confirmed.
func (s *Service) pendingEmail(ctx context.Context, account toll.AccountID) (p pendingEmail, err error) {
	if p.link, err = s.store.PendingEmail(ctx, account, s.now()); err != nil || len(p.link.Sealed.Data) == 0 {
		return pendingEmail{}, err
	}
	if err := s.keys.OpenLink(p.link, &p.change); err != nil {
		return pendingEmail{}, err
	}
	p.address = p.change.To
	return p, nil
}

// confirmPending completes a change of address by the code that was sent to the new one. The code of an address that
// another account has was never sent.
func (s *Service) confirmPending(ctx context.Context, actor access.Principal, p pendingEmail, code string) error {
	if err := s.allowCodeTry(ctx, actor, p.address); err != nil {
		return err
	}
	to := notice.Recipient{Account: actor.Account, Name: actor.Person, Address: p.address, Language: actor.Language}
	message, err := s.writer.Mail(notice.EmailChanged, to, notice.Content{})
	if err != nil {
		return err
	}
	change := EmailChange{Account: actor.Account, From: p.change.From, To: p.address, At: s.now(), Messages: []notice.Message{message}}
	return s.store.ConfirmPendingEmail(ctx, p.link.Hash, change, CodeTries, func(hash []byte) bool {
		return p.link.Purpose == seal.PurposeEmail && s.keys.CodeMatches(hash, code, codeBinding(actor, Email, p.address)...)
	})
}

// WithdrawEmail withdraws a change of address that is not confirmed yet. It needs no step-up: nothing changes.
func (s *Service) WithdrawEmail(ctx context.Context, actor access.Principal) (api.ProfileReply, error) {
	if err := s.store.WithdrawEmail(ctx, actor.Account, s.now()); err != nil {
		return api.ProfileReply{}, err
	}
	return s.Profile(ctx, actor)
}

// EmailWithdrawn reports whether the link of a message belongs to a change of address that was withdrawn.
func (s *Service) EmailWithdrawn(ctx context.Context, token seal.Token) (bool, error) {
	if !token.Plausible() {
		return false, nil
	}
	return s.store.EmailWithdrawn(ctx, token.Hash())
}

// ConfirmEmail completes the change by the token of the confirmation link, in a session of the account that asked for
// it. The token alone is not enough: the reader of a mailbox could be brought to give the address to a stranger's account.
func (s *Service) ConfirmEmail(ctx context.Context, actor access.Principal, token seal.Token) error {
	link, holds, err := s.openLink(ctx, token, seal.PurposeEmail)
	if err != nil {
		return err
	}
	if link.Account != actor.Account {
		return fault.New(fault.LinkSpent)
	}
	to := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.To, Language: holds.Language}
	message, err := s.writer.Mail(notice.EmailChanged, to, notice.Content{})
	if err != nil {
		return err
	}
	return s.store.ChangeEmail(ctx, link.Hash, EmailChange{Account: link.Account, From: holds.From, To: holds.To, At: s.now(), Messages: []notice.Message{message}})
}

// UndoEmail keeps or restores the old address and ends all sessions: "this was not me".
func (s *Service) UndoEmail(ctx context.Context, token seal.Token) error {
	link, holds, err := s.openLink(ctx, token, seal.PurposeEmailUndo)
	if err != nil {
		return err
	}
	to := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.From, Language: holds.Language}
	message, err := s.writer.Mail(notice.EmailKept, to, notice.Content{Link: "/password/forgot"})
	if err != nil {
		return err
	}
	return s.store.UndoEmail(ctx, link.Hash, EmailChange{Account: link.Account, From: holds.To, To: holds.From, At: s.now(), Messages: []notice.Message{message}})
}

func (s *Service) openLink(ctx context.Context, token seal.Token, purpose seal.Purpose) (link seal.Link, holds emailLink, err error) {
	if !token.Plausible() {
		return link, holds, fault.New(fault.LinkSpent)
	}
	if link, err = s.store.FindLink(ctx, token.Hash(), purpose, s.now()); err != nil {
		return link, holds, err
	}
	return link, holds, s.keys.OpenLink(link, &holds)
}
