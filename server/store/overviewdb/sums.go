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

// Spend returns the sums of a customer's passages for each day of a month and the one before, and for each of the
// api.OverviewMonths months until it.
func (s *Store) Spend(ctx context.Context, customer toll.CustomerID, month oslo.Month) (days []api.DaySpend, months []api.MonthSpend, err error) {
	if days, err = s.daySums(ctx, customer, month-1, month); err != nil {
		return nil, nil, err
	}
	months, err = s.monthlySums(ctx, customer, month-api.OverviewMonths+1, month)
	return days, months, err
}

// daySums returns the sums of a customer's passages for each Norwegian day and agreement.
func (s *Store) daySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.DaySpend, error) {
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

// monthlySums returns the sums of a customer's passages for each month and agreement.
func (s *Store) monthlySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.MonthSpend, error) {
	type monthRow struct {
		First     oslo.Day
		Agreement toll.AgreementID
		Net       money.Ore
		Passages  int
	}
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r monthRow) api.MonthSpend {
		return api.MonthSpend{Month: r.First.Month(), Agreement: r.Agreement, Net: r.Net, Passages: r.Passages}
	}, `
		select date_trunc('month', day)::date - date 'epoch' as first, text_or_empty(agreement_id) as agreement, sum(net)::bigint as net,
			sum(passages) as passages
		from passage_sum where customer_id = $1 and day between $2 and $3 group by 1, 2 order by 1, 2`,
		string(customer), first.First().String(), last.Last().String())
	if err != nil {
		return nil, fmt.Errorf("monthly sums: %w", err)
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
