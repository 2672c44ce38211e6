package fleetdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/server/store"
	"bompass/shared/toll"
)

// statedRow is a vehicle with the facts that a person has stated.
type statedRow struct {
	ID                             toll.VehicleID
	Country, Plate, Category, Fuel string
	WeightKG, Euro                 int
	PlugIn                         bool
	Agreement                      toll.AgreementID
	Tag                            toll.TagID
}

func (r statedRow) stated() fleet.Stated {
	return fleet.Stated{
		Agreement: r.Agreement, Tag: r.Tag, Vehicle: toll.Vehicle{
			ID: r.ID, Plate: toll.Plate{Country: r.Country, Text: r.Plate},
			Facts: toll.Facts{Category: r.Category, WeightKG: r.WeightKG, Fuel: toll.Fuel(r.Fuel), PlugIn: r.PlugIn, Euro: r.Euro},
		},
	}
}

// StatedVehicles returns vehicles on agreements whose facts a person has stated, in an order that differs from hour to hour, so
// that those that the register never gets do not keep the others waiting.
func (s *Store) StatedVehicles(ctx context.Context, now time.Time, limit int) ([]fleet.Stated, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, statedRow.stated, `
		select v.id::text, v.country, v.plate, f.category, f.fuel, f.weight_kg, f.euro, f.plug_in, m.agreement_id::text as agreement, coalesce(m.tag_id, '') as tag
		from vehicle_facts f join vehicle v on v.id = f.vehicle_id join mount m on m.vehicle_id = v.id and m.valid_to is null
		where f.source = 'stated' and f.valid_from <= $1 and f.valid_to is null
		order by md5(v.id::text || extract(epoch from date_trunc('hour', $1::timestamptz))::text) limit $2`, now, limit)
	if err != nil {
		return nil, fmt.Errorf("stated vehicles: %w", err)
	}
	return list, nil
}

// SaveRegistered stores the register's facts of a vehicle from an instant on.
func (s *Store) SaveRegistered(ctx context.Context, v fleet.Stated, facts toll.Facts, lengthMM int, at time.Time) error {
	return s.db.Tx(ctx, "registered vehicle", func(tx pgx.Tx) error {
		known := v.Vehicle
		known.Facts, known.LengthMM = facts, lengthMM
		if _, err := store.SaveVehicle(ctx, tx, known, "register", at); err != nil {
			return err
		}
		// What the person has stated is right: it is the register's now.
		_, err := tx.Exec(ctx, "update vehicle_facts set source = 'register' where vehicle_id = $1 and valid_to is null and source = 'stated'", string(known.ID))
		if err != nil {
			return err
		}
		return store.AddFleetEvent(ctx, tx, store.FleetEvent{
			Agreement: v.Agreement, At: at, Effective: at, Kind: toll.ChangeFacts, Tag: v.Tag, To: known.ID,
			Was: v.Vehicle.Facts.Class(v.Tag != "").String(), Became: facts.Class(v.Tag != "").String(),
		})
	})
}
