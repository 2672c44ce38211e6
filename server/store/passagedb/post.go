package passagedb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bompass/server/passage"
	"bompass/server/store"
)

// holdPartition locks a partition until the transaction ends and counts the transaction. It returns the count
// and the version of the register that is in force.
const holdPartition = `insert into partition_state as s (no, generation) values ($1, 1)
	on conflict (no) do update set generation = s.generation + 1
	returning generation, (select version from directory_version) as register_version, exists (select from review where waiting) as waiting`

// notInForce is the SQLSTATE of function check_release.
const notInForce = "BP001"

// Post runs decide in a transaction that holds the partition, and writes the posting that it returns. A trigger refuses
// the transaction if the release of price lists that it rates by is not in force.
func (s *Store) Post(ctx context.Context, partition int, release int64, decide func(context.Context, passage.PartitionTx) (passage.Posting, error)) error {
	err := pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('bompass.release', $1, true), set_config('bompass.sums', 'added', true)", strconv.FormatInt(release, 10)); err != nil {
			return err
		}
		held, err := store.SelectOne[struct {
			Generation, RegisterVersion int64
			Waiting                     bool
		}](ctx, tx, holdPartition, partition)
		if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == notInForce {
			return passage.ErrNotInForce
		}
		if err != nil {
			return err
		}
		p, err := decide(ctx, &partitionTx{tx: tx, generation: held.Generation, registerVersion: held.RegisterVersion, waiting: held.Waiting})
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
	if err := updatePassages(ctx, tx, p.Updates); err != nil {
		return err
	}
	if len(p.Charges) > 0 {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"charge"}, chargeColumns, &chargeRows{list: p.Charges, at: p.At}); err != nil {
			return fmt.Errorf("charges: %w", err)
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"unbilled"}, unbilledColumns, &unbilledRows{list: p.Charges}); err != nil {
			return fmt.Errorf("unbilled charges: %w", err)
		}
	}
	if err := addSums(ctx, tx, p.Sums); err != nil {
		return err
	}
	if err := setCapCounts(ctx, tx, p.CapCounts); err != nil {
		return err
	}
	if err := writeReviews(ctx, tx, p); err != nil {
		return err
	}
	return quarantine(ctx, tx, p.Quarantined)
}

var (
	passageColumns = []string{
		"id", "station", "lane", "epoch", "sequence", "passed_at", "received_at", "direction", "tag", "country", "plate",
		"vehicle_id", "customer_id", "agreement_id", "matched_by", "blocked",
	}
	chargeColumns   = []string{"passage_id", "revision", "posted_at", "list", "net", "amount", "tariff", "steps", "digest", "customer_id"}
	unbilledColumns = []string{"passage_id", "revision", "customer_id", "agreement_id", "passed_at", "amount"}
)

// passageRows is the source of a COPY into passage.
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

// chargeRows is the source of a COPY into charge.
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

// unbilledRows is the source of a COPY of charges into unbilled. A charge without a payer is on nobody's invoice.
type unbilledRows struct {
	list []passage.Charge
	row  [6]any
	next int
}

func (r *unbilledRows) Next() bool {
	for r.next++; r.next <= len(r.list) && r.list[r.next-1].Customer == (passage.ID{}); r.next++ {
	}
	return r.next <= len(r.list)
}

func (r *unbilledRows) Err() error { return nil }

func (r *unbilledRows) Values() ([]any, error) {
	c := &r.list[r.next-1]
	r.row = [6]any{uuid(c.Passage), c.Revision, uuid(c.Customer), idOrZero(c.Agreement), c.At, int64(c.Amount)}
	return r.row[:], nil
}
