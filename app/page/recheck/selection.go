package recheck

import (
	"net/url"

	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The ids of the fields. They are the names of the request's fields, so that a refusal finds its field.
const (
	vehicleField = "vehicle"
	monthField   = "month"
)

// monthsMax is the number of months to choose among.
const monthsMax = 13

// allVehicles is the choice of all vehicles of the agreement shown. It is no vehicle's id.
const allVehicles = "all"

// selection is the vehicle and month to rate again. The vehicle is empty while none is known.
type selection struct {
	vehicle toll.VehicleID
	month   oslo.Month
}

// parseSelection reads an address; without a valid month it is this month.
func parseSelection(u *url.URL, today oslo.Day) selection {
	q := u.Query()
	s := selection{vehicle: toll.VehicleID(q.Get("vehicle")), month: today.Month()}
	if month, err := oslo.ParseMonth(q.Get("month")); err == nil {
		s.month = month
	}
	return s
}

// address returns the page's address with the selection.
func (s selection) address() string {
	return site.With(site.Recheck, url.Values{"vehicle": {string(s.vehicle)}, "month": {s.month.String()}})
}
