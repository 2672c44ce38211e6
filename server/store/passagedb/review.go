package passagedb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
)

// learntMax bounds what is told of the register at a time.
const learntMax = 1000

// DueWork returns what is due at an instant: partitions with reviews, register changes and releases from quarantine.
func (s *Store) DueWork(ctx context.Context, now time.Time) (a passage.DueWork, err error) {
	err = s.db.Pool.QueryRow(ctx, `select array(select distinct partition from review where due <= $1),
		exists (select from quarantine where released_at is not null and resolved_at is null)`, now).Scan(&a.Partitions, &a.HasReleased)
	if err != nil {
		return a, fmt.Errorf("what is due: %w", err)
	}
	rows, err := s.db.Pool.Query(ctx, "select id, vehicle_id, again_at from register_change where again_at is null or again_at <= $1 order by id limit $2", now, learntMax)
	if err != nil {
		return a, fmt.Errorf("what is due: %w", err)
	}
	a.RegisterChanges, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l passage.RegisterChange, err error) {
		var again *time.Time
		err = row.Scan(&l.ID, &l.Vehicle, &again)
		if again != nil {
			l.RepeatAt = *again
		}
		return l, err
	})
	if err != nil {
		return a, fmt.Errorf("what is due: %w", err)
	}
	return a, nil
}

// errChanged is another worker's change of the same passage at the same time; the next look finds it.
var errChanged = errors.New("a passage has just got another vehicle")

// change writes what kept passages are now; the database keeps what they were.
func change(ctx context.Context, tx pgx.Tx, list []passage.Update) error {
	for i := range list {
		c := &list[i]
		tag, err := tx.Exec(ctx, `update passage set passed_at = $2, withdrawn = $3, vehicle_id = $4, customer_id = $5, agreement_id = $6,
				matched_by = $7, blocked = $8 where id = $1 and vehicle_id is not distinct from $9`,
			uuid(c.ID), c.At, c.Withdrawn, uuid(c.Vehicle), uuid(c.Customer), uuid(c.Agreement), string(c.MatchedBy), c.Blocked, uuid(c.PreviousVehicle))
		if err == nil && tag.RowsAffected() != 1 {
			err = errChanged
		}
		if err != nil {
			return fmt.Errorf("change passage %x: %w", c.ID, err)
		}
	}
	return nil
}

// writePast writes corrections and what is to be looked at again.
func writePast(ctx context.Context, tx pgx.Tx, p passage.Posting) error {
	batch := &pgx.Batch{}
	for _, c := range p.Corrections {
		batch.Queue(`insert into passage_correction (passage_id, revision, passed_at, withdrawn, reason, received_at)
			values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, uuid(c.Passage), c.Revision, c.At, c.Withdrawn, c.Reason, c.Received)
	}
	if len(p.FinishedReviews) > 0 {
		batch.Queue("delete from review where passage_id = any($1)", uuids(p.FinishedReviews))
	}
	for _, l := range p.RegisterChanges {
		if l.Done {
			batch.Queue("delete from register_change where id = $1", l.ID)
		} else {
			batch.Queue("update register_change set again_at = $2 where id = $1", l.ID, l.RepeatAt)
		}
	}
	if batch.Len() > 0 {
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("corrections and reviews: %w", err)
		}
	}
	return keepReviews(ctx, tx, p.Reviews)
}

// keepReviews adds reviews. Of one passage there is one, at the earliest instant, for all reasons; they
// are written in the order of passages, so that two partitions do not wait for each other.
func keepReviews(ctx context.Context, tx pgx.Tx, list []passage.Review) error {
	if len(list) == 0 {
		return nil
	}
	ids, due, no := make([]pgtype.UUID, len(list)), make([]time.Time, len(list)), make([]int, len(list))
	rematch, waiting := make([]bool, len(list)), make([]bool, len(list))
	for i, r := range list {
		ids[i], due[i], no[i], rematch[i], waiting[i] = uuid(r.Passage), r.Due, r.Partition, r.Rematch, r.AwaitsPassage
	}
	_, err := tx.Exec(ctx, `insert into review as r (passage_id, due, partition, rematch, waiting)
		select id, min(due), max(no), bool_or(rematch), bool_or(waiting)
			from unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::bool[], $5::bool[]) as n (id, due, no, rematch, waiting) group by id order by id
		on conflict (passage_id) do update set due = least(r.due, excluded.due), partition = excluded.partition,
			rematch = r.rematch or excluded.rematch, waiting = r.waiting or excluded.waiting`, ids, due, no, rematch, waiting)
	if err != nil {
		return fmt.Errorf("reviews: %w", err)
	}
	return nil
}

// DueReviews returns reviews of a partition that are due, and holds them.
func (b *partitionTx) DueReviews(ctx context.Context, partition int, now time.Time, limit int) ([]passage.Review, error) {
	rows, err := b.tx.Query(ctx, `select passage_id, due, partition, rematch, waiting from review
		where partition = $1 and due <= $2 order by due, passage_id limit $3 for update skip locked`, partition, now, limit)
	if err != nil {
		return nil, fmt.Errorf("reviews that are due: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r passage.Review, err error) {
		var id pgtype.UUID
		err = row.Scan(&id, &r.Due, &r.Partition, &r.Rematch, &r.AwaitsPassage)
		r.Passage = id.Bytes
		return r, err
	})
}

// StoredWithCorrections returns those of the passages that are stored, each with the correction in force.
func (b *partitionTx) StoredWithCorrections(ctx context.Context, ids []passage.ID) ([]passage.StoredWithCorrection, error) {
	rows, err := b.tx.Query(ctx, `select p.id, p.station, p.lane, p.epoch, p.sequence, p.passed_at, p.direction, p.tag, p.country, p.plate,
			p.vehicle_id, p.customer_id, p.agreement_id, p.matched_by, p.blocked, p.withdrawn, p.received_at, coalesce(c.revision, 0),
			coalesce(c.list, 0), coalesce(c.net, 0), coalesce(c.digest, 0), k.revision, k.passed_at, k.withdrawn, k.reason
		from passage p
		left join lateral (select revision, list, net, digest from charge where passage_id = p.id order by revision desc limit 1) c on true
		left join lateral (select * from passage_correction where passage_id = p.id order by revision desc limit 1) k on true
		where p.id = any($1)`, uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("passages under review: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (k passage.StoredWithCorrection, err error) {
		var revision *int16
		var at *time.Time
		var withdrawn *bool
		var reason *string
		if err := scanKept(row, &k.Stored, &revision, &at, &withdrawn, &reason); err != nil || revision == nil {
			return k, err
		}
		k.Latest = &passage.Correction{Passage: k.ID, Revision: *revision, At: *at, Withdrawn: *withdrawn, Reason: *reason}
		return k, nil
	})
}

// AwaitedByCorrections returns those of the passages for which a correction has arrived first; usually there are none.
func (b *partitionTx) AwaitedByCorrections(ctx context.Context, ids []passage.ID) ([]passage.ID, error) {
	if !b.waiting {
		return nil, nil
	}
	rows, err := b.tx.Query(ctx, "select passage_id from review where waiting and passage_id = any($1)", uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("corrections that wait: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (passage.ID, error) {
		var id pgtype.UUID
		err := row.Scan(&id)
		return id.Bytes, err
	})
}

// AffectedByChanges returns reviews of the passages that changes of the register bear on: those of the vehicle; those
// where the tag was read, whoever they were matched with; and those of its plate that nobody has.
func (b *partitionTx) AffectedByChanges(ctx context.Context, learnt []int64, since time.Time) ([]passage.Review, error) {
	rows, err := b.tx.Query(ctx, `with l as (
			select vehicle_id, tag, greatest(since, $2) as since, coalesce(until, 'infinity') as until, rematch from register_change where id = any($1))
		select id, bool_or(rematch) from (
			select p.id, l.rematch from l join passage p on p.vehicle_id = l.vehicle_id and p.passed_at >= l.since and p.passed_at < l.until
			union all
			select p.id, l.rematch from l join mount m on m.tag_id = l.tag
				join passage p on p.vehicle_id = m.vehicle_id and p.tag = l.tag and p.passed_at >= l.since and p.passed_at < l.until
			union all
			select p.id, l.rematch from l join passage p on p.tag = l.tag and p.tag <> '' and p.matched_by <> 'tag'
				and p.passed_at >= l.since and p.passed_at < l.until
			union all
			select p.id, l.rematch from l join vehicle v on v.id = l.vehicle_id join passage p on p.vehicle_id is null
				and p.plate = v.plate and p.country = v.country and p.passed_at >= l.since and p.passed_at < l.until
		) found group by id`, learnt, since)
	if err != nil {
		return nil, fmt.Errorf("passages affected by register changes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r passage.Review, err error) {
		var id pgtype.UUID
		err = row.Scan(&id, &r.Rematch)
		r.Passage = id.Bytes
		return r, err
	})
}
