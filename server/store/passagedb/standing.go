package passagedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// partitionTx is an open transaction that holds a partition.
type partitionTx struct {
	tx              pgx.Tx
	generation      int64
	registerVersion int64
	waiting         bool // a correction waits for its passage
}

func (b *partitionTx) Generation() int64 { return b.generation }

func (b *partitionTx) RegisterVersion() int64 { return b.registerVersion }

// StoredIn returns the stored passages of the vehicles in their spans, with their current charges. "offset 0" holds the planner to one
// look into the index for each vehicle, however little it knows of the table.
func (b *partitionTx) StoredIn(ctx context.Context, spans []passage.Span) ([]passage.Stored, error) {
	ids := make([]pgtype.UUID, len(spans))
	from, to := make([]time.Time, len(spans)), make([]time.Time, len(spans))
	for i, s := range spans {
		ids[i], from[i], to[i] = uuid(s.Vehicle), s.From, s.To
	}
	rows, err := b.tx.Query(ctx, `select p.id, p.station, p.lane, p.epoch, p.sequence, p.passed_at, p.direction, p.tag, p.country, p.plate,
			p.vehicle_id, p.customer_id, p.agreement_id, p.matched_by, p.blocked, p.withdrawn, p.received_at, coalesce(c.revision, 0),
			coalesce(c.list, 0), coalesce(c.net, 0), coalesce(c.digest, 0)
		from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as s (vehicle, since, until)
		cross join lateral (select * from passage where vehicle_id = s.vehicle and passed_at >= s.since and passed_at < s.until offset 0) p
		left join lateral (select revision, list, net, digest from charge where passage_id = p.id order by revision desc limit 1) c on true`,
		ids, from, to)
	if err != nil {
		return nil, fmt.Errorf("standing charges: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanStanding)
	if err != nil {
		return nil, fmt.Errorf("standing charges: %w", err)
	}
	return list, nil
}

func scanStanding(row pgx.CollectableRow) (s passage.Stored, err error) {
	return s, scanKept(row, &s)
}

// scanKept reads a standing and what follows it in the row.
func scanKept(row pgx.CollectableRow, s *passage.Stored, more ...any) error {
	var id, vehicle, customer, agreement pgtype.UUID
	var station, direction, tag, matched string
	var list, net int64
	err := row.Scan(append([]any{
		&id, &station, &s.Lane, &s.Epoch, &s.Sequence, &s.At, &direction, &tag, &s.Country, &s.Plate, &vehicle, &customer, &agreement, &matched,
		&s.Blocked, &s.Withdrawn, &s.Received, &s.Revision, &list, &net, &s.Digest,
	}, more...)...)
	s.ID, s.Vehicle, s.Customer, s.Agreement = id.Bytes, vehicle.Bytes, customer.Bytes, agreement.Bytes
	s.Station, s.Direction, s.Tag = toll.StationID(station), toll.Direction(direction), toll.TagID(tag)
	s.MatchedBy, s.List, s.Net = toll.MatchedBy(matched), money.Ore(list), money.Ore(net)
	return err
}

// Existing returns those of the passages that are stored already.
func (b *partitionTx) Existing(ctx context.Context, ids []passage.ID) ([]passage.ID, error) {
	wanted := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		wanted[i] = uuid(id)
	}
	rows, err := b.tx.Query(ctx, "select id from passage where id = any($1)", wanted)
	if err != nil {
		return nil, fmt.Errorf("known passages: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (passage.ID, error) {
		var id pgtype.UUID
		err := row.Scan(&id)
		return id.Bytes, err
	})
}
