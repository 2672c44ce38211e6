package passages

import (
	"net/url"

	"bompass/app/page/passagelist"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// selection is the vehicle and period, or the invoice, that a person asks for, as in the address and the fields: dates may
// be empty or invalid.
type selection struct {
	invoice   string           // number of a document; if it is not empty, nothing else counts
	vehicle   toll.VehicleID   // empty for all
	agreement toll.AgreementID // empty for all
	from, to  string
}

// parseSelection reads an address; without dates the period is the month so far.
func parseSelection(u *url.URL, today oslo.Day) selection {
	q := u.Query()
	if number := q.Get("invoice"); number != "" {
		return selection{invoice: number}
	}
	s := selection{
		vehicle: toll.VehicleID(q.Get("vehicle")), agreement: toll.AgreementID(q.Get("agreement")), from: q.Get("from"), to: q.Get("to"),
	}
	if !q.Has("from") && !q.Has("to") {
		s.from, s.to = today.Month().First().String(), today.String()
	}
	return s
}

// address returns the page's address with the selection.
func (s selection) address() string {
	if s.invoice != "" {
		return site.With(site.Passages, url.Values{"invoice": {s.invoice}})
	}
	q := url.Values{"from": {s.from}, "to": {s.to}}
	if s.vehicle != "" {
		q.Set("vehicle", string(s.vehicle))
	}
	if s.agreement != "" {
		q.Set("agreement", string(s.agreement))
	}
	return site.With(site.Passages, q)
}

// between returns the selection with another period.
func (s selection) between(from, to oslo.Day) selection {
	s.from, s.to = from.String(), to.String()
	return s
}

// request returns the request for the selection. The error says which field is missing, or that the
// period is not allowed: at most 30 days or one calendar month, S1.20.
func (s selection) request() (api.PassageListRequest, error) {
	if s.invoice != "" {
		return api.PassageListRequest{Invoice: s.invoice}, nil
	}
	from, errFrom := oslo.ParseDay(s.from)
	to, errTo := oslo.ParseDay(s.to)
	req := api.PassageListRequest{Vehicle: s.vehicle, Agreement: s.agreement, From: from, To: to}
	switch {
	case errFrom != nil:
		return req, fault.New(fault.PeriodMissing).At(fromField)
	case errTo != nil:
		return req, fault.New(fault.PeriodMissing).At(toField)
	}
	return req, toll.CheckPeriod(from, to)
}

// contains reports whether a passage is among those that a request asks for.
func contains(req api.PassageListRequest, line api.PassageLine) bool {
	day := passagelist.DayOf(line)
	return req.Invoice == "" && day >= req.From && day <= req.To && (req.Vehicle == "" || req.Vehicle == line.Vehicle) &&
		(req.Agreement == "" || req.Agreement == line.Agreement)
}
