package overviewdb

import (
	"context"
	"fmt"

	"bompass/server/overview"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// MonthSums returns the sums of a customer's passages of a month for each agreement and vehicle.
func (s *Store) MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.VehicleSum, error) {
	list, err := store.Select[overview.VehicleSum](ctx, s.db.Pool, `
		select text_or_empty(agreement_id) as agreement, text_or_empty(vehicle_id) as vehicle, passages, net, unread from (
			select agreement_id, vehicle_id, sum(passages) as passages, sum(net)::bigint as net, sum(unread) as unread
			from passage_sum where customer_id = $1 and day between $2 and $3 group by agreement_id, vehicle_id) s`,
		string(customer), month.First().String(), month.Last().String())
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	return list, nil
}

// DaySums returns the sums of a customer's passages for each Norwegian day and agreement.
func (s *Store) DaySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.DaySpend, error) {
	type dayRow struct {
		Day       oslo.Day
		Agreement toll.AgreementID
		Net       money.Ore
		Passages  int
	}
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r dayRow) api.DaySpend { return api.DaySpend(r) }, `
		select day - date 'epoch' as day, text_or_empty(agreement_id) as agreement, sum(net)::bigint as net, sum(passages) as passages
		from passage_sum where customer_id = $1 and day between $2 and $3 group by day, agreement_id order by day, agreement`,
		string(customer), first.First().String(), last.Last().String())
	if err != nil {
		return nil, fmt.Errorf("day sums: %w", err)
	}
	return list, nil
}

// CapCounts returns how far each vehicle has counted at each station in a month.
func (s *Store) CapCounts(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.CapCount, error) {
	list, err := store.Select[overview.CapCount](ctx, s.db.Pool,
		`select vehicle_id::text as vehicle, station, count, cap as of from cap_count where customer_id = $1 and month = $2`,
		string(customer), month.First().String())
	if err != nil {
		return nil, fmt.Errorf("cap counts: %w", err)
	}
	return list, nil
}
