// Package person manages what a person states and agrees to: contact details and their confirmation, consents, the
// people who act for a customer, and finding agreements.
//
// Package access authenticates the person and decides whether a step-up is recent enough. Export and erasure are in
// package privacy.
package person

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Limits.
const (
	CodeMax   = 10 * time.Minute
	CodeTries = 5 // of one code

	// CodeTriesPerDay is the maximum number of tries of all codes of an account for one address or number: a new code
	// gives no new tries. CodeTriesOfAccount is that for all its addresses and numbers.
	CodeTriesPerDay    = 15
	CodeTriesOfAccount = 30

	codeDigits = 6
	HistoryMax = 100
	fieldMax   = 100
	PeopleMax  = 500
)

// The channels that are confirmed by a code.
const (
	Email  = "email"
	Mobile = "mobile"
)

// DetailsChange is a change of a person's details.
type DetailsChange struct {
	Details        api.Details
	MobileChanged  bool // the number changed and must be confirmed
	AddressChanged bool // the postal address changed; recovery codes are not sent there for some days
	At             time.Time
	Code           *Code // that confirms the new number; nil if none is sent
	Messages       []notice.Message
}

// Code is a confirmation code that was sent.
type Code struct {
	Channel  string
	Hash     []byte
	Until    time.Time
	Messages []notice.Message
}

// Store is the persistence of the package.
type Store interface {
	RecordStore
	LinkStore
	SessionStore
	PeopleStore
	RoleStore
}

// RecordStore stores the details of one person.
type RecordStore interface {
	DetailsStore
	ContactStore
	OnboardingStore
}

// LinkStore stores the links of messages.
type LinkStore interface {
	access.Links
	AgreementFinder
}

// DetailsStore stores profile and consents.
type DetailsStore interface {
	Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (api.ProfileReply, error)
	SaveProfile(ctx context.Context, account toll.AccountID, customer toll.CustomerID, c DetailsChange) error
	SaveConsents(ctx context.Context, account toll.AccountID, consents []api.Consent) error
}

// ContactStore stores the confirmation of addresses and numbers.
type ContactStore interface {
	EmailStore
	EmailWithdrawals
	SaveCode(ctx context.Context, account toll.AccountID, c Code) error
	// UseCode counts an attempt and confirms the channel if right accepts the stored hash. Otherwise, and for an
	// expired code or more than triesMax attempts, it returns fault.CodeWrong.
	UseCode(ctx context.Context, account toll.AccountID, channel string, now time.Time, triesMax int, right func(hash []byte) bool) error
}

// EmailStore stores changes of email addresses.
type EmailStore interface {
	ChangeEmail(ctx context.Context, link seal.Hash, m EmailChange) error
	// PendingEmail returns the newest link of an account that changes its address, or that stands for one to a taken
	// address. It returns a zero link if there is none.
	PendingEmail(ctx context.Context, account toll.AccountID, now time.Time) (seal.Link, error)
	// ConfirmPendingEmail counts an attempt, and changes the address if right accepts the stored hash of the code. The
	// link is used then. It returns fault.CodeWrong like UseCode.
	ConfirmPendingEmail(ctx context.Context, link seal.Hash, m EmailChange, triesMax int, right func(hash []byte) bool) error
	UndoEmail(ctx context.Context, link seal.Hash, m EmailChange) error
	// EmailTaken reports whether an account has the address.
	EmailTaken(ctx context.Context, email string) (bool, error)
}

// EmailWithdrawals stores withdrawals of changes of email addresses.
type EmailWithdrawals interface {
	// WithdrawEmail withdraws every change of an account's address that is not confirmed yet.
	WithdrawEmail(ctx context.Context, account toll.AccountID, now time.Time) error
	// EmailWithdrawn reports whether a link is of a change that its account has withdrawn.
	EmailWithdrawn(ctx context.Context, link seal.Hash) (bool, error)
}

// Guard requires a recent step-up for sensitive changes, and limits guesses.
type Guard interface {
	RequireStepUp(actor access.Principal) error
	// AllowDaily returns fault.TooManyToday when one of the limits is reached.
	AllowDaily(ctx context.Context, limits ...access.DailyLimit) error
}

// Service manages people's profiles.
type Service struct {
	store  Store
	keys   seal.Keys
	writer *notice.Writer
	stepUp Guard
	now    func() time.Time
}

// NewService returns a Service that writes messages with writer.
func NewService(store Store, keys seal.Keys, writer *notice.Writer, stepUp Guard, now func() time.Time) *Service {
	return &Service{store: store, keys: keys, writer: writer, stepUp: stepUp, now: now}
}

func recipient(a access.Principal) notice.Recipient {
	return notice.Recipient{Account: a.Account, Name: a.Person, Address: a.Email, Language: a.Language}.AskedBy(a.Account)
}

// Profile returns the actor's own details. Only companies have a contact.
func (s *Service) Profile(ctx context.Context, actor access.Principal) (api.ProfileReply, error) {
	p, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return api.ProfileReply{}, err
	}
	p.Company = actor.Kind == toll.Company
	if !p.Company {
		p.Contact = ""
	}
	pending, err := s.pendingEmail(ctx, actor.Account)
	if err != nil {
		return api.ProfileReply{}, err
	}
	p.PendingEmail = pending.address
	p.Consents = consentStates(p.Consents)
	p.Holds = nonEmptyHolds(p.Holds)
	return p, nil
}

// Save changes the details, and the consents if they are answered. All of it is checked before anything is stored. A
// new mobile number requires a recent step-up and must be confirmed by a code, which is sent at once.
func (s *Service) Save(ctx context.Context, actor access.Principal, req api.SaveRequest) (api.ProfileReply, error) {
	var faults fault.List
	details, err := normalizeDetails(req.Details)
	faults.Add(err)
	if req.Given != nil {
		faults.Add(checkConsents(req.Given))
	}
	if err := faults.Err(); err != nil {
		return api.ProfileReply{}, err
	}
	was, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return api.ProfileReply{}, err
	}
	if actor.Kind != toll.Company || !actor.Role.May(role.Change) {
		details.Contact = was.Contact
	}
	if err := s.saveDetails(ctx, actor, was.Details, details); err != nil {
		return api.ProfileReply{}, err
	}
	if req.Given != nil {
		return s.SaveConsents(ctx, actor, api.ConsentRequest{Given: req.Given})
	}
	return s.Profile(ctx, actor)
}

// saveDetails saves details in their stored form, notifies the person of important changes, and sends a code to a new
// mobile number.
func (s *Service) saveDetails(ctx context.Context, actor access.Principal, was, is api.Details) error {
	c := DetailsChange{Details: is, MobileChanged: is.Mobile != was.Mobile, AddressChanged: addressChanged(was, is), At: s.now()}
	var kinds []notice.Kind
	if c.AddressChanged && was.Street != "" {
		kinds = append(kinds, notice.AddressChanged)
	}
	if c.MobileChanged {
		if err := s.stepUp.RequireStepUp(actor); err != nil {
			return err
		}
		kinds = append(kinds, notice.MobileChanged)
	}
	for _, kind := range kinds {
		if actor.Email == "" {
			break
		}
		message, err := s.writer.Mail(kind, recipient(actor), notice.Content{})
		if err != nil {
			return err
		}
		c.Messages = append(c.Messages, message)
	}
	if c.MobileChanged && is.Mobile != "" && s.ConfirmsMobile() {
		code, err := s.mobileCode(actor, is.Mobile)
		if err != nil {
			return err
		}
		c.Code = &code
	}
	return s.store.SaveProfile(ctx, actor.Account, actor.Customer, c)
}

// mobileCode returns a new code for a mobile number, with the message that carries it.
func (s *Service) mobileCode(actor access.Principal, number string) (Code, error) {
	code, saved, err := s.newCode(actor, Mobile, number)
	if err != nil {
		return Code{}, err
	}
	to := recipient(actor)
	to.Address = number
	message, err := s.writer.SMS(notice.ConfirmMobile, to, notice.Content{Code: code, Until: saved.Until})
	saved.Messages = []notice.Message{message}
	return saved, err
}

// addressChanged reports whether the postal address differs.
func addressChanged(was, is api.Details) bool {
	return was.Street != is.Street || was.PostalCode != is.PostalCode || was.City != is.City || was.Country != is.Country
}

// newCode returns a new code, and how it is stored for an address or number of the actor.
func (s *Service) newCode(actor access.Principal, channel, address string) (string, Code, error) {
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", Code{}, fmt.Errorf("make code: %w", err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, number)
	return code, Code{Channel: channel, Hash: s.keys.CodeHash(code, codeBinding(actor, channel, address)...), Until: s.now().Add(CodeMax)}, nil
}

// codeBinding returns the values that a code's hash is bound to: the account and the address or number it was sent to.
func codeBinding(actor access.Principal, channel, address string) []string {
	return []string{"contact", string(actor.Account), channel, address}
}

// SendCode sends a code to the address or number that is to be confirmed: a new address before the current one. It
// invalidates an older code.
func (s *Service) SendCode(ctx context.Context, actor access.Principal, channel string) error {
	p, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return err
	}
	pending, err := s.pendingEmail(ctx, actor.Account)
	if err != nil {
		return err
	}
	to := recipient(actor)
	switch {
	case channel == Email && pending.address != "":
		to.Address = pending.address
	case channel == Email:
		to.Address = p.Email
	case channel == Mobile:
		to.Address = p.Mobile
	default:
		to.Address = ""
	}
	if to.Address == "" {
		return fault.New(fault.FieldMissing).At(channel)
	}
	code, saved, err := s.newCode(actor, channel, to.Address)
	if err != nil {
		return err
	}
	content := notice.Content{Code: code, Until: saved.Until}
	var message notice.Message
	switch {
	case channel == Mobile:
		message, err = s.writer.SMS(notice.ConfirmMobile, to, content)
	case pending.link.Purpose == seal.PurposeNone: // another account has the address
		message, err = s.writer.Decoy(notice.ConfirmEmail, content)
	default:
		message, err = s.writer.Mail(notice.ConfirmEmail, to, content)
	}
	if err != nil {
		return err
	}
	saved.Messages = []notice.Message{message}
	return s.store.SaveCode(ctx, actor.Account, saved)
}

// ConfirmCode confirms a channel by the code that was sent to it. The code of a new email address completes the change
// to it.
func (s *Service) ConfirmCode(ctx context.Context, actor access.Principal, req api.ConfirmRequest) (api.ProfileReply, error) {
	if req.Channel != Email && req.Channel != Mobile {
		return api.ProfileReply{}, fault.New(fault.FieldWrong).At("channel")
	}
	code := text.Code(req.Code)
	if err := s.useCode(ctx, actor, req.Channel, code); err != nil {
		return api.ProfileReply{}, err
	}
	return s.Profile(ctx, actor)
}

func (s *Service) useCode(ctx context.Context, actor access.Principal, channel, code string) error {
	p, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return err
	}
	address := p.Mobile
	if channel == Email {
		pending, err := s.pendingEmail(ctx, actor.Account)
		if err != nil {
			return err
		}
		if pending.address != "" {
			return s.confirmPending(ctx, actor, pending, code)
		}
		address = p.Email
	}
	if err := s.allowCodeTry(ctx, actor, address); err != nil {
		return err
	}
	return s.store.UseCode(ctx, actor.Account, channel, s.now(), CodeTries, func(hash []byte) bool {
		return s.keys.CodeMatches(hash, code, codeBinding(actor, channel, address)...)
	})
}

// allowCodeTry counts a try of a code before it is made.
func (s *Service) allowCodeTry(ctx context.Context, actor access.Principal, address string) error {
	return s.stepUp.AllowDaily(ctx,
		access.DailyLimit{Kind: "code", Name: string(actor.Account) + " " + address, Max: CodeTriesPerDay},
		access.DailyLimit{Kind: "codes", Name: string(actor.Account), Max: CodeTriesOfAccount})
}

// nonEmptyHolds returns the holds with a count.
func nonEmptyHolds(list []api.Hold) []api.Hold {
	kept := []api.Hold{}
	for _, h := range list {
		if h.Count > 0 {
			kept = append(kept, h)
		}
	}
	return kept
}
