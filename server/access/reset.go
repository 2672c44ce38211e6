package access

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// reset is what a link to a new password holds.
type reset struct {
	Email, Person string
	Customer      toll.CustomerID `json:",omitzero"` // of a first password
	Language      string
}

// RequestPasswordReset sends a link to a new password to the account's owner, by mail, or by SMS when the account is
// named by its mobile number, S4.09, S4.10. Names that nobody has cost the same and send nothing.
func (r *Registrar) RequestPasswordReset(ctx context.Context, visitor Visitor, name string) error {
	who := ParseLoginName(name)
	if len(who.Value) > emailMax || !printable(who.Value) || who.Value == "" {
		return fault.New(fault.FieldMissing).At("name")
	}
	if err := r.countTry(ctx, visitor, "forgot", who.Value); err != nil {
		return err
	}
	now := r.desk.now()
	account, err := r.desk.store.AccountByName(ctx, who, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	purpose, there := PurposePassword, err == nil
	if !there {
		purpose = PurposeNone
	}
	link, token, err := r.desk.keys.NewLink(purpose, account.ID, now.Add(ResetMax), reset{Email: account.Email, Person: account.Person, Language: account.Language})
	if err != nil {
		return err
	}
	content := notice.Content{Link: "/password/new?token=" + string(token)}
	var letter notice.Message
	switch {
	case !there:
		letter, err = r.letter.Decoy(notice.Reset, content)
	case who.Kind == ByMobile && r.letter.CheckChannel(notice.SMS) == nil:
		reader := account.recipient()
		reader.Address = account.Mobile
		letter, err = r.letter.SMS(notice.Reset, reader, content)
	default:
		letter, err = r.letter.Mail(notice.Reset, account.recipient(), content)
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []Link{link}, []notice.Message{letter})
}

// ResetPassword changes the password that a link is for. All sessions end; nobody is signed in, and the second
// factor is still needed, ASVS V6.4.3.
func (r *Registrar) ResetPassword(ctx context.Context, token Token, password string) error {
	var holds reset
	link, err := r.openLink(ctx, token, PurposePassword, &holds)
	if fault.CodeOf(err) == fault.LinkSpent && err != nil {
		return r.chooseFirstPassword(ctx, token, password)
	}
	if err != nil {
		return err
	}
	if err := CheckPassword(password, holds.Email, holds.Person); err != nil {
		return err
	}
	hash, err := r.desk.hash(ctx, password)
	if err != nil {
		return err
	}
	reader := notice.Recipient{Account: link.Account, Name: holds.Person, Address: holds.Email, Language: holds.Language}
	letter, err := r.letter.Mail(notice.PasswordChanged, reader, notice.Content{})
	if err != nil {
		return err
	}
	return r.store.CompletePasswordReset(ctx, link.Hash, PasswordChange{Account: link.Account, Hash: hash, At: r.desk.now(), Messages: []notice.Message{letter}})
}

// SetFirstEmail puts an address on a customer number that has none, for whoever knows the owner's personal
// number, S3.17–S3.21. An address that is there is never replaced: its owner is told, S3.22 and K02.
func (r *Registrar) SetFirstEmail(ctx context.Context, visitor Visitor, customerNumber, personal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	number, problem := ident.CustomerNumber(customerNumber)
	if problem != ident.None {
		return fault.New(fault.FieldWrong).At("number")
	}
	birth, ok := personalNumber(personal)
	if !ok {
		return fault.New(fault.FieldWrong).At("personal")
	}
	if err := checkEmail(email); err != nil {
		return err
	}
	if err := r.countTry(ctx, visitor, "first", number); err != nil {
		return err
	}
	found, err := r.store.UnclaimedCustomer(ctx, number, r.desk.now())
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	right := err == nil && r.desk.keys.numberMatches(found.BirthHash, birth)
	reader := notice.Recipient{Account: found.Account, Name: found.Name, Address: found.Email, Language: found.Language}
	var letter notice.Message
	switch {
	case !right:
		letter, err = r.letter.Decoy(notice.FirstEmail, notice.Content{Link: firstAddress})
	case found.Email != "":
		letter, err = r.letter.Mail(notice.FirstEmailTaken, reader, notice.Content{})
	default:
		reader.Address = email
		letter, err = r.letter.Mail(notice.FirstEmail, reader, notice.Content{Link: firstAddress})
	}
	if err != nil {
		return err
	}
	if right && found.Email == "" {
		_, err = r.store.SetFirstEmail(ctx, found.Customer, email, []notice.Message{letter})
		return err
	}
	return r.store.AddLinks(ctx, r.desk.now(), nil, []notice.Message{letter})
}

const firstAddress = "/first/password"

// RequestFirstPassword sends a link to a password to the address that is on a customer number, never to one
// that was typed, S3.24–S3.26.
func (r *Registrar) RequestFirstPassword(ctx context.Context, visitor Visitor, customerNumber string) error {
	number, problem := ident.CustomerNumber(customerNumber)
	if problem != ident.None {
		return fault.New(fault.FieldWrong).At("number")
	}
	if err := r.countTry(ctx, visitor, "first password", number); err != nil {
		return err
	}
	now := r.desk.now()
	found, err := r.store.UnclaimedCustomer(ctx, number, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	there := err == nil && found.Email != ""
	purpose := PurposeNone
	switch {
	case there && found.Account != "":
		purpose = PurposePassword
	case there:
		purpose = PurposeFirstPassword
	}
	holds := reset{Email: found.Email, Person: found.Name, Customer: found.Customer, Language: found.Language}
	link, token, err := r.desk.keys.NewLink(purpose, found.Account, now.Add(ResetMax), holds)
	if err != nil {
		return err
	}
	content := notice.Content{Link: "/password/new?token=" + string(token)}
	letter, err := r.letter.Decoy(notice.FirstPassword, content)
	if there {
		letter, err = r.letter.Mail(notice.FirstPassword, notice.Recipient{Account: found.Account, Name: found.Name, Address: found.Email, Language: found.Language}, content)
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []Link{link}, []notice.Message{letter})
}

// chooseFirstPassword begins the account of a customer who had none, S3.27.
func (r *Registrar) chooseFirstPassword(ctx context.Context, token Token, password string) error {
	var holds reset
	link, err := r.openLink(ctx, token, PurposeFirstPassword, &holds)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, holds.Email, holds.Person); err != nil {
		return err
	}
	hash, err := r.desk.hash(ctx, password)
	if err != nil {
		return err
	}
	p := NewAccount{
		Account: toll.AccountID(uuid.NewString()), Customer: holds.Customer, Email: holds.Email, Person: holds.Person,
		Language: holds.Language, PasswordHash: hash, At: r.desk.now(),
	}
	if p.Birth, p.BirthHash, err = r.sealBirthNumber(ctx, p); err != nil {
		return err
	}
	return r.store.CompleteFirstPassword(ctx, link.Hash, p)
}

// sealBirthNumber seals the customer's personal number for the account: each opens in its own row only.
func (r *Registrar) sealBirthNumber(ctx context.Context, p NewAccount) (Sealed, []byte, error) {
	kept, hash, err := r.store.CustomerIdentity(ctx, p.Customer)
	if err != nil || len(kept.Data) == 0 {
		return Sealed{}, nil, err
	}
	number, err := r.desk.keys.open(kept, string(p.Customer))
	if err != nil {
		return Sealed{}, nil, err
	}
	return r.desk.keys.sealFor(number, string(p.Account)+" birth"), hash, nil
}
