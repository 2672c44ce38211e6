// Package agreement owns how a person becomes a customer: what is asked, the answers that wait between
// two questions, and that one set of answers makes one agreement, however often it is sent.
//
// Answers wait sealed on the server, not on the device: they hold an address, they survive the end of a
// session and a change of device, and all tabs of a person work on the same ones. Nothing else is written
// before both sets of terms are accepted and the answers are confirmed. What a price class is, package
// toll says; what the vehicle register knows, package register.
package agreement

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// DraftMax is how long answers wait for the next one.
const DraftMax = 14 * 24 * time.Hour

// Owner is whose answers wait: a person's, for one customer.
type Owner struct {
	Account  toll.AccountID
	Customer toll.CustomerID
}

// Draft is answers that wait. A zero Draft is none.
type Draft struct {
	ID     string
	Sealed seal.Sealed
	Saved  time.Time
}

// Application is a wish to make the agreement of a draft.
type Application struct {
	Owner
	Draft string
	At    time.Time
	Since time.Time // older answers are gone
	// Make turns the answers into an agreement with a number; its refusal leaves everything as it was.
	Make func(d Draft, number string) (NewAgreement, error)
}

// NewAgreement is an agreement with all that begins with it.
type NewAgreement struct {
	Agreement  toll.Agreement
	Vehicle    toll.Vehicle // its ID is for a vehicle that is not known yet
	Source     string       // of the facts
	OrderTag   bool         // one is to be sent
	TagAddress string       // where to; empty is the address on the person's details
	Terms      map[toll.TermsKind]int
	Accepted   time.Time
	Details    api.Details // what was missing of the person's; the rest is empty
	Messages   []notice.Message
}

// MadeAgreement is an agreement as its receipt shows it.
type MadeAgreement struct {
	Agreement  toll.Agreement
	Plate      toll.Plate
	TagOrdered bool
	Terms      map[toll.TermsKind]int
}

// Store keeps answers and makes agreements.
type Store interface {
	Drafts
	Agreements
}

// Profiles reads what a person has given already, package person.
type Profiles interface {
	Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (api.ProfileReply, error)
}

// Drafts keeps answers that wait.
type Drafts interface {
	// AgreementDraft returns a zero Draft when none was saved since an instant.
	AgreementDraft(ctx context.Context, who Owner, since time.Time) (Draft, error)
	// ChangeAgreementDraft lets one change after the other be made; a refusal leaves the draft as it was.
	ChangeAgreementDraft(ctx context.Context, who Owner, since time.Time, change func(Draft) (Draft, error)) error
}

// Agreements makes agreements and finds them.
type Agreements interface {
	// AddAgreement makes one agreement of a draft. A draft that was made into one already gives that
	// one; any other that is not there is fault.DraftGone, and a vehicle on an agreement that is in force
	// fault.VehicleTaken.
	AddAgreement(ctx context.Context, b Application) (MadeAgreement, error)
	// MadeAgreement returns fault.NotFound for a number that is not the customer's.
	MadeAgreement(ctx context.Context, customer toll.CustomerID, number string) (MadeAgreement, error)
	// AgreementOfVehicle is the number of the customer's own agreement that a vehicle is on; empty when it is on none.
	AgreementOfVehicle(ctx context.Context, customer toll.CustomerID, plate toll.Plate, at time.Time) (string, error)
}

// RequestLimiter counts questions that cost somebody something, package access.
type RequestLimiter interface {
	AllowRequest(ctx context.Context, actor access.Principal, flow string) error
}

// Deps is what the desk works with.
type Deps struct {
	Store    Store
	Profiles Profiles
	Register register.Source
	Keys     seal.Keys
	Messages *notice.Writer
	Limiter  RequestLimiter
	Issuer   toll.IssuerID       // that sends the invoice
	Chargers []api.ChargerChoice // in the order they are offered
	Now      func() time.Time
}

// Service leads people to an agreement.
type Service struct{ Deps }

// NewService returns a Desk.
func NewService(d Deps) *Service { return &Service{d} }

// owner is whose answers the actor's are.
func owner(actor access.Principal) Owner { return Owner{actor.Account, actor.Customer} }

// Draft is how far the actor has come, S1.12.
func (d *Service) Draft(ctx context.Context, actor access.Principal) (api.AgreementDraftReply, error) {
	draft, err := d.Store.AgreementDraft(ctx, owner(actor), d.Now().Add(-DraftMax))
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	a, err := d.open(owner(actor), draft)
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	return d.reply(ctx, actor, draft, a)
}

func (d *Service) reply(ctx context.Context, actor access.Principal, draft Draft, a answers) (api.AgreementDraftReply, error) {
	missing, err := d.missing(ctx, actor)
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	reply := api.AgreementDraftReply{
		ID: draft.ID, Answers: a.AgreementAnswers, Steps: steps(missing), Missing: missing, Next: d.next(a, missing), Chargers: d.Chargers,
		Silent: a.RegisterDown, Terms: versions(), Name: actor.Name, Email: actor.Email,
	}
	if v := a.Found; v != nil {
		reply.Found = &api.VehicleFound{Make: v.Make, Model: v.Model, Since: v.Since, Facts: v.Facts}
	}
	return reply, nil
}

// missing lists what an agreement needs of the customer and we do not have, S2.28. The details are the
// person's own: a company is asked where it wants its tags.
func (d *Service) missing(ctx context.Context, actor access.Principal) ([]string, error) {
	list := []string{}
	if actor.Kind == toll.Company {
		return append(list, "street", "postal_code", "city", "home"), nil
	}
	p, err := d.Profiles.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, value string }{
		{"street", p.Street}, {"postal_code", p.PostalCode}, {"city", p.City}, {"home", p.Country},
	} {
		if f.value == "" {
			list = append(list, f.name)
		}
	}
	return list, nil
}

// Receipt confirms an agreement of the actor's customer again.
func (d *Service) Receipt(ctx context.Context, actor access.Principal, number string) (api.AgreementReceipt, error) {
	made, err := d.Store.MadeAgreement(ctx, actor.Customer, number)
	if err != nil {
		return api.AgreementReceipt{}, err
	}
	return d.receipt(made), nil
}

func (d *Service) receipt(m MadeAgreement) api.AgreementReceipt {
	return api.AgreementReceipt{
		ID: m.Agreement.ID, Number: m.Agreement.Number, Charger: d.charger(m.Agreement.Charger), Plate: m.Plate, From: m.Agreement.From,
		Tag: m.TagOrdered, Terms: m.Terms,
	}
}

// charger is a toll company's name; empty for one that is not offered.
func (d *Service) charger(id toll.ChargerID) string {
	for _, c := range d.Chargers {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

func versions() map[toll.TermsKind]int {
	v := map[toll.TermsKind]int{}
	for _, kind := range toll.Terms() {
		v[kind] = toll.TermsVersion(kind)
	}
	return v
}
