package passagedb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/server/store"
	"bompass/shared/toll"
)

// registerChangesMax is the maximum number of changes of the register handled at a time.
const registerChangesMax = 1000

// DueWork returns what is due at an instant: partitions with reviews, register changes and releases from quarantine.
func (s *Store) DueWork(ctx context.Context, now time.Time) (a passage.DueWork, err error) {
	err = s.db.Pool.QueryRow(ctx, `select array(select distinct partition from review where due <= $1),
		exists (select from quarantine where released_at is not null and resolved_at is null)`, now).Scan(&a.Partitions, &a.HasReleased)
	if err != nil {
		return a, fmt.Errorf("due work: %w", err)
	}
	type changeRow struct {
		ID      int64
		Vehicle toll.VehicleID
		AgainAt *time.Time
	}
	a.RegisterChanges, err = store.SelectMapped(ctx, s.db.Pool, func(r changeRow) passage.RegisterChange {
		return passage.RegisterChange{ID: r.ID, Vehicle: r.Vehicle, RepeatAt: store.ZeroIfNull(r.AgainAt)}
	}, "select id, vehicle_id::text as vehicle, again_at from register_change where again_at is null or again_at <= $1 order by id limit $2", now, registerChangesMax)
	if err != nil {
		return a, fmt.Errorf("due register changes: %w", err)
	}
	return a, nil
}

// errChanged reports that another worker has changed the same passage; the next attempt sees that.
var errChanged = errors.New("passage was changed meanwhile")

// updatePassages updates stored passages. A trigger saves the rows that they replace.
func updatePassages(ctx context.Context, tx pgx.Tx, list []passage.Update) error {
	for i := range list {
		c := &list[i]
		tag, err := tx.Exec(ctx, `update passage set passed_at = $2, withdrawn = $3, vehicle_id = $4, customer_id = $5, agreement_id = $6,
				matched_by = $7, blocked = $8 where id = $1 and vehicle_id is not distinct from $9`,
			uuid(c.ID), c.At, c.Withdrawn, uuid(c.Vehicle), uuid(c.Customer), uuid(c.Agreement), string(c.MatchedBy), c.Blocked, uuid(c.PreviousVehicle))
		if err == nil && tag.RowsAffected() != 1 {
			err = errChanged
		}
		if err != nil {
			return fmt.Errorf("update passage %x: %w", c.ID, err)
		}
	}
	return nil
}

// writeReviews writes corrections, and adds and removes reviews and register changes.
func writeReviews(ctx context.Context, tx pgx.Tx, p passage.Posting) error {
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
	return addReviews(ctx, tx, p.Reviews)
}

// addReviews adds reviews. A passage has at most one, at the earliest instant, for all reasons. They are
// written in the order of passages, so that two partitions do not wait for each other.
func addReviews(ctx context.Context, tx pgx.Tx, list []passage.Review) error {
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

// DueReviews returns reviews of a partition that are due, and locks them.
func (b *partitionTx) DueReviews(ctx context.Context, partition int, now time.Time, limit int) ([]passage.Review, error) {
	type reviewRow struct {
		PassageID        pgtype.UUID
		Due              time.Time
		Partition        int
		Rematch, Waiting bool
	}
	list, err := store.SelectMapped(ctx, b.tx, func(r reviewRow) passage.Review {
		return passage.Review{Passage: r.PassageID.Bytes, Due: r.Due, Partition: r.Partition, Rematch: r.Rematch, AwaitsPassage: r.Waiting}
	}, `select passage_id, due, partition, rematch, waiting from review
		where partition = $1 and due <= $2 order by due, passage_id limit $3 for update skip locked`, partition, now, limit)
	if err != nil {
		return nil, fmt.Errorf("due reviews: %w", err)
	}
	return list, nil
}

// correctedRow is a stored passage with the correction in force, whose columns are null when there is none.
type correctedRow struct {
	storedRow
	CorrectionRevision  *int16
	CorrectionAt        *time.Time
	CorrectionWithdrawn *bool
	CorrectionReason    *string
}

func (r correctedRow) corrected() passage.StoredWithCorrection {
	s := passage.StoredWithCorrection{Stored: r.stored()}
	if r.CorrectionRevision != nil {
		s.Latest = &passage.Correction{
			Passage: s.ID, Revision: *r.CorrectionRevision, At: *r.CorrectionAt, Withdrawn: *r.CorrectionWithdrawn, Reason: *r.CorrectionReason,
		}
	}
	return s
}

// StoredWithCorrections returns those of the passages that are stored, each with the correction in force.
func (b *partitionTx) StoredWithCorrections(ctx context.Context, ids []passage.ID) ([]passage.StoredWithCorrection, error) {
	list, err := store.SelectMapped(ctx, b.tx, correctedRow.corrected, "select "+storedColumns+`, k.revision as correction_revision,
			k.passed_at as correction_at, k.withdrawn as correction_withdrawn, k.reason as correction_reason
		from passage p`+currentCharge+`
		left join lateral (select * from passage_correction where passage_id = p.id order by revision desc limit 1) k on true
		where p.id = any($1)`, uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("passages under review: %w", err)
	}
	return list, nil
}

// AwaitedByCorrections returns those of the passages whose correction has arrived first. Usually there are none.
func (b *partitionTx) AwaitedByCorrections(ctx context.Context, ids []passage.ID) ([]passage.ID, error) {
	if !b.waiting {
		return nil, nil
	}
	list, err := selectIDs(ctx, b.tx, "select passage_id from review where waiting and passage_id = any($1)", uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("awaited passages: %w", err)
	}
	return list, nil
}

// AffectedByChanges returns reviews of the passages that changes of the register affect: those of the vehicle,
// those where its tag was read, however they were matched, and those of its plate without a vehicle.
func (b *partitionTx) AffectedByChanges(ctx context.Context, changes []int64, since time.Time) ([]passage.Review, error) {
	type affectedRow struct {
		ID      pgtype.UUID
		Rematch bool
	}
	list, err := store.SelectMapped(ctx, b.tx, func(r affectedRow) passage.Review {
		return passage.Review{Passage: r.ID.Bytes, Rematch: r.Rematch}
	}, `with l as (
			select vehicle_id, tag, greatest(since, $2) as since, coalesce(until, 'infinity') as until, rematch from register_change where id = any($1))
		select id, bool_or(rematch) as rematch from (
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
		) found group by id`, changes, since)
	if err != nil {
		return nil, fmt.Errorf("passages affected by register changes: %w", err)
	}
	return list, nil
}
