package passagedb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
)

// addSums adds to the sums of passages and charges what a posting inserts.
func addSums(ctx context.Context, tx pgx.Tx, list []passage.Sum) error {
	if len(list) == 0 {
		return nil
	}
	n := len(list)
	customers, vehicles, agreements := make([]pgtype.UUID, n), make([]pgtype.UUID, n), make([]pgtype.UUID, n)
	days, passages, unread, net := make([]int32, n), make([]int32, n), make([]int32, n), make([]int64, n)
	for i := range list {
		s := &list[i]
		customers[i], vehicles[i], agreements[i] = idOrZero(s.Customer), idOrZero(s.Vehicle), idOrZero(s.Agreement)
		days[i], passages[i], unread[i], net[i] = int32(s.Day), int32(s.Passages), int32(s.Unread), int64(s.Net)
	}
	_, err := tx.Exec(ctx, `insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select customer, date 'epoch' + day, vehicle, agreement, passages, unread, net
			from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::bigint[]) as n (customer, day, vehicle, agreement, passages, unread, net)
		on conflict (customer_id, day, vehicle_id, agreement_id) do update
			set passages = s.passages + excluded.passages, unread = s.unread + excluded.unread, net = s.net + excluded.net`,
		customers, days, vehicles, agreements, passages, unread, net)
	if err != nil {
		return fmt.Errorf("sums: %w", err)
	}
	return nil
}

// idOrZero returns an id as an argument; a zero one is not null.
func idOrZero(id passage.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// setCapCounts writes counts towards caps. One of 0 is deleted.
func setCapCounts(ctx context.Context, tx pgx.Tx, list []passage.CapCount) error {
	if len(list) == 0 {
		return nil
	}
	n := len(list)
	customers, vehicles := make([]pgtype.UUID, n), make([]pgtype.UUID, n)
	months, stations := make([]int32, n), make([]string, n)
	counts, caps := make([]int32, n), make([]int32, n)
	gone := false
	for i := range list {
		c := &list[i]
		customers[i], vehicles[i], months[i], stations[i] = uuid(c.Customer), uuid(c.Vehicle), int32(c.Month.First()), string(c.Station)
		counts[i], caps[i] = int32(c.Count), int32(c.Of)
		gone = gone || c.Count == 0
	}
	const rows = `unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::int[]) as n (customer, month, vehicle, station, count, cap)`
	args := []any{customers, months, vehicles, stations, counts, caps}
	_, err := tx.Exec(ctx, `insert into cap_count as c (customer_id, month, vehicle_id, station, count, cap)
		select customer, date 'epoch' + month, vehicle, station, count, cap from `+rows+` where count > 0
		on conflict (customer_id, month, vehicle_id, station) do update set count = excluded.count, cap = excluded.cap
			where (c.count, c.cap) <> (excluded.count, excluded.cap)`, args...)
	if err == nil && gone {
		_, err = tx.Exec(ctx, `delete from cap_count c using `+rows+` where n.count = 0 and c.customer_id = n.customer
			and c.month = date 'epoch' + n.month and c.vehicle_id = n.vehicle and c.station = n.station and n.cap = 0`, args...)
	}
	if err != nil {
		return fmt.Errorf("counts towards caps: %w", err)
	}
	return nil
}
