package passagedb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage/sumcheck"
	"bompass/server/store"
	"bompass/shared/oslo"
)

// chunk is the half-open range of passages, and of their sums, that one comparison covers.
type chunk struct {
	from, to     pgtype.UUID
	since, until any // time.Time or "infinity"
	first, end   any // date or "infinity"
}

// CompareSums compares sums and counts towards caps with passages and charges.
func (s *Store) CompareSums(ctx context.Context, from sumcheck.Position, passages int, caps oslo.Month) (result sumcheck.Comparison, err error) {
	err = s.db.Snapshot(ctx, "compare sums", func(tx pgx.Tx) error {
		c, err := chunkFrom(ctx, tx, from, passages, &result)
		if err != nil {
			return err
		}
		if result.Days, err = differentDays(ctx, tx, c); err != nil {
			return err
		}
		result.Months, err = differentMonths(ctx, tx, c, caps)
		return err
	})
	return result, err
}

// chunkFrom returns the chunk that begins at a position and ends with a month of a customer.
func chunkFrom(ctx context.Context, tx pgx.Tx, from sumcheck.Position, passages int, result *sumcheck.Comparison) (chunk, error) {
	c := chunk{from: idOrZero(from.Customer), since: from.Day.Start(), first: from.Day.String(), until: "infinity", end: "infinity"}
	for i := range c.to.Bytes {
		c.to.Bytes[i] = 0xff
	}
	c.to.Valid = true
	end, err := store.SelectOne[struct {
		CustomerID pgtype.UUID
		PassedAt   time.Time
	}](ctx, tx, `select customer_id, passed_at from passage where customer_id is not null and (customer_id, passed_at) >= ($1, $2)
		order by customer_id, passed_at offset $3 limit 1`, c.from, c.since, passages)
	if errors.Is(err, pgx.ErrNoRows) {
		result.Last = true
		return c, nil
	}
	if err != nil {
		return c, err
	}
	next := (oslo.MonthOf(end.PassedAt) + 1).First()
	result.Next = sumcheck.Position{Customer: end.CustomerID.Bytes, Day: next}
	c.to, c.until, c.end = end.CustomerID, next.Start(), next.String()
	return c, nil
}

// differentDays returns the days of a chunk whose sums differ.
func differentDays(ctx context.Context, tx pgx.Tx, c chunk) ([]sumcheck.Position, error) {
	type dayRow struct {
		CustomerID pgtype.UUID
		Day        oslo.Day
	}
	return store.SelectMapped(ctx, tx, func(r dayRow) sumcheck.Position { return sumcheck.Position{Customer: r.CustomerID.Bytes, Day: r.Day} }, `
		with charged as (
			select p.customer_id, norwegian_day(p.passed_at) as day, id_or_zero(p.vehicle_id) as vehicle_id, id_or_zero(p.agreement_id) as agreement_id,
				count(*) as passages, count(*) filter (where p.matched_by = 'plate') as unread, coalesce(sum(c.net), 0) as net
			from passage p cross join lateral (select sum(amount) as net from charge where passage_id = p.id) c
			where p.customer_id is not null and (p.customer_id, p.passed_at) >= ($1, $3) and (p.customer_id, p.passed_at) < ($2, $4) group by 1, 2, 3, 4
		), kept as (
			select * from passage_sum where (customer_id, day) >= ($1, $5) and (customer_id, day) < ($2, $6)
		)
		select distinct customer_id, day - date 'epoch' as day from charged c full join kept k using (customer_id, day, vehicle_id, agreement_id)
		where (c.passages, c.unread, c.net) is distinct from (k.passages, k.unread, k.net)`, c.from, c.to, c.since, c.until, c.first, c.end)
}

// selectCaps selects the counts towards caps of passages p.
const selectCaps = `select distinct on (1, 2, 3, 4) p.customer_id, date_trunc('month', norwegian_day(p.passed_at))::date as month, p.vehicle_id, p.station,
		step.count, step."of" as cap
	from passage p cross join lateral (select steps from charge where passage_id = p.id order by revision desc limit 1) c
	cross join json_to_recordset(c.steps) as step (rule text, count int, "of" int)
	where p.vehicle_id is not null and p.station <> '' and step.rule in ('counted', 'cap') and `

// differentMonths returns the months of a chunk, from a month on, whose counts towards caps differ.
func differentMonths(ctx context.Context, tx pgx.Tx, c chunk, caps oslo.Month) ([]sumcheck.CapMonth, error) {
	type monthRow struct {
		CustomerID, VehicleID pgtype.UUID
		Month                 oslo.Day
	}
	return store.SelectMapped(ctx, tx, func(r monthRow) sumcheck.CapMonth {
		return sumcheck.CapMonth{Customer: r.CustomerID.Bytes, Vehicle: r.VehicleID.Bytes, Month: r.Month.Month()}
	}, `with counted as (`+selectCaps+`p.customer_id is not null and (p.customer_id, p.passed_at) >= ($1, $3) and (p.customer_id, p.passed_at) < ($2, $4)
				and p.passed_at >= $7 order by 1, 2, 3, 4, step.count desc
		), kept as (
			select * from cap_count where (customer_id, month) >= ($1, $5) and (customer_id, month) < ($2, $6) and month >= $8
		)
		select distinct customer_id, vehicle_id, month - date 'epoch' as month from counted c full join kept k using (customer_id, month, vehicle_id, station)
		where (c.count, c.cap) is distinct from (k.count, k.cap)`, c.from, c.to, c.since, c.until, c.first, c.end, caps.Start(), caps.First().String())
}

// repair runs do in a transaction while no worker posts.
func (s *Store) repair(ctx context.Context, what string, do func(pgx.Tx) error) error {
	return s.db.Tx(ctx, what, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select from partition_state order by no for update"); err != nil {
			return err
		}
		return do(tx)
	})
}

// RepairDays adds up days of customers again.
func (s *Store) RepairDays(ctx context.Context, days []sumcheck.Position) error {
	customers, dates := make([]pgtype.UUID, len(days)), make([]int32, len(days))
	since, until := make([]time.Time, len(days)), make([]time.Time, len(days))
	for i, d := range days {
		customers[i], dates[i], since[i], until[i] = idOrZero(d.Customer), int32(d.Day), d.Day.Start(), (d.Day + 1).Start()
	}
	return s.repair(ctx, "repair sums", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from passage_sum s using unnest($1::uuid[], $2::int[]) as d (customer, day)
			where s.customer_id = d.customer and s.day = date 'epoch' + d.day`, customers, dates)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into passage_sum (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
			select p.customer_id, date 'epoch' + d.day, id_or_zero(p.vehicle_id), id_or_zero(p.agreement_id),
				count(*), count(*) filter (where p.matched_by = 'plate'), coalesce(sum(c.net), 0)
			from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[]) as d (customer, day, since, until)
			cross join lateral (select * from passage where customer_id = d.customer and passed_at >= d.since and passed_at < d.until offset 0) p
			cross join lateral (select sum(amount) as net from charge where passage_id = p.id) c
			group by 1, 2, 3, 4`, customers, dates, since, until)
		return err
	})
}

// RepairMonths counts vehicles' passages towards caps again.
func (s *Store) RepairMonths(ctx context.Context, months []sumcheck.CapMonth) error {
	return s.repair(ctx, "repair counts towards caps", func(tx pgx.Tx) error {
		for _, m := range months {
			_, err := tx.Exec(ctx, "delete from cap_count where customer_id = $1 and month = $2 and vehicle_id = $3",
				uuid(m.Customer), m.Month.First().String(), uuid(m.Vehicle))
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `insert into cap_count (customer_id, month, vehicle_id, station, count, cap) `+selectCaps+`
				p.customer_id = $1 and p.vehicle_id = $2 and p.passed_at >= $3 and p.passed_at < $4 order by 1, 2, 3, 4, step.count desc`,
				uuid(m.Customer), uuid(m.Vehicle), m.Month.Start(), (m.Month + 1).Start())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// PruneCaps deletes counts towards caps of months before one.
func (s *Store) PruneCaps(ctx context.Context, before oslo.Month, limit int) (n int, err error) {
	err = s.repair(ctx, "prune counts towards caps", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "delete from cap_count where ctid = any(array(select ctid from cap_count where month < $1 limit $2))",
			before.First().String(), limit)
		n = int(done.RowsAffected())
		return err
	})
	return n, err
}

var _ sumcheck.Store = (*Store)(nil)
