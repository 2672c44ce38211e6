package passagedb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage"
	"bompass/server/passage/reading"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// BillData returns what one vehicle's bill is made of, as of one instant.
func (s *Store) BillData(ctx context.Context, span passage.Span, limit int) (b reading.BillData, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.db.Pool, snapshot, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select p.id, p.station, p.passed_at, p.direction, p.tag, p.customer_id, p.agreement_id, p.matched_by, p.blocked,
				coalesce(c.revision, 0), coalesce(c.list, 0), coalesce(c.net, 0), coalesce(c.steps, '[]'),
				coalesce((select sum(amount) from charge where passage_id = p.id and customer_id = p.customer_id), 0)
			from passage p`+standing+`
			where p.vehicle_id = $1 and not p.withdrawn and p.passed_at >= $2 and p.passed_at < $3 order by p.passed_at, p.id limit $4`,
			uuid(span.Vehicle), span.From, span.To, limit)
		if err != nil {
			return err
		}
		if b.Rows, err = pgx.CollectRows(rows, scanBilled); err != nil {
			return err
		}
		return readVehicle(ctx, tx, span.Vehicle, &b)
	})
	if err != nil {
		return b, fmt.Errorf("billed: %w", err)
	}
	return b, nil
}

func scanBilled(row pgx.CollectableRow) (r reading.BillRow, err error) {
	var id, customer, agreement pgtype.UUID
	var list, net, posted int64
	var steps []byte
	var station, direction, tag, matched string
	err = row.Scan(&id, &station, &r.At, &direction, &tag, &customer, &agreement, &matched, &r.Blocked, &r.Revision, &list, &net, &steps, &posted)
	if err != nil {
		return r, err
	}
	r.At = r.At.UTC()
	r.ID, r.Customer, r.Agreement = id.Bytes, customer.Bytes, agreement.Bytes
	r.Station, r.Direction, r.Tag, r.MatchedBy = toll.StationID(station), toll.Direction(direction), toll.TagID(tag), toll.MatchedBy(matched)
	r.List, r.Net, r.Posted = money.Ore(list), money.Ore(net), money.Ore(posted)
	return r, json.Unmarshal(steps, &r.Steps)
}

// readVehicle reads what the registers say of one vehicle.
func readVehicle(ctx context.Context, tx pgx.Tx, vehicle passage.ID, b *reading.BillData) error {
	rows, err := tx.Query(ctx, `select vehicle_id, valid_from, valid_to, category, weight_kg, fuel, plug_in, euro, length_mm from vehicle_facts
		where vehicle_id = $1 order by valid_from`, uuid(vehicle))
	if err != nil {
		return err
	}
	b.Facts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f passage.DatedFacts, err error) {
		var to *time.Time
		err = row.Scan(&f.Vehicle, &f.From, &to, &f.Facts.Category, &f.Facts.WeightKG, &f.Facts.Fuel, &f.Facts.PlugIn, &f.Facts.Euro, &f.LengthMM)
		f.Validity = validity(f.From, to)
		return f, err
	})
	if err != nil {
		return err
	}
	if rows, err = tx.Query(ctx, `select vehicle_id, kind, valid_from, valid_to from exemption where vehicle_id = $1 order by id`, uuid(vehicle)); err != nil {
		return err
	}
	b.Exemptions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e toll.Exemption, err error) {
		var to *time.Time
		err = row.Scan(&e.Vehicle, &e.Kind, &e.From, &to)
		e.Validity = validity(e.From, to)
		return e, err
	})
	if err != nil {
		return err
	}
	if rows, err = tx.Query(ctx, `select vehicle_id, product, valid_from, valid_to from supplement where vehicle_id = $1 order by id`, uuid(vehicle)); err != nil {
		return err
	}
	b.Supplements, err = pgx.CollectRows(rows, scanSupplement)
	return err
}
