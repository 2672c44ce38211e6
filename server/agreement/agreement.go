// Package agreement makes agreements: it asks a person for what an agreement needs, one step after the other, and
// makes one agreement of one set of answers, however often they are sent. It shows what an agreement says and changes
// what the customer may change on it.
//
// The answers are a draft, package draft. Nothing else is written before both sets of terms are accepted and the
// answers are confirmed. Package toll has the price classes of vehicles, package register their facts.
package agreement

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/draft"
	"bompass/server/notice"
	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// Application is a request to make a draft into an agreement.
type Application struct {
	draft.Key
	Draft string // ID of the draft
	At    time.Time
	Since time.Time // drafts saved earlier have expired
	// Make returns the agreement of the draft, with a number. Its error leaves everything as it was.
	Make func(d draft.Draft, number string) (NewAgreement, error)
}

// NewAgreement is an agreement with the records that are saved with it.
type NewAgreement struct {
	Agreement  toll.Agreement
	Vehicle    toll.Vehicle // the ID is used if the vehicle is not stored yet
	Source     string       // of the facts: FromRegister or FromPerson
	OrderTag   bool         // whether a tag is sent
	TagAddress string       // empty is the address in the person's details
	Terms      map[toll.TermsKind]int
	Accepted   time.Time
	Details    api.Details // missing details of the person; the other fields are empty
	Messages   []notice.Message
}

// MadeAgreement is an agreement with the fields of its receipt.
type MadeAgreement struct {
	Agreement  toll.Agreement
	Plate      toll.Plate
	TagOrdered bool
	Terms      map[toll.TermsKind]int
}

// Profiles reads the details of a person, package person.
type Profiles interface {
	Profile(ctx context.Context, account toll.AccountID, customer toll.CustomerID) (api.ProfileReply, error)
}

// Store is the persistence of agreements.
type Store interface {
	// AddAgreement makes a draft into an agreement and deletes the draft. For a draft that was made into an
	// agreement before, it returns that agreement. The error is fault.DraftGone for any other draft that does not
	// exist, and fault.VehicleTaken for a vehicle on an agreement in force.
	AddAgreement(ctx context.Context, b Application) (MadeAgreement, error)
	// MadeAgreement returns an agreement of the customer by its number, or fault.NotFound.
	MadeAgreement(ctx context.Context, customer toll.CustomerID, number string) (MadeAgreement, error)
	// AgreementOfVehicle returns the number of the customer's agreement that a vehicle is on, or "", and whether it is on
	// another customer's.
	AgreementOfVehicle(ctx context.Context, customer toll.CustomerID, plate toll.Plate, at time.Time) (number string, taken bool, err error)
	DetailsStore
}

// RequestLimiter limits the rate of requests to partners, package access.
type RequestLimiter interface {
	AllowRequest(ctx context.Context, actor access.Principal, flow string) error
}

// Deps are the dependencies of a Service.
type Deps struct {
	Store    Store
	Drafts   draft.Store
	Profiles Profiles
	Register register.Source
	Keys     seal.Keys
	Messages *notice.Writer
	Limiter  RequestLimiter
	Issuer   toll.IssuerID       // of new agreements
	Chargers []api.ChargerChoice // in the order they are offered
	Now      func() time.Time
}

// Service makes agreements of drafts. It is safe for concurrent use.
type Service struct {
	Deps

	drafts *draft.Service[answers]
}

// NewService returns a Service.
func NewService(d Deps) *Service {
	return &Service{Deps: d, drafts: draft.NewService[answers](d.Drafts, d.Keys, d.Now)}
}

// key returns the key of the actor's draft.
func key(actor access.Principal) draft.Key {
	return draft.Key{Account: actor.Account, Customer: actor.Customer, Form: draft.Agreement}
}

// Draft returns the actor's draft and its next step.
func (d *Service) Draft(ctx context.Context, actor access.Principal) (api.AgreementDraftReply, error) {
	id, a, err := d.drafts.Load(ctx, key(actor))
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	return d.reply(ctx, actor, id, a)
}

// reply returns the state of the form for the answers so far.
func (d *Service) reply(ctx context.Context, actor access.Principal, id string, a answers) (api.AgreementDraftReply, error) {
	missing, err := d.missing(ctx, actor)
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	reply := api.AgreementDraftReply{
		ID: id, Answers: a.AgreementAnswers, Steps: steps(missing), Missing: missing, Next: d.next(a, missing), Chargers: d.Chargers,
		Silent: a.RegisterDown, Meant: a.Meant, Terms: toll.TermsInForce(), Name: actor.Name, Email: actor.Email,
	}
	if v := a.Found; v != nil {
		reply.Found = &api.VehicleFound{Make: v.Make, Model: v.Model, Since: v.Since, Facts: v.Facts}
	}
	return reply, nil
}

// missing returns the names of the address fields that the actor has to answer. The stored details are the
// person's own, so a company always answers where its tags are sent.
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

// Receipt returns the receipt of an agreement of the actor's customer, or fault.NotFound.
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

// charger returns the name of a toll company, or "" if it is not offered.
func (d *Service) charger(id toll.ChargerID) string {
	for _, c := range d.Chargers {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}
