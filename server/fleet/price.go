package fleet

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// Prices rates passages as they would be after a change, without saving anything.
type Prices interface {
	// Tried returns what the passages of vehicles since at would cost a customer after a change. to is the vehicle that gets the
	// tag, nil for none.
	Tried(ctx context.Context, customer toll.CustomerID, after toll.Placement, to *toll.Vehicle, at, now time.Time) (map[toll.VehicleID]api.FleetPrice, error)
	// Usual returns what the customer's usual month would cost with a vehicle on an agreement of a toll company.
	Usual(ctx context.Context, customer toll.CustomerID, v toll.Vehicle, charger toll.ChargerID, now time.Time) (api.UsualCost, error)
}

// Check returns what a change would do and cost, and the fault that refuses it. It saves nothing.
func (s *Service) Check(ctx context.Context, actor access.Principal, req api.FleetChangeRequest) (api.FleetReceipt, error) {
	r, err := s.request(ctx, actor, req, true)
	if err != nil {
		return api.FleetReceipt{}, err
	}
	var found Current
	var out Outcome
	receipt, err := s.store.Change(ctx, r, func(c Current) (o Outcome, err error) {
		o, err = decide(req, r, c, vehiclesMax(actor))
		found, out = c, o
		return o, err
	})
	if err != nil {
		return receipt, err
	}
	if req.Kind == toll.ChangeAdd {
		return receipt, s.addUsual(ctx, actor, r, &receipt)
	}
	return receipt, s.priceTried(ctx, r, found, out, &receipt)
}

// addUsual adds what the usual month would cost with the vehicle that joins an agreement.
func (s *Service) addUsual(ctx context.Context, actor access.Principal, r Request, receipt *api.FleetReceipt) error {
	reply, err := s.store.Fleet(ctx, actor.Customer, r.Now, 0)
	if err != nil {
		return err
	}
	for _, a := range reply.Agreements {
		if a.Number == r.Agreement {
			usual, err := s.prices.Usual(ctx, actor.Customer, *r.To, a.Charger, r.Now)
			if err == nil && usual.Passages > 0 {
				receipt.Usual = &usual
			}
			return err
		}
	}
	return nil
}

// priceTried says what the passages since the change counts would cost after it.
func (s *Service) priceTried(ctx context.Context, r Request, found Current, out Outcome, receipt *api.FleetReceipt) error {
	if receipt.Pending = false; len(receipt.Prices) == 0 {
		return nil
	}
	to := r.To
	if to != nil {
		named := *to
		named.ID, to = found.To, &named
	}
	prices, err := s.prices.Tried(ctx, r.Customer, out.Placement, to, r.At, r.Now)
	if err != nil {
		return err
	}
	for i := range receipt.Prices {
		p, vehicle := &receipt.Prices[i], out.To
		if receipt.From != nil && *receipt.From == p.Plate {
			vehicle = out.From
		}
		if rated, ok := prices[vehicle]; ok {
			p.Passages, p.Now = rated.Passages, rated.Now
		}
	}
	return nil
}
