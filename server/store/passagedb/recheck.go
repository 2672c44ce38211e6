package passagedb

import (
	"context"
	"fmt"
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

// RecheckData returns the input of rechecks, from one snapshot.
func (s *Store) RecheckData(ctx context.Context, span reading.FleetSpan, limit int) (b reading.RecheckData, err error) {
	vehicles := make([]pgtype.UUID, len(span.Vehicles))
	for i, id := range span.Vehicles {
		vehicles[i] = uuid(id)
	}
	err = s.db.Snapshot(ctx, "recheck data", func(tx pgx.Tx) error {
		b.Rows, err = store.SelectMapped(ctx, tx, recheckRow.row, `
			select p.id, p.vehicle_id, p.station, p.passed_at, p.direction, p.tag, p.country, p.plate, p.customer_id, p.agreement_id, p.matched_by, p.blocked,
				coalesce(c.revision, 0) as revision, coalesce(c.list, 0) as list, coalesce(c.net, 0) as net, coalesce(c.steps, '[]') as steps,
				coalesce((select sum(amount) from charge where passage_id = p.id and customer_id = p.customer_id), 0) as posted
			from passage p`+currentCharge+`
			where p.vehicle_id = any($1) and not p.withdrawn and p.passed_at >= $2 and p.passed_at < $3 order by p.vehicle_id, p.passed_at, p.id limit $4`,
			vehicles, span.From, span.To, limit)
		if err != nil {
			return err
		}
		if b.Facts, err = store.SelectMapped(ctx, tx, factsRow.facts, selectFacts+" where vehicle_id = any($1) order by valid_from", vehicles); err != nil {
			return err
		}
		if b.Exemptions, err = store.SelectMapped(ctx, tx, exemptionRow.exemption, selectExemptions+" where vehicle_id = any($1) order by id", vehicles); err != nil {
			return err
		}
		b.Supplements, err = store.SelectMapped(ctx, tx, supplementRow.supplement, selectSupplements+" where vehicle_id = any($1) order by id", vehicles)
		return err
	})
	return b, err
}

// recheckRow is the row of a passage with its current charge.
type recheckRow struct {
	ID, VehicleID, CustomerID, AgreementID pgtype.UUID
	Station                                toll.StationID
	PassedAt                               time.Time
	Direction                              toll.Direction
	Tag                                    toll.TagID
	Country, Plate                         string
	MatchedBy                              toll.MatchedBy
	Blocked                                bool
	Revision                               int16
	List, Net, Posted                      money.Ore
	Steps                                  []rating.Step
}

func (b recheckRow) row() (r reading.RecheckRow) {
	r.ID, r.Vehicle, r.Customer, r.Agreement, r.At = b.ID.Bytes, b.VehicleID.Bytes, b.CustomerID.Bytes, b.AgreementID.Bytes, b.PassedAt.UTC()
	r.Station, r.Direction, r.Tag, r.MatchedBy, r.Blocked = b.Station, b.Direction, b.Tag, b.MatchedBy, b.Blocked
	r.Country, r.Plate = b.Country, b.Plate
	r.Revision, r.List, r.Net, r.Posted, r.Steps = b.Revision, b.List, b.Net, b.Posted, b.Steps
	return r
}

// UnknownPassages returns the passages in a span of time that no vehicle is known of, by their plate or their tag.
func (s *Store) UnknownPassages(ctx context.Context, plate toll.Plate, tag toll.TagID, from, to time.Time) ([]passage.Record, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r recheckRow) passage.Record { return r.row().Record }, `
		select id, vehicle_id, station, passed_at, direction, tag, country, plate, customer_id, agreement_id, matched_by, blocked, 0::smallint as revision, 0 as list, 0 as net,
			0 as posted, '[]'::json as steps from passage
		where vehicle_id is null and not withdrawn and passed_at >= $1 and passed_at < $2 and (country = $3 and plate = $4 or $5 <> '' and tag = $5) order by passed_at, id`,
		from, to, plate.Country, plate.Text, string(tag))
	if err != nil {
		return nil, fmt.Errorf("unknown passages: %w", err)
	}
	return list, nil
}

// RecheckVehicles returns the vehicles of which a customer pays passages, by the sums of days.
func (s *Store) RecheckVehicles(ctx context.Context, q reading.VehicleQuery) ([]reading.RecheckVehicle, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, recheckVehicleRow.vehicle, `
		select v.id::text as vehicle, v.country, v.plate, s.passages from vehicle v
		join (select vehicle_id, sum(passages) as passages from passage_sum
			where customer_id = $1 and day between $2 and $3 and ($4 = '' or agreement_id::text = $4) and vehicle_id > coalesce(nullif($5, '')::uuid, '00000000-0000-0000-0000-000000000000')
			group by vehicle_id having sum(passages) > 0) s on s.vehicle_id = v.id
		order by v.id limit $6`,
		string(q.Customer), q.First.String(), q.Last.String(), string(q.Agreement), string(q.After), q.Limit)
	if err != nil {
		return nil, fmt.Errorf("vehicles to recheck: %w", err)
	}
	return list, nil
}

type recheckVehicleRow struct {
	Vehicle        toll.VehicleID
	Country, Plate string
	Passages       int
}

func (r recheckVehicleRow) vehicle() reading.RecheckVehicle {
	return reading.RecheckVehicle{Vehicle: r.Vehicle, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Passages: r.Passages}
}
