package overviewdb

import (
	"context"
	"fmt"
	"time"

	"bompass/server/overview"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// MonthSums returns the sums of a customer's passages of a month for each agreement and vehicle.
func (s *Store) MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.VehicleSum, error) {
	list, err := store.Select[overview.VehicleSum](ctx, s.db.Pool, `
		select coalesce(p.agreement_id::text, '') as agreement, coalesce(p.vehicle_id::text, '') as vehicle, count(distinct p.id) as passages,
			coalesce(sum(c.amount), 0)::bigint as net, count(distinct p.id) filter (where p.matched_by = $4) as unread
		from passage p left join charge c on c.passage_id = p.id
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3
		group by p.agreement_id, p.vehicle_id`, string(customer), month.Start(), (month + 1).Start(), string(toll.ByPlate))
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	return list, nil
}

// DaySums returns the sums of a customer's passages for each Norwegian day and agreement. The beginnings of
// the days are arguments, so that the time zones of the database do not matter.
func (s *Store) DaySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.DaySpend, error) {
	var begin []time.Time
	for day := first.First(); day <= last.Last(); day++ {
		begin = append(begin, day.Start())
	}
	type dayRow struct {
		Day       int // counted from 1
		Agreement toll.AgreementID
		Net       money.Ore
		Passages  int
	}
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r dayRow) api.DaySpend {
		return api.DaySpend{Day: first.First() + oslo.Day(r.Day) - 1, Agreement: r.Agreement, Net: r.Net, Passages: r.Passages}
	}, `
		select width_bucket(p.passed_at, $2::timestamptz[]) as day, coalesce(p.agreement_id::text, '') as agreement,
			coalesce(sum(c.amount), 0)::bigint as net, count(distinct p.id) as passages
		from passage p left join charge c on c.passage_id = p.id
		where p.customer_id = $1 and p.passed_at >= $3 and p.passed_at < $4
		group by 1, 2 order by 1, 2`, string(customer), begin, first.Start(), (last + 1).Start())
	if err != nil {
		return nil, fmt.Errorf("day sums: %w", err)
	}
	return list, nil
}

// CapCounts returns how far each vehicle has counted at each station, from the current charges of a month.
func (s *Store) CapCounts(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.CapCount, error) {
	list, err := store.Select[overview.CapCount](ctx, s.db.Pool, `
		select p.vehicle_id::text as vehicle, p.station, max(count) as count, (array_agg("of" order by count desc))[1] as of
		from passage p left join lateral (
			select steps from charge where passage_id = p.id order by revision desc limit 1) c on true,
			json_to_recordset(c.steps) as step(rule text, count int, "of" int)
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3 and p.vehicle_id is not null and step.rule in ($4, $5)
		group by p.vehicle_id, p.station`, string(customer), month.Start(), (month + 1).Start(), string(rating.RuleCounted), string(rating.RuleCap))
	if err != nil {
		return nil, fmt.Errorf("cap counts: %w", err)
	}
	return list, nil
}
