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

// CheckMonth rates the month of every vehicle again. It returns a Doubt for the first line that differs from its charge.
func (r Recheck) CheckMonth(ctx context.Context, p Payer, vehicles []toll.VehicleID, month oslo.Month) error {
	for _, vehicle := range vehicles {
		reply, err := r.Months.Recheck(ctx, p.Customer, api.RecheckRequest{Vehicle: vehicle, Month: month})
		if fault.CodeOf(err) == fault.TooLarge {
			return &Doubt{fmt.Sprintf("vehicle %s has more passages in %s than are checked at once", vehicle, month)}
		}
		if err != nil {
			return err
		}
		report := recheck.Check(r.Plan(), reply.Statement)
		if report.Agrees() {
			continue
		}
		for i := range report.Lines {
			if l := &report.Lines[i]; len(l.Differs) > 0 {
				return &Doubt{fmt.Sprintf("passage %s of %s: charge and price lists differ in %v", l.ID, month, l.Differs)}
			}
		}
		return &Doubt{fmt.Sprintf("vehicle %s in %s: charges of %s, postings of %s, by the price lists %s", vehicle, month, report.Posted, report.Debited, report.Own)}
	}
	return nil
}
