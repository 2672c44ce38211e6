// Package disputedb is the persistence of package dispute.
package disputedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/dispute"
	"bompass/server/passage"
	"bompass/server/store"
	rules "bompass/shared/dispute"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Store stores complaints.
type Store struct{ db *store.DB }

// New returns a Store.
func New(db *store.DB) *Store { return &Store{db} }

func uuid(id passage.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// passageRow is a passage with its current charge.
type passageRow struct {
	ID        toll.PassageID
	PassedAt  time.Time
	Station   toll.StationID
	Direction toll.Direction
	MatchedBy toll.MatchedBy
	Country   string
	Plate     string
	Vehicle   string
	HasTag    bool
	Blocked   bool
	Net       money.Ore
	Steps     []rating.Step
	SoldAt    *time.Time
}

// Passage returns a passage with those of its vehicle about its time.
func (s *Store) Passage(ctx context.Context, customer toll.CustomerID, id passage.ID, around time.Duration) (p dispute.Stored, found bool, err error) {
	err = s.db.Snapshot(ctx, "passage of complaint", func(tx pgx.Tx) error {
		p, found, err = read(ctx, tx, string(customer), uuid(id), around)
		return err
	})
	return p, found, err
}

// read returns a passage with those of its vehicle about its time.
func read(ctx context.Context, tx pgx.Tx, customer string, id pgtype.UUID, around time.Duration) (p dispute.Stored, found bool, err error) {
	rows, err := store.Select[passageRow](ctx, tx, `select p.id::text, p.passed_at, p.station, p.direction, p.matched_by, coalesce(v.country, p.country) as country,
				coalesce(v.plate, p.plate) as plate, coalesce(p.vehicle_id::text, '') as vehicle, p.blocked, coalesce(c.net, 0)::bigint as net, coalesce(c.steps, '[]') as steps,
				exists (select from mount m where m.vehicle_id = p.vehicle_id and m.tag_id is not null and m.valid_from <= p.passed_at
					and (m.valid_to is null or m.valid_to > p.passed_at)) as has_tag,
				(select max(e.effective_at) from fleet_event e join agreement a on a.id = e.agreement_id where e.from_vehicle = p.vehicle_id and e.kind = 'remove'
					and e.reason = $3 and a.customer_id = p.customer_id
					and not exists (select from mount m where m.vehicle_id = p.vehicle_id and m.agreement_id = a.id and m.valid_from >= e.effective_at)) as sold_at
			from passage p left join vehicle v on v.id = p.vehicle_id
			left join lateral (select net, steps from charge where passage_id = p.id order by revision desc limit 1) c on true
			where p.id = $1 and p.customer_id = $2 and p.station <> ''`, id, customer, string(toll.ReasonSold))
	if err != nil || len(rows) == 0 {
		return p, false, err
	}
	r := rows[0]
	p = dispute.Stored{
		Passage: r.ID, At: r.PassedAt.UTC(), Station: r.Station, Direction: r.Direction, MatchedBy: r.MatchedBy, Plate: toll.Plate{Country: r.Country, Text: r.Plate},
		HasTag: r.HasTag, Unread: r.HasTag && r.MatchedBy == toll.ByPlate && !r.Blocked, Net: r.Net, Steps: r.Steps, SoldAt: store.ZeroIfNull(r.SoldAt),
	}
	if r.Vehicle == "" {
		return p, true, nil
	}
	p.Around, err = store.Select[dispute.Around](ctx, tx, `select p.passed_at as at, p.station, p.direction, p.matched_by, coalesce(c.net, 0)::bigint as net from passage p
			left join lateral (select net from charge where passage_id = p.id order by revision desc limit 1) c on true
			where p.vehicle_id = $1 and p.id <> $2 and not p.withdrawn and not exists (select from dispute d where d.passage_id = p.id and d.state = 'upheld') and p.passed_at between $3 and $4 order by p.passed_at`,
		r.Vehicle, id, r.PassedAt.Add(-around), r.PassedAt.Add(around))
	return p, true, err
}

// disputeRow is a complaint with its passage.
type disputeRow struct {
	Number     int64
	PassageID  toll.PassageID
	CustomerID toll.CustomerID
	AccountID  toll.AccountID
	Reason     rules.Reason
	Said       string
	At         time.Time
	Amount     money.Ore
	State      rules.State
	Why        rules.Why
	Note       string
	DecidedAt  *time.Time
	PassedAt   time.Time
	Station    toll.StationID
	Country    string
	Plate      string
}

func (r disputeRow) dispute() dispute.Dispute {
	d := dispute.Dispute{
		Number: r.Number, Passage: r.PassageID, Customer: r.CustomerID, Account: r.AccountID, Reason: r.Reason, Said: r.Said, At: r.At.UTC(), Amount: r.Amount,
		State: r.State, Why: r.Why, Note: r.Note, Decided: store.ZeroIfNull(r.DecidedAt).UTC(), Station: r.Station, Plate: toll.Plate{Country: r.Country, Text: r.Plate},
	}
	if r.Station != "" { // package privacy takes the place of old ones
		d.PassedAt = r.PassedAt.UTC()
	}
	return d
}

// selectDispute selects disputeRow from dispute d.
const selectDispute = `select d.number, d.passage_id::text as passage_id, d.customer_id::text as customer_id, coalesce(d.account_id::text, '') as account_id,
	d.reason, d.said, d.at, d.amount, d.state, d.why, d.note, d.decided_at, p.passed_at, p.station, coalesce(v.country, p.country) as country, coalesce(v.plate, p.plate) as plate
	from dispute d join passage p on p.id = d.passage_id left join vehicle v on v.id = p.vehicle_id `

// Add adds a complaint, or returns the one that is there for the passage.
func (s *Store) Add(
	ctx context.Context, d dispute.Dispute, around time.Duration, decide func(dispute.Stored) rules.Decision,
) (added dispute.Dispute, err error) {
	err = s.db.Tx(ctx, "add complaint", func(tx pgx.Tx) error {
		p, err := locked(ctx, tx, string(d.Customer), string(d.Passage), around)
		if err != nil {
			return err
		}
		decision := decide(p)
		decided := store.NullIfZero(d.At)
		if decision.State == rules.Open {
			decided = nil
		}
		done, err := tx.Exec(ctx, `insert into dispute (passage_id, customer_id, account_id, reason, said, at, amount, state, why, decided_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (passage_id, customer_id) do nothing`,
			string(d.Passage), string(d.Customer), store.NullIfZero(string(d.Account)), string(d.Reason), d.Said, d.At, int64(p.Net), string(decision.State), string(decision.Why), decided)
		if err != nil {
			return err
		}
		row, err := store.SelectOne[disputeRow](ctx, tx, selectDispute+"where d.passage_id = $1 and d.customer_id = $2", string(d.Passage), string(d.Customer))
		if err != nil {
			return err
		}
		added = row.dispute()
		if done.RowsAffected() == 0 || decision.State != rules.Upheld {
			return nil
		}
		return takeBack(ctx, tx, added.Number, d.At)
	})
	return added, err
}

// locked returns a passage that a customer pays for, after it has locked its vehicle: of two passages that are one, only the first
// complaint finds the other.
func locked(ctx context.Context, tx pgx.Tx, customer, id string, around time.Duration) (p dispute.Stored, err error) {
	_, err = tx.Exec(ctx, "select from vehicle where id = (select vehicle_id from passage where id = $1) for no key update", id)
	if err != nil {
		return p, err
	}
	var key pgtype.UUID
	if err := key.Scan(id); err != nil {
		return p, err
	}
	p, found, err := read(ctx, tx, customer, key, around)
	if err == nil && !found {
		err = fault.New(fault.NotFound)
	}
	return p, err
}

// revisions is the first revision of a correction that a decision makes. A station counts its own from 1 and does not come so far,
// so that a decision stays in force.
const revisions = 30_000

// takeBack withdraws the passage of a complaint. The worker of its vehicle rates the vehicle's passages again and posts the difference.
func takeBack(ctx context.Context, tx pgx.Tx, number int64, at time.Time) error {
	type row struct {
		ID       pgtype.UUID
		Vehicle  pgtype.UUID
		PassedAt time.Time
	}
	p, err := store.SelectOne[row](ctx, tx, `select p.id, p.vehicle_id as vehicle, p.passed_at from dispute d join passage p on p.id = d.passage_id where d.number = $1`, number)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into passage_correction (passage_id, revision, passed_at, withdrawn, reason, received_at)
		select $1, greatest($2::int, max(revision) + 1), $3, true, 'complaint', $4 from passage_correction where passage_id = $1`,
		p.ID, revisions, p.PassedAt, at)
	if err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	_, err = tx.Exec(ctx, `insert into review (passage_id, due, partition, rematch, waiting) values ($1, $2, $3, false, false)
		on conflict (passage_id) do update set due = least(review.due, excluded.due)`, p.ID, at, passage.PartitionOf(p.Vehicle.Bytes[:]))
	return err
}

// Of returns the complaints of a customer, the latest first.
func (s *Store) Of(ctx context.Context, customer toll.CustomerID, id passage.ID) ([]dispute.Dispute, error) {
	return store.SelectMapped(ctx, s.db.Pool, disputeRow.dispute, selectDispute+"where d.customer_id = $1 and ($2::uuid is null or d.passage_id = $2) order by d.number desc limit 500",
		string(customer), pgtype.UUID{Bytes: id, Valid: id != passage.ID{}})
}

// Waiting returns the complaints that are open, the oldest first.
func (s *Store) Waiting(ctx context.Context) ([]dispute.Dispute, error) {
	return store.SelectMapped(ctx, s.db.Pool, disputeRow.dispute, selectDispute+"where d.state = 'open' order by d.number")
}

// Decide decides a complaint that is open.
func (s *Store) Decide(ctx context.Context, number int64, state rules.State, note string, back bool, at time.Time) (done bool, err error) {
	err = s.db.Tx(ctx, "decide complaint", func(tx pgx.Tx) error {
		changed, err := tx.Exec(ctx, "update dispute set state = $2, note = $3, decided_at = $4 where number = $1 and state = 'open'", number, string(state), note, at)
		if err != nil || changed.RowsAffected() == 0 {
			return err
		}
		done = true
		if !back {
			return nil
		}
		return takeBack(ctx, tx, number, at)
	})
	return done, err
}

var _ dispute.Store = (*Store)(nil)
