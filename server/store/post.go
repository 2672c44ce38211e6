package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// holdPartition locks a partition until the transaction ends, counts the transaction, and tells which
// directory is in force.
const holdPartition = `insert into partition_state as s (no, generation) values ($1, 1)
	on conflict (no) do update set generation = s.generation + 1
	returning generation, (select version from directory_version), exists (select from review where waiting)`

// Post runs decide in a transaction that holds the partition, and writes what it returns.
func (s *Store) Post(ctx context.Context, partition int, decide func(context.Context, passage.PartitionTx) (passage.Posting, error)) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		b := &partitionTx{tx: tx}
		if err := tx.QueryRow(ctx, holdPartition, partition).Scan(&b.generation, &b.registerVersion, &b.waiting); err != nil {
			return err
		}
		p, err := decide(ctx, b)
		if err != nil {
			return err
		}
		return write(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("post on partition %d: %w", partition, err)
	}
	return nil
}

func write(ctx context.Context, tx pgx.Tx, p passage.Posting) error {
	if len(p.Passages) > 0 {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"passage"}, passageColumns, &passageRows{list: p.Passages}); err != nil {
			return fmt.Errorf("passages: %w", err)
		}
	}
	if err := change(ctx, tx, p.Updates); err != nil {
		return err
	}
	if len(p.Charges) > 0 {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"charge"}, chargeColumns, &chargeRows{list: p.Charges, at: p.At}); err != nil {
			return fmt.Errorf("charges: %w", err)
		}
	}
	if err := writePast(ctx, tx, p); err != nil {
		return err
	}
	return quarantine(ctx, tx, p.Quarantined)
}

var (
	passageColumns = []string{
		"id", "station", "lane", "epoch", "sequence", "passed_at", "received_at", "direction", "tag", "country", "plate",
		"vehicle_id", "customer_id", "agreement_id", "matched_by", "blocked",
	}
	chargeColumns = []string{"passage_id", "revision", "posted_at", "list", "net", "amount", "tariff", "steps", "digest", "customer_id"}
)

// passageRows feeds COPY.
type passageRows struct {
	list []passage.Record
	row  [16]any
	next int
}

func (r *passageRows) Next() bool { r.next++; return r.next <= len(r.list) }
func (r *passageRows) Err() error { return nil }

func (r *passageRows) Values() ([]any, error) {
	p := &r.list[r.next-1]
	r.row = [16]any{
		uuid(p.ID), string(p.Station), p.Lane, p.Epoch, p.Sequence, p.At, p.Received, string(p.Direction), string(p.Tag), p.Country,
		p.Plate, uuid(p.Vehicle), uuid(p.Customer), uuid(p.Agreement), string(p.MatchedBy), p.Blocked,
	}
	return r.row[:], nil
}

// chargeRows feeds COPY.
type chargeRows struct {
	list []passage.Charge
	at   time.Time
	row  [10]any
	next int
}

func (r *chargeRows) Next() bool { r.next++; return r.next <= len(r.list) }
func (r *chargeRows) Err() error { return nil }

func (r *chargeRows) Values() ([]any, error) {
	c := &r.list[r.next-1]
	r.row = [10]any{
		uuid(c.Passage), c.Revision, r.at, int64(c.List), int64(c.Net), int64(c.Amount), c.Tariff, c.Steps, c.Digest, uuid(c.Customer),
	}
	return r.row[:], nil
}

func uuid(id passage.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: id != passage.ID{}} }

// Quarantine keeps passages that need a person; those kept already stay as they are.
func (s *Store) Quarantine(ctx context.Context, list []passage.Quarantined) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return quarantine(ctx, tx, list) })
}

func quarantine(ctx context.Context, tx pgx.Tx, list []passage.Quarantined) error {
	if len(list) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, q := range list {
		key := messageKey(q.Observation)
		params, errP := json.Marshal(q.Reason.Params)
		observation, errO := json.Marshal(q.Observation)
		if err := errors.Join(errP, errO); err != nil {
			return fmt.Errorf("quarantine %s: %w", key, err)
		}
		batch.Queue(`insert into quarantine (message_key, code, params, observation, station, received_at)
			values ($1, $2, $3, $4, $5, $6) on conflict (message_key, code) do update
			set resolved_at = null, released_at = null where quarantine.resolved_at is not null`,
			key, string(q.Reason.Code), params, observation, string(q.Observation.Station), q.Received)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

// messageKey tells a passage from its corrections.
func messageKey(o toll.Observation) string {
	if o.Revision == 0 {
		return o.Key()
	}
	return o.Key() + "/" + strconv.Itoa(o.Revision)
}

// partitionTx is an open transaction that holds a partition.
type partitionTx struct {
	tx              pgx.Tx
	generation      int64
	registerVersion int64
	waiting         bool // a correction waits for its passage
}

func (b *partitionTx) Generation() int64      { return b.generation }
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
