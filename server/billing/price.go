package billing

import (
	"context"
	"fmt"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// Months reads a vehicle's month as its payer can check it.
type Months interface {
	Recheck(ctx context.Context, customer toll.CustomerID, req api.RecheckRequest) (api.RecheckReply, error)
}

// Recheck is Prices on what customers check their bills with.
type Recheck struct {
	Months Months
	Plan   func() *rating.Plan // of the price lists in force
}

// Differs rates the month of a vehicle again. It returns what differs first from what was charged, empty if nothing does.
func (r Recheck) Differs(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID, month oslo.Month) (string, error) {
	reply, err := r.Months.Recheck(ctx, customer, api.RecheckRequest{Vehicle: vehicle, Month: month})
	if fault.CodeOf(err) == fault.TooLarge {
		return fmt.Sprintf("vehicle %s has more passages in %s than are checked at once", vehicle, month), nil
	}
	if err != nil {
		return "", err
	}
	report := recheck.Check(r.Plan(), reply.Statement)
	if report.Agrees() {
		return "", nil
	}
	for i := range report.Lines {
		if l := &report.Lines[i]; len(l.Differs) > 0 {
			return fmt.Sprintf("passage %s of %s: charge and price lists differ in %v", l.ID, month, l.Differs), nil
		}
	}
	return fmt.Sprintf("vehicle %s in %s: charges of %s, postings of %s, by the price lists %s", vehicle, month, report.Posted, report.Debited, report.Own), nil
}

// checkPrices checks what is invoiced: each month of each vehicle once.
func (s *Service) checkPrices(ctx context.Context, p Payer, list []Unbilled) error {
	type vehicleMonth struct {
		vehicle toll.VehicleID
		month   oslo.Month
	}
	checked := map[vehicleMonth]bool{}
	for i := range list {
		at := vehicleMonth{list[i].Vehicle, oslo.MonthOf(list[i].At)}
		if at.vehicle == "" || checked[at] {
			continue
		}
		checked[at] = true
		difference, err := s.prices.Differs(ctx, p.Customer, at.vehicle, at.month)
		if err != nil {
			return err
		}
		if difference != "" {
			return &DoubtError{difference}
		}
	}
	return nil
}
