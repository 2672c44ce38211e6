package passagedb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/server/store"
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

// Generation returns how many transactions the partition has had, this one included.
func (b *partitionTx) Generation() int64 { return b.generation }

// RegisterVersion returns the version of the register that is in force.
func (b *partitionTx) RegisterVersion() int64 { return b.registerVersion }

// storedColumns are the columns of a storedRow, of a passage p and its current charge c.
const storedColumns = `p.id, p.station, p.lane, p.epoch, p.sequence, p.passed_at, p.direction, p.tag, p.country, p.plate,
	p.vehicle_id, p.customer_id, p.agreement_id, p.matched_by, p.blocked, p.withdrawn, p.received_at,
	coalesce(c.revision, 0) as revision, coalesce(c.list, 0) as list, coalesce(c.net, 0) as net, coalesce(c.digest, 0) as digest`

// currentCharge joins a passage p with its current charge c, if it has one.
const currentCharge = ` left join lateral (
	select revision, list, net, steps, digest from charge where passage_id = p.id order by revision desc limit 1) c on true`

// storedRow is a passage with its current charge.
type storedRow struct {
	ID                                 pgtype.UUID
	Station                            toll.StationID
	Lane                               int
	Epoch, Sequence                    int64
	PassedAt, ReceivedAt               time.Time
	Direction                          toll.Direction
	Tag                                toll.TagID
	Country, Plate                     string
	VehicleID, CustomerID, AgreementID pgtype.UUID
	MatchedBy                          toll.MatchedBy
	Blocked, Withdrawn                 bool
	Revision                           int16
	List, Net                          money.Ore
	Digest                             int64
}

func (r *storedRow) stored() (s passage.Stored) {
	s.ID, s.Vehicle, s.Customer, s.Agreement = r.ID.Bytes, r.VehicleID.Bytes, r.CustomerID.Bytes, r.AgreementID.Bytes
	s.Station, s.Lane, s.Epoch, s.Sequence, s.At, s.Direction = r.Station, r.Lane, r.Epoch, r.Sequence, r.PassedAt, r.Direction
	s.Tag, s.Country, s.Plate, s.Withdrawn, s.Received = r.Tag, r.Country, r.Plate, r.Withdrawn, r.ReceivedAt
	s.MatchedBy, s.Blocked, s.Revision, s.List, s.Net, s.Digest = r.MatchedBy, r.Blocked, r.Revision, r.List, r.Net, r.Digest
	return s
}

// StoredIn returns the stored passages of the vehicles in their spans, with their current charges. "offset 0"
// makes the planner use the index once for each vehicle, whatever its statistics of the table are.
func (b *partitionTx) StoredIn(ctx context.Context, spans []passage.Span) ([]passage.Stored, error) {
	ids := make([]pgtype.UUID, len(spans))
	from, to := make([]time.Time, len(spans)), make([]time.Time, len(spans))
	for i, s := range spans {
		ids[i], from[i], to[i] = uuid(s.Vehicle), s.From, s.To
	}
	list, err := store.SelectMapped(ctx, b.tx, func(r storedRow) passage.Stored { return r.stored() }, "select "+storedColumns+`
		from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as s (vehicle, since, until)
		cross join lateral (select * from passage where vehicle_id = s.vehicle and passed_at >= s.since and passed_at < s.until offset 0) p`+currentCharge,
		ids, from, to)
	if err != nil {
		return nil, fmt.Errorf("stored passages: %w", err)
	}
	return list, nil
}

// Existing returns those of the passages that are stored already.
func (b *partitionTx) Existing(ctx context.Context, ids []passage.ID) ([]passage.ID, error) {
	list, err := selectIDs(ctx, b.tx, "select id from passage where id = any($1)", uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("existing passages: %w", err)
	}
	return list, nil
}
