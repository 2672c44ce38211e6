package overviewdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/overview"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// MonthSums adds up a customer's passages of a month for each agreement and vehicle.
func (s *Store) MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.VehicleSum, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select coalesce(p.agreement_id::text, ''), coalesce(p.vehicle_id::text, ''), count(distinct p.id), coalesce(sum(c.amount), 0)::bigint,
			count(distinct p.id) filter (where p.matched_by = $4)
		from passage p left join charge c on c.passage_id = p.id
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3
		group by p.agreement_id, p.vehicle_id`, string(customer), month.Start(), (month + 1).Start(), string(toll.ByPlate))
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (sum overview.VehicleSum, err error) {
		err = row.Scan(&sum.Agreement, &sum.Vehicle, &sum.Passages, (*int64)(&sum.Net), &sum.Unread)
		return sum, err
	})
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	return list, nil
}

// DaySums adds up a customer's passages for each Norwegian day and agreement. The days' beginnings come
// from here, so that the database's own zones decide nothing.
func (s *Store) DaySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.DaySpend, error) {
	var begin []time.Time
	for day := first.First(); day <= last.Last(); day++ {
		begin = append(begin, day.Start())
	}
	rows, err := s.db.Pool.Query(ctx, `
		select width_bucket(p.passed_at, $2::timestamptz[]) as day, coalesce(p.agreement_id::text, '') as agreement,
			coalesce(sum(c.amount), 0)::bigint, count(distinct p.id)
		from passage p left join charge c on c.passage_id = p.id
		where p.customer_id = $1 and p.passed_at >= $3 and p.passed_at < $4
		group by 1, 2 order by 1, 2`, string(customer), begin, first.Start(), (last + 1).Start())
	if err != nil {
		return nil, fmt.Errorf("day sums: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d api.DaySpend, err error) {
		var n int
		err = row.Scan(&n, &d.Agreement, (*int64)(&d.Net), &d.Passages)
		d.Day = first.First() + oslo.Day(n) - 1
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("day sums: %w", err)
	}
	return list, nil
}

// CapCounts reads from a month's standing charges how far each vehicle has counted at each station.
func (s *Store) CapCounts(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.CapCount, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select p.vehicle_id::text, p.station, max(count), (array_agg("of" order by count desc))[1]
		from passage p left join lateral (
			select steps from charge where passage_id = p.id order by revision desc limit 1) c on true,
			json_to_recordset(c.steps) as step(rule text, count int, "of" int)
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3 and p.vehicle_id is not null and step.rule in ($4, $5)
		group by p.vehicle_id, p.station`, string(customer), month.Start(), (month + 1).Start(), string(rating.RuleCounted), string(rating.RuleCap))
	if err != nil {
		return nil, fmt.Errorf("cap counts: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c overview.CapCount, err error) {
		err = row.Scan(&c.Vehicle, &c.Station, &c.Count, &c.Of)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("cap counts: %w", err)
	}
	return list, nil
}
