package access

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// reset is the content of a link to a new password.
type reset struct {
	Email, Person string
	Customer      toll.CustomerID `json:",omitzero"` // of a first password
	Language      string
}

// RequestPasswordReset sends a link to a new password to the account's owner by email, or a code by SMS if the login name
// is a mobile number: no text message has a link. The code works only in the browser that asked for it, with the returned
// token, which is empty for other names. An unknown name costs the same, gets the same answer, and sends nothing.
func (r *Registrar) RequestPasswordReset(ctx context.Context, visitor Visitor, name string) (seal.Token, error) {
	loginName := ParseLoginName(name)
	if len(loginName.Value) > emailMax || !text.IsLine(loginName.Value) || loginName.Value == "" {
		return "", fault.New(fault.FieldMissing) // the field is named after the person, whose name it is not
	}
	if err := r.countTry(ctx, visitor, "forgot", loginName.Value); err != nil {
		return "", err
	}
	now := r.service.now()
	account, err := r.store.AccountByName(ctx, loginName, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	there := err == nil
	if loginName.Kind != ByMobile || r.messages.CheckChannel(notice.SMS) != nil {
		link, message, err := r.resetByMail(account, there)
		if err != nil {
			return "", err
		}
		return "", r.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{message})
	}
	return r.requestResetCode(ctx, loginName.Value, account, there)
}

// resetByMail returns a link to a new password and the email that carries it. An unknown name gets a link without a
// purpose and a message that is not sent, so that both answers take the same time.
func (r *Registrar) resetByMail(account Account, there bool) (seal.Link, notice.Message, error) {
	purpose := seal.PurposePassword
	if !there {
		purpose = seal.PurposeNone
	}
	link, token, err := r.service.keys.NewLink(purpose, account.ID, r.service.now().Add(ResetMax), resetOf(account))
	if err != nil {
		return link, notice.Message{}, err
	}
	content := notice.Content{Link: newPasswordPath + "?token=" + string(token)}
	if !there {
		message, err := r.messages.Decoy(notice.Reset, content)
		return link, message, err
	}
	message, err := r.messages.Mail(notice.Reset, account.Recipient(), content)
	return link, message, err
}

func resetOf(a Account) reset { return reset{Email: a.Email, Person: a.Person, Language: a.Language} }

const newPasswordPath = "/password/new"

// ResetPassword changes the password of a link's account. All sessions end; it does not sign in, and the second
// factor is still needed, ASVS V6.4.3.
func (r *Registrar) ResetPassword(ctx context.Context, token seal.Token, password string) error {
	var holds reset
	link, err := r.openLink(ctx, token, seal.PurposePassword, &holds)
	if fault.CodeOf(err) == fault.LinkSpent && err != nil {
		return r.setFirstPassword(ctx, token, password)
	}
	if err != nil {
		return err
	}
	if err := r.checkPassword(password, holds.Email, holds.Person); err != nil {
		return err
	}
	hash, err := r.service.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	recipient := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.Email, Language: holds.Language}
	message, err := r.messages.Mail(notice.PasswordChanged, recipient, notice.Content{})
	if err != nil {
		return err
	}
	return r.store.CompletePasswordReset(ctx, link.Hash, PasswordChange{Account: link.Account, Hash: hash, At: r.service.now(), Messages: []notice.Message{message}})
}

// firstEmail is the content of a link that registers the address of a customer number.
type firstEmail struct {
	Customer toll.CustomerID
	Email    string
}

// RequestFirstEmail sends a link that registers the address of a customer number that has none, if the owner's personal
// number is right. An address that is there is never replaced: its owner is notified.
func (r *Registrar) RequestFirstEmail(ctx context.Context, visitor Visitor, customerNumber, personal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	var faults fault.List
	number, problem := ident.CustomerNumber(customerNumber)
	if problem != ident.None {
		faults.Add(fault.New(fault.FieldWrong).At("number"))
	}
	birth, ok := PersonalNumber(personal)
	if !ok {
		faults.Add(fault.New(fault.FieldWrong).At("personal"))
	}
	faults.Add(checkEmail(email))
	if err := faults.Err(); err != nil {
		return err
	}
	if err := r.countTry(ctx, visitor, "first", number); err != nil {
		return err
	}
	found, err := r.store.UnclaimedCustomer(ctx, number, r.service.now())
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	// An unknown customer number and a wrong personal number get the same answer after the same work.
	right := err == nil && r.service.keys.LookupMatches(found.BirthHash, birth)
	recipient := notice.Recipient{Account: found.Account, Name: found.Name, Address: found.Email, Language: found.Language}
	purpose := seal.PurposeNone
	if right && found.Email == "" {
		purpose = seal.PurposeFirstEmail
	}
	now := r.service.now()
	link, token, err := r.service.keys.NewLink(purpose, "", now.Add(RegisterMax), firstEmail{found.Customer, email})
	if err != nil {
		return err
	}
	content := notice.Content{Link: "/first/email/confirm?token=" + string(token)}
	var message notice.Message
	switch {
	case !right:
		message, err = r.messages.Decoy(notice.FirstEmail, content)
	case found.Email != "":
		message, err = r.messages.Mail(notice.FirstEmailTaken, recipient, notice.Content{})
	default:
		recipient.Address = email
		message, err = r.messages.Mail(notice.FirstEmail, recipient, content)
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{message})
}

// ConfirmFirstEmail registers the address of a customer number by the token that was sent to it. It returns
// fault.LinkSpent if the customer has an address by now.
func (r *Registrar) ConfirmFirstEmail(ctx context.Context, token seal.Token) error {
	var holds firstEmail
	link, err := r.openLink(ctx, token, seal.PurposeFirstEmail, &holds)
	if err != nil {
		return err
	}
	return r.store.SetFirstEmail(ctx, link.Hash, holds.Customer, holds.Email, r.service.now())
}

// RequestFirstPassword sends a link to a first password to the registered address of a customer number, never to one
// that was typed.
func (r *Registrar) RequestFirstPassword(ctx context.Context, visitor Visitor, customerNumber string) error {
	number, problem := ident.CustomerNumber(customerNumber)
	if problem != ident.None {
		return fault.New(fault.FieldWrong).At("number")
	}
	if err := r.countTry(ctx, visitor, "first password", number); err != nil {
		return err
	}
	now := r.service.now()
	found, err := r.store.UnclaimedCustomer(ctx, number, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	there := err == nil && found.Email != ""
	purpose := seal.PurposeNone
	switch {
	// The customer's owner has an account, but no password yet.
	case there && found.Account != "":
		purpose = seal.PurposePassword
	case there:
		purpose = seal.PurposeFirstPassword
	}
	holds := reset{Email: found.Email, Person: found.Name, Customer: found.Customer, Language: found.Language}
	link, token, err := r.service.keys.NewLink(purpose, found.Account, now.Add(ResetMax), holds)
	if err != nil {
		return err
	}
	content := notice.Content{Link: newPasswordPath + "?token=" + string(token)}
	// Replaced below if there is a registered address.
	message, err := r.messages.Decoy(notice.FirstPassword, content)
	if there {
		message, err = r.messages.Mail(notice.FirstPassword, notice.Recipient{Account: found.Account, Name: found.Name, Address: found.Email, Language: found.Language}, content)
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{message})
}

// setFirstPassword creates the account of a customer that had none.
func (r *Registrar) setFirstPassword(ctx context.Context, token seal.Token, password string) error {
	var holds reset
	link, err := r.openLink(ctx, token, seal.PurposeFirstPassword, &holds)
	if err != nil {
		return err
	}
	if err := r.checkPassword(password, holds.Email, holds.Person); err != nil {
		return err
	}
	hash, err := r.service.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	p := NewAccount{
		Account: toll.AccountID(uuid.NewString()), Customer: holds.Customer, Email: holds.Email, Person: holds.Person,
		Language: holds.Language, PasswordHash: hash, At: r.service.now(),
	}
	if p.Birth, p.BirthHash, err = r.accountBirthNumber(ctx, p); err != nil {
		return err
	}
	return r.store.CompleteFirstPassword(ctx, link.Hash, p)
}

// accountBirthNumber seals the customer's personal number again for the account: a sealed value opens only in its
// own row.
func (r *Registrar) accountBirthNumber(ctx context.Context, p NewAccount) (seal.Sealed, []byte, error) {
	kept, hash, err := r.store.CustomerIdentity(ctx, p.Customer)
	if err != nil || len(kept.Data) == 0 {
		return seal.Sealed{}, nil, err
	}
	number, err := r.service.keys.Open(kept, string(p.Customer))
	if err != nil {
		return seal.Sealed{}, nil, err
	}
	return r.service.keys.Seal(number, string(p.Account)+" birth"), hash, nil
}

// ChangePassword changes the principal's password. Every other session ends.
func (r *Registrar) ChangePassword(ctx context.Context, principal Principal, password string) error {
	if err := r.service.RequireStepUp(principal); err != nil {
		return err
	}
	if err := r.checkPassword(password, principal.Email, principal.Person); err != nil {
		return err
	}
	hash, err := r.service.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	message, err := r.messages.Mail(notice.PasswordChanged, principal.Recipient(), notice.Content{})
	if err != nil {
		return err
	}
	change := PasswordChange{Account: principal.Account, Hash: hash, At: r.service.now(), Messages: []notice.Message{message}}
	return r.store.ChangePassword(ctx, change, principal.Session)
}
