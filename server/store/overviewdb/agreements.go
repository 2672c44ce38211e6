package overviewdb

import (
	"context"
	"fmt"
	"time"

	"bompass/server/overview"
	"bompass/server/store"
	"bompass/shared/toll"
)

// Agreements returns a customer's agreements in force, ordered by number.
func (s *Store) Agreements(ctx context.Context, customer toll.CustomerID, at time.Time) ([]toll.Agreement, error) {
	rows, err := store.Select[struct {
		ID, Number, CustomerID, Issuer, Charger string
		ValidFrom                               time.Time
		ValidTo                                 *time.Time
		Blocked                                 bool
	}](ctx, s.db.Pool, `select id::text, number, customer_id::text, issuer, charger, valid_from, valid_to, blocked from agreement
		where customer_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2) order by number`, string(customer), at)
	if err != nil {
		return nil, fmt.Errorf("agreements: %w", err)
	}
	list := make([]toll.Agreement, len(rows))
	for i, r := range rows {
		list[i] = toll.Agreement{
			ID: toll.AgreementID(r.ID), Number: r.Number, Customer: toll.CustomerID(r.CustomerID), Issuer: toll.IssuerID(r.Issuer),
			Charger: toll.ChargerID(r.Charger), Validity: toll.Validity{From: r.ValidFrom.UTC()}, Blocked: r.Blocked,
		}
		if r.ValidTo != nil {
			list[i].To = r.ValidTo.UTC()
		}
	}
	return list, nil
}

// selectVehicles selects the vehicles on a customer's agreements, then the customer's own that are on none.
const selectVehicles = `
	with held as (
		select m.vehicle_id, m.agreement_id::text as agreement, coalesce(m.tag_id, '') as tag
		from agreement a join mount m on m.agreement_id = a.id
		where a.customer_id = $1 and a.valid_from <= $2 and (a.valid_to is null or a.valid_to > $2)
			and m.valid_from <= $2 and (m.valid_to is null or m.valid_to > $2)
		union all
		select v.id, '', '' from vehicle v
		where v.owner_id = $1 and not exists (
			select from mount m where m.vehicle_id = v.id and m.valid_from <= $2 and (m.valid_to is null or m.valid_to > $2))
	)
	select v.id::text, v.country, v.plate, coalesce(v.owner_id::text, '') as owner, coalesce(f.category, '') as category,
		coalesce(f.weight_kg, 0) as weight_kg, coalesce(f.fuel, '') as fuel, coalesce(f.plug_in, false) as plug_in, coalesce(f.euro, 0) as euro,
		h.agreement, h.tag, coalesce(t.status, '') as status, exists (select from tag_order o where o.vehicle_id = v.id and o.item = 'tag' and o.sent_at is null) as ordered
	from held h join vehicle v on v.id = h.vehicle_id left join tag t on t.id = h.tag
	left join vehicle_facts f on f.vehicle_id = v.id and f.valid_from <= $2 and (f.valid_to is null or f.valid_to > $2)
	order by v.plate, v.country`

type vehicleRow struct {
	ID                       toll.VehicleID
	Country, Plate, Category string
	Owner                    toll.CustomerID
	WeightKG, Euro           int
	Fuel                     toll.Fuel
	PlugIn                   bool
	Agreement                toll.AgreementID
	Tag                      toll.TagID
	Status                   toll.TagStatus
	Ordered                  bool
}

// CustomerVehicles returns the vehicles that a customer has at an instant, ordered by plate.
func (s *Store) CustomerVehicles(ctx context.Context, customer toll.CustomerID, at time.Time) ([]overview.CustomerVehicle, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r vehicleRow) overview.CustomerVehicle {
		return overview.CustomerVehicle{
			Agreement: r.Agreement, Tag: r.Tag, Status: r.Status, Ordered: r.Ordered,
			Vehicle: toll.Vehicle{
				ID: r.ID, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Owner: r.Owner,
				Facts: toll.Facts{Category: r.Category, WeightKG: r.WeightKG, Fuel: r.Fuel, PlugIn: r.PlugIn, Euro: r.Euro},
			},
		}
	}, selectVehicles, string(customer), at)
	if err != nil {
		return nil, fmt.Errorf("vehicles of a customer: %w", err)
	}
	return list, nil
}
