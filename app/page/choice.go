package page

import (
	"net/url"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// choice is the vehicle and period that a person asks for, as they stand in the address and the fields:
// dates may be empty or wrong.
type choice struct {
	vehicle   toll.VehicleID   // empty for all
	agreement toll.AgreementID // empty for all
	from, to  string
}

// chosen reads the address; without dates it is the month so far.
func chosen(u *url.URL, today oslo.Day) choice {
	q := u.Query()
	c := choice{
		vehicle: toll.VehicleID(q.Get("vehicle")), agreement: toll.AgreementID(q.Get("agreement")), from: q.Get("from"), to: q.Get("to"),
	}
	if !q.Has("from") && !q.Has("to") {
		c.from, c.to = today.Month().First().String(), today.String()
	}
	return c
}

// href is the address of the choice.
func (c choice) href() string {
	q := url.Values{"from": {c.from}, "to": {c.to}}
	if c.vehicle != "" {
		q.Set("vehicle", string(c.vehicle))
	}
	if c.agreement != "" {
		q.Set("agreement", string(c.agreement))
	}
	return address(passagesPath, q)
}

// between is the same choice with another period.
func (c choice) between(from, to oslo.Day) choice {
	c.from, c.to = from.String(), to.String()
	return c
}

// request asks for the choice, or says why it may not be asked: toll.CheckPeriod, S1.20.
func (c choice) request() (api.PassageListRequest, error) {
	from, errFrom := oslo.ParseDay(c.from)
	to, errTo := oslo.ParseDay(c.to)
	req := api.PassageListRequest{Vehicle: c.vehicle, Agreement: c.agreement, From: from, To: to}
	switch {
	case errFrom != nil:
		return req, fault.New(fault.PeriodMissing).At("from")
	case errTo != nil:
		return req, fault.New(fault.PeriodMissing).At("to")
	}
	return req, toll.CheckPeriod(from, to)
}

// holds tells whether a passage belongs to what is asked for.
func holds(req api.PassageListRequest, line api.PassageLine) bool {
	day := dayOf(line)
	return day >= req.From && day <= req.To && (req.Vehicle == "" || req.Vehicle == line.Vehicle) &&
		(req.Agreement == "" || req.Agreement == line.Agreement)
}
