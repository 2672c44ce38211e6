package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// NewAccount is an account to create, with a customer of its own that has no agreement yet.
type NewAccount struct {
	Account      toll.AccountID
	Customer     toll.CustomerID
	Email        string
	Person       string
	Language     string
	PasswordHash string
	Birth        seal.Sealed // the personal number, if the customer system has it
	BirthHash    []byte
	At           time.Time
}

// PasswordChange is a new password of an account.
type PasswordChange struct {
	Account  toll.AccountID
	Hash     string
	At       time.Time
	Messages []notice.Message
}

// UnclaimedCustomer is a customer that is looked up by its number before it has an account.
type UnclaimedCustomer struct {
	Customer  toll.CustomerID
	Name      string
	Language  string
	Email     string // empty when none is registered
	BirthHash []byte
	Account   toll.AccountID // of the owner; empty when there is none yet
}

// AccountNames finds accounts by name.
type AccountNames interface {
	// AccountByEmail returns fault.NotFound when no account has the address.
	AccountByEmail(ctx context.Context, email string) (Account, error)
	// AccountByName returns fault.NotFound when no account has the name.
	AccountByName(ctx context.Context, name LoginName, now time.Time) (Account, error)
}

// Registrations stores new accounts and new passwords.
type Registrations interface {
	// CompleteRegistration spends a link and creates the account, unless the address has one by now.
	CompleteRegistration(ctx context.Context, link seal.Hash, a NewAccount) error
	// CompletePasswordReset spends a link, changes the password and ends all sessions and pending logins.
	CompletePasswordReset(ctx context.Context, link seal.Hash, p PasswordChange) error
	// ChangePassword changes the password and ends all sessions but one.
	ChangePassword(ctx context.Context, p PasswordChange, keep seal.Hash) error
	// ExchangeLink uses a link and adds another in its place. It returns fault.LinkSpent for a link that has been used.
	ExchangeLink(ctx context.Context, used seal.Hash, next seal.Link, now time.Time) error
}

// UnclaimedCustomers finds customers that have no account yet and gives them one.
type UnclaimedCustomers interface {
	// UnclaimedCustomer returns fault.NotFound when no agreement in force has the number.
	UnclaimedCustomer(ctx context.Context, customerNumber string, now time.Time) (UnclaimedCustomer, error)
	// SetFirstEmail uses up a link and sets the address of a customer. It returns fault.LinkSpent when there is one.
	SetFirstEmail(ctx context.Context, link seal.Hash, customer toll.CustomerID, email string, now time.Time) error
	// CustomerIdentity returns a customer's personal number from the customer system; empty when it has none.
	CustomerIdentity(ctx context.Context, customer toll.CustomerID) (number seal.Sealed, hash []byte, err error)
	// CompleteFirstPassword spends a link and creates the owner's account of an existing customer.
	CompleteFirstPassword(ctx context.Context, link seal.Hash, a NewAccount) error
}

// RegistrarStore is the persistence that a Registrar needs.
type RegistrarStore interface {
	AccountNames
	Links
	DeclinedLinks
	Registrations
	UnclaimedCustomers
}

// Registrar creates accounts and resets passwords. Its answers do not reveal which accounts exist: every flow
// answers the same, after the same work.
type Registrar struct {
	service  *Service
	store    RegistrarStore
	messages *notice.Writer
	leaked   LeakedPasswords // nil if there is no list
}

// NewRegistrar returns a Registrar that sends messages by the given writer.
func NewRegistrar(service *Service, store RegistrarStore, messages *notice.Writer) *Registrar {
	return &Registrar{service: service, store: store, messages: messages}
}

// countTry counts a request under a flow's own throttle, so that mailboxes cannot be flooded nor numbers guessed.
func (r *Registrar) countTry(ctx context.Context, visitor Visitor, flow, name string) error {
	_, err := r.service.CountAttempt(ctx, Visitor{Address: visitor.Address}, flow+" "+name)
	return err
}

// registration is the content of a registration link: the address alone. Whoever asks for the link may not be who
// reads the mailbox, so that nothing else of the request is kept.
type registration struct{ Email string }

// Register sends a link to a new address. An address that has an account gets a message that says so; the answer is the
// same.
func (r *Registrar) Register(ctx context.Context, visitor Visitor, email, language string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := checkEmail(email); err != nil {
		return err
	}
	if err := r.countTry(ctx, visitor, "register", email); err != nil {
		return err
	}
	account, err := r.store.AccountByEmail(ctx, email)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	// Known and unknown addresses take the same steps, so that the time of the answer does not tell them apart.
	now, there := r.service.now(), err == nil
	purpose := seal.PurposeRegistration
	if there {
		purpose = seal.PurposeNone
	}
	link, token, err := r.service.keys.NewLink(purpose, "", now.Add(RegisterMax), registration{email})
	if err != nil {
		return err
	}
	message, err := r.messages.Mail(notice.Register, notice.Recipient{Address: email, Language: language}, notice.Content{Link: "/register/confirm?token=" + string(token)})
	if there {
		message, err = r.messages.Mail(notice.AlreadyRegistered, account.Recipient(), notice.Content{Link: loginPath})
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{message})
}

const loginPath = "/login"

// NewPerson is what a person chooses once the mailbox is proven.
type NewPerson struct{ Name, Password, Language string }

// CompleteRegistration creates the account of a registration link, with the name and password that the reader of the
// mailbox has chosen. It does not sign in.
func (r *Registrar) CompleteRegistration(ctx context.Context, token seal.Token, p NewPerson) error {
	var holds registration
	link, err := r.openLink(ctx, token, seal.PurposeRegistration, &holds)
	if err != nil {
		return err
	}
	p.Name = strings.TrimSpace(p.Name)
	var faults fault.List
	faults.Add(CheckName(p.Name))
	if err := r.checkPassword(p.Password, holds.Email, p.Name); err != nil && fault.CodeOf(err) == fault.Internal {
		return err
	} else {
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	hash, err := r.service.hashPassword(ctx, p.Password)
	if err != nil {
		return err
	}
	return r.store.CompleteRegistration(ctx, link.Hash, NewAccount{
		Account: toll.AccountID(uuid.NewString()), Customer: toll.CustomerID(uuid.NewString()), Email: holds.Email,
		Person: p.Name, Language: p.Language, PasswordHash: hash, At: r.service.now(),
	})
}

// checkEmail returns a fault for a text that cannot be an email address.
func checkEmail(email string) error {
	switch {
	case CheckEmail(email):
		return nil
	case email == "":
		return fault.New(fault.FieldMissing).At("email")
	}
	return fault.New(fault.FieldWrong).At("email")
}

// CheckEmail reports whether a text can be an email address; whether it exists, the link shows.
func CheckEmail(email string) bool {
	name, host, ok := strings.Cut(email, "@")
	return ok && name != "" && len(name) <= 64 && len(email) <= emailMax && strings.Contains(host, ".") &&
		!strings.ContainsAny(email, " ,;<>()[]\\\"") && strings.Count(email, "@") == 1 && text.IsLine(email) &&
		!strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") && !strings.Contains(host, "..")
}

const nameMax = 100

// CheckName returns a fault for a text that cannot be a person's name.
func CheckName(name string) error {
	switch {
	case name == "":
		return fault.New(fault.FieldMissing).At("name")
	case !text.HasAtMost(name, nameMax) || !text.IsLine(name) || strings.ContainsAny(name, "<>@\\") || slices.ContainsFunc(strings.Fields(name), isAddress):
		return fault.New(fault.FieldWrong).At("name")
	}
	return nil
}

// isAddress reports whether a word could be read as the address of a page, which mail programs make a link of. A slash
// alone belongs to names such as "Ravi s/o Kumar".
func isAddress(word string) bool {
	before, after, slash := strings.Cut(word, "/")
	return slash && (strings.HasPrefix(after, "/") || strings.Contains(before, "."))
}

// PersonalNumber parses a Norwegian or Swedish personal number.
func PersonalNumber(s string) (string, bool) {
	if bare, problem := ident.PersonNumber(s); problem == ident.None {
		return bare, true
	}
	bare, _, problem := ident.BirthNumber(s)
	return bare, problem == ident.None
}
