package overviewdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/overview"
	"bompass/server/store"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Vehicle returns what is stored about a vehicle that a customer owns or that is or was on one of the customer's
// agreements. Periods on agreements of others are left out.
func (s *Store) Vehicle(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, at time.Time) (r overview.VehicleRecord, found bool, err error) {
	var key pgtype.UUID
	if isID := key.Scan(string(id)) == nil; !isID {
		return r, false, nil
	}
	err = s.db.Snapshot(ctx, "vehicle", func(tx pgx.Tx) error {
		row := tx.QueryRow(ctx, `
			select v.country, v.plate, coalesce(v.owner_id::text, ''), coalesce(f.category, ''), coalesce(f.weight_kg, 0), coalesce(f.fuel, ''),
				coalesce(f.plug_in, false), coalesce(f.euro, 0), f.valid_from, coalesce(f.source = 'stated', false),
				exists (select from tag_order o join agreement a on a.id = o.agreement_id where o.vehicle_id = v.id and o.item = 'tag' and o.sent_at is null and a.customer_id = $1)
			from vehicle v
			left join vehicle_facts f on f.vehicle_id = v.id and f.valid_from <= $3 and (f.valid_to is null or f.valid_to > $3)
			where v.id = $2 and (v.owner_id = $1 or exists (
				select from mount m join agreement a on a.id = m.agreement_id where m.vehicle_id = v.id and a.customer_id = $1))`,
			string(customer), string(id), at)
		v, facts := &r.Vehicle, &r.Vehicle.Facts
		v.ID = id
		var since *time.Time
		err := row.Scan(&v.Plate.Country, &v.Plate.Text, &v.Owner, &facts.Category, &facts.WeightKG, &facts.Fuel, &facts.PlugIn, &facts.Euro,
			&since, &r.Declared, &r.Ordered)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found, r.FactsFrom = true, store.ZeroIfNull(since)
		if r.Mounts, err = mounts(ctx, tx, customer, id); err != nil {
			return err
		}
		r.Exemptions, err = exemptions(ctx, tx, id)
		return err
	})
	return r, found, err
}

// mountRow is a period on an agreement as it is stored.
type mountRow struct {
	Number    string
	Charger   toll.ChargerID
	BlockedAt *time.Time
	Tag       toll.TagID
	Status    toll.TagStatus
	SentAt    *time.Time
	ValidFrom time.Time
	ValidTo   *time.Time
}

func mounts(ctx context.Context, tx pgx.Tx, customer toll.CustomerID, id toll.VehicleID) ([]overview.MountRecord, error) {
	return store.SelectMapped(ctx, tx, func(r mountRow) overview.MountRecord {
		return overview.MountRecord{
			Number: r.Number, Charger: r.Charger, Blocked: store.ZeroIfNull(r.BlockedAt), Tag: r.Tag, Status: r.Status, Sent: store.ZeroIfNull(r.SentAt),
			Validity: toll.Validity{From: r.ValidFrom.UTC(), To: store.ZeroIfNull(r.ValidTo)},
		}
	}, `
		select a.number, a.charger, a.blocked_at, coalesce(m.tag_id, '') as tag, coalesce(t.status, '') as status, o.sent_at, m.valid_from,
			least(m.valid_to, a.valid_to) as valid_to
		from mount m join agreement a on a.id = m.agreement_id left join tag t on t.id = m.tag_id left join tag_order o on o.tag_id = m.tag_id
		where m.vehicle_id = $1 and a.customer_id = $2 order by m.valid_from desc`, string(id), string(customer))
}

func exemptions(ctx context.Context, tx pgx.Tx, id toll.VehicleID) ([]toll.Exemption, error) {
	type exemptionRow struct {
		Kind      toll.ExemptionKind
		ValidFrom time.Time
		ValidTo   *time.Time
	}
	return store.SelectMapped(ctx, tx, func(r exemptionRow) toll.Exemption {
		return toll.Exemption{Vehicle: id, Kind: r.Kind, Validity: toll.Validity{From: r.ValidFrom.UTC(), To: store.ZeroIfNull(r.ValidTo)}}
	}, "select kind, valid_from, valid_to from exemption where vehicle_id = $1 order by valid_from desc", string(id))
}

// VehicleDays returns the sums of a customer's passages with a vehicle for each Norwegian day of a period.
func (s *Store) VehicleDays(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, first, last oslo.Day) ([]overview.VehicleDay, error) {
	list, err := store.Select[overview.VehicleDay](ctx, s.db.Pool, `
		select day - date 'epoch' as day, sum(passages) as passages, sum(unread) as unread, sum(net)::bigint as net
		from passage_sum where customer_id = $1 and vehicle_id = $2 and day between $3 and $4 group by day order by day`,
		string(customer), string(id), first.String(), last.String())
	if err != nil {
		return nil, fmt.Errorf("days of a vehicle: %w", err)
	}
	return list, nil
}
