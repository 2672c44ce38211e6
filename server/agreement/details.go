package agreement

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// referenceMax is the maximum length of a customer's reference in bytes.
const referenceMax = 50

// Details is an agreement with its vehicles and what the customer may change on it.
type Details struct {
	Agreement toll.Agreement
	Reference string // of the customer, for invoices; empty for none
	Vehicles  []DetailsVehicle
	Debit     *api.DirectDebit // nil without a mandate
}

// DetailsVehicle is a vehicle on an agreement.
type DetailsVehicle struct {
	Vehicle toll.Vehicle
	Tag     toll.TagID // empty for none
	Ordered bool       // a tag is ordered and not sent yet
	From    time.Time

	Status    toll.TagStatus
	Reference string // of the customer; empty for none
}

// DetailsStore stores what agreements say.
type DetailsStore interface {
	// Details returns an agreement of the customer by its number, with its vehicles at an instant, or fault.NotFound.
	Details(ctx context.Context, customer toll.CustomerID, number string, at time.Time) (Details, error)
	// SetReference sets the reference of an agreement of the customer, or returns fault.NotFound.
	SetReference(ctx context.Context, customer toll.CustomerID, number, reference string) error
	AddressStore
}

// Details returns an agreement of the actor's customer by its number, or fault.NotFound.
func (d *Service) Details(ctx context.Context, actor access.Principal, number string) (api.AgreementDetailsReply, error) {
	g, err := d.Store.Details(ctx, actor.Customer, number, d.Now())
	if err != nil {
		return api.AgreementDetailsReply{}, err
	}
	reply := api.AgreementDetailsReply{
		Number: g.Agreement.Number, Kind: actor.Kind, Charger: d.charger(g.Agreement.Charger), From: g.Agreement.From, To: g.Agreement.To,
		Blocked: g.Agreement.Blocked, Debit: g.Debit, Reference: g.Reference, Vehicles: make([]api.AgreementVehicle, len(g.Vehicles)),
	}
	if reply.Charger == "" { // agreements are no longer made with it
		reply.Charger = string(g.Agreement.Charger)
	}
	for i, v := range g.Vehicles {
		reply.Vehicles[i] = api.AgreementVehicle{
			Plate: v.Vehicle.Plate, Class: v.Vehicle.Facts.Class(v.Tag != "").String(), Tag: v.Tag, Ordered: v.Ordered, From: v.From, Reference: v.Reference,
			Movable: v.Tag != "" && g.Agreement.To.IsZero() && toll.CheckTagChange(v.Status, toll.ChangeMove) == nil,
		}
	}
	return reply, nil
}

// Change changes what the customer may change on an agreement, and returns the agreement.
func (d *Service) Change(ctx context.Context, actor access.Principal, req api.AgreementChangeRequest) (api.AgreementDetailsReply, error) {
	reference := strings.TrimSpace(req.Reference)
	if !text.HasAtMost(reference, referenceMax) || !text.IsLine(reference) || strings.ContainsAny(reference, "<>") {
		return api.AgreementDetailsReply{}, fault.New(fault.FieldWrong).At("reference")
	}
	if err := d.Store.SetReference(ctx, actor.Customer, req.Number, reference); err != nil {
		return api.AgreementDetailsReply{}, err
	}
	return d.Details(ctx, actor, req.Number)
}
