package reading

import (
	"bytes"
	"context"
	"slices"
	"sort"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// FleetRecheck returns what Recheck does for several vehicles at once: those with passages in the month that the customer
// pays for, as many as fit in a reply.
func (s *Service) FleetRecheck(ctx context.Context, customer toll.CustomerID, req api.FleetRecheckRequest) (api.FleetRecheckReply, error) {
	payer, err := passage.ParseID(string(customer))
	if err != nil {
		return api.FleetRecheckReply{}, err
	}
	for field, id := range map[string]string{"after": string(req.After), "agreement": string(req.Agreement)} {
		if _, err := passage.ParseID(id); err != nil && id != "" {
			return api.FleetRecheckReply{}, fault.New(fault.BadRequest, "why", "no such "+field).At(field)
		}
	}
	list, err := s.store.RecheckVehicles(ctx, VehicleQuery{
		Customer: customer, Agreement: req.Agreement, First: req.Month.First(), Last: req.Month.Last(), After: req.After,
		Limit: api.FleetRecheckVehiclesMax + 1,
	})
	if err != nil {
		return api.FleetRecheckReply{}, err
	}
	page := list[:fitting(list)]
	reply := api.FleetRecheckReply{Vehicles: []api.VehicleRecheck{}}
	for len(page) > 0 {
		checked, err := s.recheckVehicles(ctx, payer, req, page)
		if err != nil {
			return api.FleetRecheckReply{}, err
		}
		if checked != nil {
			reply.Vehicles = checked
			break
		}
		page = page[:max(1, len(page)/2)] // too many passages around the month
	}
	if len(page) > 0 && len(page) < len(list) {
		reply.Next = reply.Vehicles[len(page)-1].Vehicle
	}
	return reply, nil
}

// fitting returns how many vehicles fit in a reply, at least one.
func fitting(list []RecheckVehicle) int {
	sum := 0
	for i, v := range list {
		if sum += v.Passages; i > 0 && sum > api.FleetRecheckPassagesMax || i == api.FleetRecheckVehiclesMax {
			return i
		}
	}
	return len(list)
}

// recheckVehicles returns the rechecks of vehicles, nil if they have too many passages together. A single one that has too
// many is TooLarge.
func (s *Service) recheckVehicles(
	ctx context.Context, payer passage.ID, req api.FleetRecheckRequest, list []RecheckVehicle,
) ([]api.VehicleRecheck, error) {
	span := FleetSpan{From: req.Month.Start().Add(-recheckMarginMin), To: (req.Month + 1).Start().Add(recheckMarginMin)}
	for _, v := range list {
		id, err := passage.ParseID(string(v.Vehicle))
		if err != nil {
			return nil, err
		}
		span.Vehicles = append(span.Vehicles, id)
	}
	b, err := s.store.RecheckData(ctx, span, api.RecheckPassagesMax+1)
	if err != nil {
		return nil, err
	}
	large := len(b.Rows) > api.RecheckPassagesMax
	if large && len(list) > 1 {
		return nil, nil
	}
	checked := make([]api.VehicleRecheck, 0, len(list))
	for i, v := range list {
		line := api.VehicleRecheck{Vehicle: v.Vehicle, Plate: v.Plate, TooLarge: large}
		if !large {
			reply, err := s.recheckOf(ctx, payer, b.of(v.Vehicle, span.Vehicles[i]), span, api.RecheckRequest{Vehicle: v.Vehicle, Month: req.Month})
			if line.TooLarge = fault.CodeOf(err) == fault.TooLarge && err != nil; err != nil && !line.TooLarge {
				return nil, err
			}
			line.Statement = reply.Statement
		}
		checked = append(checked, line)
	}
	return checked, nil
}

// recheckOf returns the recheck of one vehicle of several. Its data is read again if passages outside the span can affect
// the month.
func (s *Service) recheckOf(ctx context.Context, payer passage.ID, b RecheckData, span FleetSpan, req api.RecheckRequest) (api.RecheckReply, error) {
	if relevant, whole := s.relevant(b, req.Month, span); whole {
		return relevant.reply(payer, req.Month), nil
	}
	return s.recheck(ctx, payer, req)
}

// of returns the data of one vehicle.
func (b RecheckData) of(id toll.VehicleID, vehicle passage.ID) (one RecheckData) {
	first := sort.Search(len(b.Rows), func(i int) bool { return bytes.Compare(b.Rows[i].Vehicle[:], vehicle[:]) >= 0 })
	end := sort.Search(len(b.Rows), func(i int) bool { return bytes.Compare(b.Rows[i].Vehicle[:], vehicle[:]) > 0 })
	one.Rows = slices.Clip(b.Rows[first:end])
	for _, f := range b.Facts {
		if f.Vehicle == id {
			one.Facts = append(one.Facts, f)
		}
	}
	for _, e := range b.Exemptions {
		if e.Vehicle == id {
			one.Exemptions = append(one.Exemptions, e)
		}
	}
	for _, p := range b.Supplements {
		if p.Vehicle == id {
			one.Supplements = append(one.Supplements, p)
		}
	}
	return one
}
