package access

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// NewAccount is an account about to begin, with a customer of its own, which has no agreement yet.
type NewAccount struct {
	Account      toll.AccountID
	Customer     toll.CustomerID
	Email        string
	Person       string
	Language     string
	PasswordHash string
	Birth        Sealed // the personal number, where the customer system knows it
	BirthHash    []byte
	At           time.Time
}

// PasswordChange is a password about to be chosen.
type PasswordChange struct {
	Account  toll.AccountID
	Hash     string
	At       time.Time
	Messages []notice.Message
}

// UnclaimedCustomer is a customer as the first-time flows find it by its number.
type UnclaimedCustomer struct {
	Customer  toll.CustomerID
	Name      string
	Language  string
	Email     string // empty when none is registered
	BirthHash []byte
	Account   toll.AccountID // of the owner; empty when there is none yet
}

// RegistrarStore keeps what the flows before signing in change.
type RegistrarStore interface {
	Links
	Registrations
	UnclaimedCustomers
}

// Registrations keeps people who are new here, and their way back.
type Registrations interface {
	// CompleteRegistration spends a link and begins the account, unless the address has one by now.
	CompleteRegistration(ctx context.Context, link Hash, p NewAccount) error
	// CompletePasswordReset spends a link, changes the password and ends all sessions and steps.
	CompletePasswordReset(ctx context.Context, link Hash, p PasswordChange) error
}

// UnclaimedCustomers keeps customers who have no account yet.
type UnclaimedCustomers interface {
	// UnclaimedCustomer returns fault.NotFound when no agreement in force has the number.
	UnclaimedCustomer(ctx context.Context, customerNumber string, now time.Time) (UnclaimedCustomer, error)
	// SetFirstEmail puts an address on a customer that has none, with the letters that tell of it; it does
	// nothing and tells so when there is one.
	SetFirstEmail(ctx context.Context, customer toll.CustomerID, email string, letters []notice.Message) (bool, error)
	// CustomerIdentity returns the personal number of a customer, as the customer system knows it; empty when it
	// does not.
	CustomerIdentity(ctx context.Context, customer toll.CustomerID) (number Sealed, hash []byte, err error)
	// CompleteFirstPassword spends a link and begins the owner's account of an existing customer.
	CompleteFirstPassword(ctx context.Context, link Hash, p NewAccount) error
}

// Registrar opens accounts and helps people back into theirs. Whoever asks learns nothing about who
// has one: every flow answers the same, after the same work, portal.md D4.
type Registrar struct {
	desk   *Service
	store  RegistrarStore
	letter *notice.Writer
}

// NewRegistrar returns a Registrar whose letters are written by letter.
func NewRegistrar(desk *Service, store RegistrarStore, letter *notice.Writer) *Registrar {
	return &Registrar{desk: desk, store: store, letter: letter}
}

// countTry counts a question under a flow's own throttle, so that nobody fills a mailbox or tries numbers.
func (r *Registrar) countTry(ctx context.Context, visitor Visitor, flow, name string) error {
	return r.desk.countTry(ctx, r.desk.throttleKeys(Visitor{Address: visitor.Address}, flow+" "+name))
}

// registration is what a registration's link holds.
type registration struct {
	Email, Person, Language, PasswordHash string
}

// Register takes an address, a name and a password and sends a link that must be followed, S2.16. An address that
// has an account is told so by mail, and nothing else.
func (r *Registrar) Register(ctx context.Context, visitor Visitor, email, person, password, language string) error {
	email, person = strings.ToLower(strings.TrimSpace(email)), strings.TrimSpace(person)
	if err := checkEmail(email); err != nil {
		return err
	}
	if err := CheckName(person); err != nil {
		return err
	}
	if err := CheckPassword(password, email, person); err != nil {
		return err
	}
	if err := r.countTry(ctx, visitor, "register", email); err != nil {
		return err
	}
	hash, err := r.desk.hash(ctx, password)
	if err != nil {
		return err
	}
	account, err := r.desk.store.AccountByEmail(ctx, email)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	now, there := r.desk.now(), err == nil
	purpose := PurposeRegistration
	if there {
		purpose = PurposeNone
	}
	link, token, err := r.desk.keys.NewLink(purpose, "", now.Add(RegisterMax), registration{email, person, language, hash})
	if err != nil {
		return err
	}
	letter, err := r.letter.Mail(notice.Register, notice.Recipient{Name: person, Address: email, Language: language}, notice.Content{Link: "/register/confirm?token=" + string(token)})
	if there {
		letter, err = r.letter.Mail(notice.AlreadyRegistered, account.recipient(), notice.Content{Link: loginAddress})
	}
	if err != nil {
		return err
	}
	return r.store.AddLinks(ctx, now, []Link{link}, []notice.Message{letter})
}

const loginAddress = "/login"

// ConfirmRegistration begins the account that a registration's link is for. Nobody is signed in by it, S2.17.
func (r *Registrar) ConfirmRegistration(ctx context.Context, token Token) error {
	var holds registration
	link, err := r.openLink(ctx, token, PurposeRegistration, &holds)
	if err != nil {
		return err
	}
	return r.store.CompleteRegistration(ctx, link.Hash, NewAccount{
		Account: toll.AccountID(uuid.NewString()), Customer: toll.CustomerID(uuid.NewString()), Email: holds.Email,
		Person: holds.Person, Language: holds.Language, PasswordHash: holds.PasswordHash, At: r.desk.now(),
	})
}

// checkEmail tells whether a text can be an e-mail address at all; whether it is one, the link shows.
func checkEmail(email string) error {
	if CheckEmail(email) {
		return nil
	}
	return fault.New(fault.FieldWrong).At("email")
}

// CheckEmail tells whether a text can be an e-mail address.
func CheckEmail(email string) bool {
	name, host, ok := strings.Cut(email, "@")
	return ok && name != "" && len(name) <= 64 && len(email) <= emailMax && strings.Contains(host, ".") &&
		!strings.ContainsAny(email, " ,;<>()[]\\\"") && strings.Count(email, "@") == 1 && printable(email) &&
		!strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") && !strings.Contains(host, "..")
}

const nameMax = 100

// CheckName tells why a text cannot be a person's name.
func CheckName(name string) error {
	switch {
	case name == "":
		return fault.New(fault.FieldMissing).At("name")
	case len(name) > nameMax || !printable(name) || strings.ContainsAny(name, "<>@/\\"):
		return fault.New(fault.FieldWrong).At("name")
	}
	return nil
}

// personalNumber reads a Norwegian or Swedish personal number, S3.18.
func personalNumber(s string) (string, bool) {
	if bare, problem := ident.PersonNumber(s); problem == ident.None {
		return bare, true
	}
	bare, _, problem := ident.BirthNumber(s)
	return bare, problem == ident.None
}
