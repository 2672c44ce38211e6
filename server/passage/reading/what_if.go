package reading

import (
	"context"
	"time"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// blockedMonthsMax is the maximum number of months for which a lost discount is added up.
const blockedMonthsMax = 24

// LostToBlock returns the discount that the passages of a vehicle have lost since its agreement was blocked: the months are rated
// as they are, and as they would be if the agreement had not been blocked.
func (s *Service) LostToBlock(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID, since, now time.Time) (b api.BlockedSpan, err error) {
	b.Since = since
	for month := max(oslo.MonthOf(since), oslo.MonthOf(now)-blockedMonthsMax+1); month <= oslo.MonthOf(now); month++ {
		reply, err := s.Recheck(ctx, customer, api.RecheckRequest{Vehicle: vehicle, Month: month})
		if err != nil {
			return b, err
		}
		_, is := netOf(s.plan(), month, reply.Passages, since)
		open := make([]recheck.Passage, len(reply.Passages))
		for i, p := range reply.Passages {
			if onAgreement := p.MatchedBy == toll.ByTag || p.MatchedBy == toll.ByPlate; onAgreement && !p.At.Before(since) {
				p.Agreement = true
			}
			open[i] = p
		}
		n, would := netOf(s.plan(), month, open, since)
		b.Passages += n
		b.Lost += max(0, is-would)
	}
	return b, nil
}

// netOf returns how many of a vehicle's passages of a month are not before an instant, and what those cost.
func netOf(plan *rating.Plan, month oslo.Month, passages []recheck.Passage, since time.Time) (n int, net money.Ore) {
	for _, l := range recheck.Check(plan, recheck.Statement{Month: month, Passages: passages}).Lines {
		if l.Own != nil && !l.Passage.At.Before(since) {
			n++
			net += l.Own.Net
		}
	}
	return n, net
}

// usualVehiclesMax is the maximum number of vehicles among which the one that drives most is looked for.
const usualVehiclesMax = 500

// Usual returns what a customer's usual month would cost with a vehicle, with a tag and without: the passages of last month of the
// customer's vehicle that drove most, rated as the new vehicle's. A customer who has not driven gets a passage at a station of the
// toll company instead.
func (s *Service) Usual(ctx context.Context, customer toll.CustomerID, v toll.Vehicle, charger toll.ChargerID, now time.Time) (u api.UsualCost, err error) {
	u.Month = oslo.MonthOf(now) - 1
	list, err := s.store.RecheckVehicles(ctx, VehicleQuery{Customer: customer, First: u.Month.First(), Last: u.Month.Last(), Limit: usualVehiclesMax})
	if err != nil {
		return u, err
	}
	most := RecheckVehicle{}
	for _, one := range list {
		if one.Passages > most.Passages {
			most = one
		}
	}
	if most.Passages == 0 {
		return s.typical(u, v, charger, now), nil
	}
	reply, err := s.Recheck(ctx, customer, api.RecheckRequest{Vehicle: most.Vehicle, Month: u.Month})
	if err != nil {
		return u, err
	}
	u.Plate = most.Plate
	u.Passages, u.With = s.asIf(u.Month, reply.Passages, v, true)
	_, u.Without = s.asIf(u.Month, reply.Passages, v, false)
	return u, nil
}

// asIf returns what passages would cost if a vehicle on an agreement had driven them.
func (s *Service) asIf(month oslo.Month, passages []recheck.Passage, v toll.Vehicle, tag bool) (n int, net money.Ore) {
	driven := make([]recheck.Passage, len(passages))
	for i, p := range passages {
		driven[i] = recheck.Passage{
			ID: p.ID, Station: p.Station, At: p.At, Direction: p.Direction, Facts: v.Facts, LengthMM: v.LengthMM, Agreement: true, TagRead: tag,
		}
	}
	return netOf(s.plan(), month, driven, time.Time{})
}

// typicalHour is the hour of a typical passage, outside the rush.
const typicalHour = 12

// typical returns the price of one passage, at noon on a Tuesday, at the first station of a toll company that charges the vehicle.
func (s *Service) typical(u api.UsualCost, v toll.Vehicle, charger toll.ChargerID, now time.Time) api.UsualCost {
	day := oslo.DayOf(now)
	for day.Weekday() != time.Tuesday {
		day--
	}
	for _, station := range s.plan().Stations() {
		if station.Charger != charger || station.Ferry {
			continue
		}
		one := []recheck.Passage{{ID: toll.FormatPassageID(passage.ID{1}), Station: station.ID, At: oslo.At(day, typicalHour, 0, 0), Direction: station.Charged}}
		if _, without := s.asIf(day.Month(), one, v, false); without > 0 {
			u.Station, u.Passages, u.Without = station.Name, 1, without
			_, u.With = s.asIf(day.Month(), one, v, true)
			return u
		}
	}
	return u
}
