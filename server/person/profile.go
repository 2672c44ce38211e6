// Package person owns what a person has told us and agreed to: details, confirmed addresses,
// consents, the history of the account, who else acts for the customer, and getting it all out or
// erased.
//
// Who the person is, is package access's to say; it also says whether a factor was shown lately
// enough for what matters.
package person

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Limits.
const (
	CodeMax    = 10 * time.Minute
	CodeTries  = 5
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

// DetailsChange is what a person's details become.
type DetailsChange struct {
	Details        api.Details
	MobileChanged  bool // the number is another and must be confirmed
	AddressChanged bool // the postal address is another; what opens doors is not sent there at once
	At             time.Time
	Messages       []notice.Message
}

// Code is a code on its way.
type Code struct {
	Channel  string
	Hash     []byte
	Until    time.Time
	Messages []notice.Message
}

// Store keeps what people told us.
type Store interface {
	PersonStore
	LinkStore
	SessionStore
	PeopleStore
}

// PersonStore keeps what one person tells us of themselves.
type PersonStore interface {
	DetailsStore
	ContactStore
	OnboardingStore
}

// LinkStore keeps what the links of letters open.
type LinkStore interface {
	access.Links
	AgreementFinder
}

// DetailsStore keeps what stands on "my details".
type DetailsStore interface {
	Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (api.ProfileReply, error)
	SaveProfile(ctx context.Context, account toll.AccountID, customer toll.CustomerID, c DetailsChange) error
	SaveConsents(ctx context.Context, account toll.AccountID, consents []api.Consent) error
}

// ContactStore keeps how addresses and numbers become the person's.
type ContactStore interface {
	SaveCode(ctx context.Context, account toll.AccountID, c Code) error
	// UseCode counts a try and confirms the channel when right says so of the kept hash; it returns
	// fault.CodeWrong when not, or when the code is over or tried triesMax times.
	UseCode(ctx context.Context, account toll.AccountID, channel string, now time.Time, triesMax int, right func(hash []byte) bool) error
	ChangeEmail(ctx context.Context, link seal.Hash, m EmailChange) error
	UndoEmail(ctx context.Context, link seal.Hash, m EmailChange) error
	// EmailTaken tells whether an account has the address.
	EmailTaken(ctx context.Context, email string) (bool, error)
}

// StepUpChecker tells whether an actor may change what matters, package access.
type StepUpChecker interface {
	RequireStepUp(actor access.Principal) error
}

// Service keeps people's profiles.
type Service struct {
	store  Store
	keys   seal.Keys
	writer *notice.Writer
	stepUp StepUpChecker
	now    func() time.Time
}

// NewService returns a Service whose letters are written by letter.
func NewService(store Store, keys seal.Keys, letter *notice.Writer, fresh StepUpChecker, now func() time.Time) *Service {
	return &Service{store: store, keys: keys, writer: letter, stepUp: fresh, now: now}
}

func recipient(a access.Principal) notice.Recipient {
	return notice.Recipient{Account: a.Account, Name: a.Person, Address: a.Email, Language: a.Language}
}

// Profile is the actor's own details, S4.17. The contact of a company is the company's.
func (d *Service) Profile(ctx context.Context, actor access.Principal) (api.ProfileReply, error) {
	p, err := d.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return api.ProfileReply{}, err
	}
	p.Company = actor.Kind == toll.Company
	if !p.Company {
		p.Contact = ""
	}
	p.Consents = consentStates(p.Consents)
	p.Holds = nonEmptyHolds(p.Holds)
	return p, nil
}

// Save changes the details, S4.26. Another mobile number needs a factor shown lately, and is the
// person's once its code has come back; the code is sent at once.
func (d *Service) Save(ctx context.Context, actor access.Principal, req api.Details) (api.ProfileReply, error) {
	req, err := normalizeDetails(req)
	if err != nil {
		return api.ProfileReply{}, err
	}
	was, err := d.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return api.ProfileReply{}, err
	}
	if actor.Kind != toll.Company || !actor.Role.May(role.Change) {
		req.Contact = was.Contact
	}
	c := DetailsChange{Details: req, MobileChanged: req.Mobile != was.Mobile, AddressChanged: addressChanged(was.Details, req), At: d.now()}
	if c.AddressChanged && was.Street != "" {
		letter, err := d.writer.Mail(notice.AddressChanged, recipient(actor), notice.Content{})
		if err != nil {
			return api.ProfileReply{}, err
		}
		c.Messages = append(c.Messages, letter)
	}
	if c.MobileChanged {
		if err := d.stepUp.RequireStepUp(actor); err != nil {
			return api.ProfileReply{}, err
		}
		letter, err := d.writer.Mail(notice.MobileChanged, recipient(actor), notice.Content{})
		if err != nil {
			return api.ProfileReply{}, err
		}
		c.Messages = append(c.Messages, letter)
	}
	if err := d.store.SaveProfile(ctx, actor.Account, actor.Customer, c); err != nil {
		return api.ProfileReply{}, err
	}
	if c.MobileChanged && req.Mobile != "" && d.writer.CheckChannel(notice.SMS) == nil {
		if err := d.SendCode(ctx, actor, Mobile); err != nil {
			return api.ProfileReply{}, err
		}
	}
	return d.Profile(ctx, actor)
}

// addressChanged tells whether letters on paper go somewhere else from now on.
func addressChanged(was, is api.Details) bool {
	return was.Street != is.Street || was.PostalCode != is.PostalCode || was.City != is.City || was.Country != is.Country
}

// normalizeDetails brings what was typed into the form in which it is kept.
func normalizeDetails(d api.Details) (api.Details, error) {
	for name, field := range map[string]*string{"mobile": &d.Mobile, "phone_private": &d.PhonePrivate, "phone_work": &d.PhoneWork} {
		if *field = strings.TrimSpace(*field); *field == "" {
			continue
		}
		number, problem := ident.Phone(*field)
		if problem != ident.None {
			return d, fault.New(fault.FieldWrong).At(name)
		}
		*field = number
	}
	for name, field := range map[string]*string{
		"street": &d.Street, "postal_code": &d.PostalCode, "city": &d.City, "country": &d.Country, "contact": &d.Contact,
	} {
		*field = strings.TrimSpace(*field)
		if len(*field) > fieldMax || strings.ContainsFunc(*field, unicode.IsControl) || strings.ContainsAny(*field, "<>") {
			return d, fault.New(fault.FieldWrong).At(name)
		}
	}
	if d.Country = strings.ToUpper(d.Country); d.Country != "" && (len(d.Country) != 2 || strings.Trim(d.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return d, fault.New(fault.FieldWrong).At("country")
	}
	return d, nil
}

// SendCode sends a code to the address or number that is to be confirmed, S4.21, S4.23, S4.25. An
// older code opens nothing any more.
func (d *Service) SendCode(ctx context.Context, actor access.Principal, channel string) error {
	p, err := d.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return err
	}
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, number)
	to := recipient(actor)
	var letter notice.Message
	switch {
	case channel == Email && p.Email != "":
		letter, err = d.writer.Mail(notice.ConfirmEmail, to, notice.Content{Code: code, Until: d.now().Add(CodeMax)})
	case channel == Mobile && p.Mobile != "":
		to.Address = p.Mobile
		letter, err = d.writer.SMS(notice.ConfirmMobile, to, notice.Content{Code: code, Until: d.now().Add(CodeMax)})
	default:
		return fault.New(fault.FieldMissing).At(channel)
	}
	if err != nil {
		return err
	}
	return d.store.SaveCode(ctx, actor.Account, Code{
		Channel: channel, Hash: d.keys.CodeHash(code, codeBinding(actor, channel, p)...), Until: d.now().Add(CodeMax), Messages: []notice.Message{letter},
	})
}

// codeBinding ties a code to the account and to the very address or number it was sent to.
func codeBinding(actor access.Principal, channel string, p api.ProfileReply) []string {
	address := p.Email
	if channel == Mobile {
		address = p.Mobile
	}
	return []string{"contact", string(actor.Account), channel, address}
}

// ConfirmCode takes the code that was sent, S4.14, S4.15, S4.24.
func (d *Service) ConfirmCode(ctx context.Context, actor access.Principal, req api.ConfirmRequest) (api.ProfileReply, error) {
	if req.Channel != Email && req.Channel != Mobile {
		return api.ProfileReply{}, fault.New(fault.FieldWrong).At("channel")
	}
	p, err := d.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return api.ProfileReply{}, err
	}
	code := strings.TrimSpace(strings.ReplaceAll(req.Code, " ", ""))
	err = d.store.UseCode(ctx, actor.Account, req.Channel, d.now(), CodeTries, func(hash []byte) bool {
		return d.keys.CodeMatches(hash, code, codeBinding(actor, req.Channel, p)...)
	})
	if err != nil {
		return api.ProfileReply{}, err
	}
	return d.Profile(ctx, actor)
}

// SaveConsents takes a stand on every question. Each is kept with the version of its words and its time;
// taking one back is as easy as giving it, S4.27–S4.33.
func (d *Service) SaveConsents(ctx context.Context, actor access.Principal, req api.ConsentRequest) (api.ProfileReply, error) {
	if !req.Given[toll.ConsentPrivacy] {
		return api.ProfileReply{}, fault.New(fault.ConsentNeeded).At("privacy")
	}
	var list []api.Consent
	for _, kind := range toll.Consents() {
		list = append(list, api.Consent{Kind: kind, Given: req.Given[kind], Version: toll.ConsentVersion(kind), At: d.now()})
	}
	if len(req.Given) > len(list) {
		return api.ProfileReply{}, fault.New(fault.FieldWrong).At("given")
	}
	if err := d.store.SaveConsents(ctx, actor.Account, list); err != nil {
		return api.ProfileReply{}, err
	}
	return d.Profile(ctx, actor)
}

// consentStates lists every question with the person's latest stand.
func consentStates(taken []api.Consent) (list []api.Consent) {
	given, latest := map[toll.ConsentKind]bool{}, map[toll.ConsentKind]api.Consent{}
	for _, c := range taken {
		given[c.Kind], latest[c.Kind] = c.Given, c
	}
	for _, kind := range toll.Consents() {
		c := latest[kind]
		c.Kind, c.Current = kind, toll.ConsentVersion(kind)
		c.Reaches = c.Given
		if kind == toll.ConsentAdvertising {
			c.Reaches = toll.AdvertisingEffective(given)
		}
		list = append(list, c)
	}
	return list
}

// nonEmptyHolds leaves out what there is nothing of.
func nonEmptyHolds(list []api.Hold) []api.Hold {
	kept := []api.Hold{}
	for _, h := range list {
		if h.Count > 0 {
			kept = append(kept, h)
		}
	}
	return kept
}
