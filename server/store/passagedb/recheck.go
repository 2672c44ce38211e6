package passagedb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/server/passage/reading"
	"bompass/server/store"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// RecheckData returns the input of one vehicle's recheck, from one snapshot.
func (s *Store) RecheckData(ctx context.Context, span passage.Span, limit int) (b reading.RecheckData, err error) {
	err = s.db.Snapshot(ctx, "recheck data", func(tx pgx.Tx) error {
		b.Rows, err = store.SelectMapped(ctx, tx, recheckRow.row, `
			select p.id, p.station, p.passed_at, p.direction, p.tag, p.customer_id, p.agreement_id, p.matched_by, p.blocked,
				coalesce(c.revision, 0) as revision, coalesce(c.list, 0) as list, coalesce(c.net, 0) as net, coalesce(c.steps, '[]') as steps,
				coalesce((select sum(amount) from charge where passage_id = p.id and customer_id = p.customer_id), 0) as posted
			from passage p`+currentCharge+`
			where p.vehicle_id = $1 and not p.withdrawn and p.passed_at >= $2 and p.passed_at < $3 order by p.passed_at, p.id limit $4`,
			uuid(span.Vehicle), span.From, span.To, limit)
		if err != nil {
			return err
		}
		vehicle := uuid(span.Vehicle)
		if b.Facts, err = store.SelectMapped(ctx, tx, factsRow.facts, selectFacts+" where vehicle_id = $1 order by valid_from", vehicle); err != nil {
			return err
		}
		if b.Exemptions, err = store.SelectMapped(ctx, tx, exemptionRow.exemption, selectExemptions+" where vehicle_id = $1 order by id", vehicle); err != nil {
			return err
		}
		b.Supplements, err = store.SelectMapped(ctx, tx, supplementRow.supplement, selectSupplements+" where vehicle_id = $1 order by id", vehicle)
		return err
	})
	return b, err
}

// recheckRow is the row of a passage with its current charge.
type recheckRow struct {
	ID, CustomerID, AgreementID pgtype.UUID
	Station                     toll.StationID
	PassedAt                    time.Time
	Direction                   toll.Direction
	Tag                         toll.TagID
	MatchedBy                   toll.MatchedBy
	Blocked                     bool
	Revision                    int16
	List, Net, Posted           money.Ore
	Steps                       []rating.Step
}

func (b recheckRow) row() (r reading.RecheckRow) {
	r.ID, r.Customer, r.Agreement, r.At = b.ID.Bytes, b.CustomerID.Bytes, b.AgreementID.Bytes, b.PassedAt.UTC()
	r.Station, r.Direction, r.Tag, r.MatchedBy, r.Blocked = b.Station, b.Direction, b.Tag, b.MatchedBy, b.Blocked
	r.Revision, r.List, r.Net, r.Posted, r.Steps = b.Revision, b.List, b.Net, b.Posted, b.Steps
	return r
}
