package agreementdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/agreement"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// detailsRow is an agreement with the customer's reference.
type detailsRow struct {
	ID, Number, Issuer, Charger, Reference string
	ValidFrom                              time.Time
	ValidTo                                *time.Time
	Blocked                                bool
}

// detailsVehicleRow is a vehicle on an agreement.
type detailsVehicleRow struct {
	ID                       toll.VehicleID
	Country, Plate, Category string
	WeightKG, Euro           int
	Fuel                     toll.Fuel
	PlugIn                   bool
	Tag                      toll.TagID
	Ordered                  bool
	ValidFrom                time.Time
	Status                   toll.TagStatus
	Reference                string
}

// Details returns an agreement of a customer with the vehicles on it at an instant, or fault.NotFound.
func (s *Store) Details(ctx context.Context, customer toll.CustomerID, number string, at time.Time) (d agreement.Details, err error) {
	err = s.db.Snapshot(ctx, "agreement's details", func(tx pgx.Tx) error {
		r, err := store.SelectOne[detailsRow](ctx, tx, `select id::text, number, issuer, charger, reference, valid_from, valid_to, blocked
			from agreement where customer_id = $1 and number = $2`, string(customer), number)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		d.Agreement = toll.Agreement{
			ID: toll.AgreementID(r.ID), Number: r.Number, Customer: customer, Issuer: toll.IssuerID(r.Issuer), Charger: toll.ChargerID(r.Charger),
			Validity: toll.Validity{From: r.ValidFrom.UTC()}, Blocked: r.Blocked,
		}
		if r.ValidTo != nil {
			d.Agreement.To = r.ValidTo.UTC()
		}
		d.Reference = r.Reference
		if d.Debit, err = selectDebit(ctx, tx, r.ID); err != nil {
			return err
		}
		d.Vehicles, err = selectDetailsVehicles(ctx, tx, r.ID, at)
		return err
	})
	return d, err
}

// selectDebit returns the latest mandate of an agreement that is valid; nil without one.
func selectDebit(ctx context.Context, tx pgx.Tx, agreementID string) (*api.DirectDebit, error) {
	type row struct {
		Since  time.Time
		Notice bool
	}
	r, err := store.SelectOne[row](ctx, tx, "select since, notice from direct_debit_mandate where agreement_id = $1 and ended is null order by since desc, kid limit 1", agreementID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	y, m, day := r.Since.Date()
	return &api.DirectDebit{Since: oslo.Date(y, m, day), Notice: r.Notice}, nil
}

func selectDetailsVehicles(ctx context.Context, tx pgx.Tx, agreementID string, at time.Time) ([]agreement.DetailsVehicle, error) {
	return store.SelectMapped(ctx, tx, func(r detailsVehicleRow) agreement.DetailsVehicle {
		return agreement.DetailsVehicle{
			Tag: r.Tag, Ordered: r.Ordered, From: r.ValidFrom.UTC(), Status: r.Status, Reference: r.Reference,
			Vehicle: toll.Vehicle{
				ID: r.ID, Plate: toll.Plate{Country: r.Country, Text: r.Plate},
				Facts: toll.Facts{Category: r.Category, WeightKG: r.WeightKG, Fuel: r.Fuel, PlugIn: r.PlugIn, Euro: r.Euro},
			},
		}
	}, `select v.id::text, v.country, v.plate, coalesce(f.category, '') as category, coalesce(f.weight_kg, 0) as weight_kg, coalesce(f.euro, 0) as euro,
			coalesce(f.fuel, '') as fuel, coalesce(f.plug_in, false) as plug_in, coalesce(m.tag_id, '') as tag, m.valid_from, coalesce(t.status, '') as status, coalesce(n.reference, '') as reference,
			exists (select from tag_order o where o.vehicle_id = v.id and o.item = 'tag' and o.sent_at is null) as ordered
		from mount m join vehicle v on v.id = m.vehicle_id join agreement g on g.id = m.agreement_id left join tag t on t.id = m.tag_id
		left join vehicle_label n on n.customer_id = g.customer_id and n.vehicle_id = v.id
		left join vehicle_facts f on f.vehicle_id = v.id and f.valid_from <= $2 and (f.valid_to is null or f.valid_to > $2)
		where m.agreement_id = $1 and m.valid_from <= $2 and (m.valid_to is null or m.valid_to > $2) order by v.plate, v.country`, agreementID, at)
}

// SetReference sets the customer's reference on an agreement, or returns fault.NotFound.
func (s *Store) SetReference(ctx context.Context, customer toll.CustomerID, number, reference string) error {
	done, err := s.db.Pool.Exec(ctx, "update agreement set reference = $3 where customer_id = $1 and number = $2", string(customer), number, reference)
	if err != nil {
		return fmt.Errorf("set reference: %w", err)
	}
	if done.RowsAffected() == 0 {
		return fault.New(fault.NotFound)
	}
	return nil
}
