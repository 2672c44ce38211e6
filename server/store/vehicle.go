package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/shared/toll"
)

// SaveVehicle adds a vehicle unless its plate is stored already, with facts that hold from an instant on, and returns its
// id. The row is locked. Facts of a register are not replaced by what a person states.
func SaveVehicle(ctx context.Context, tx pgx.Tx, v toll.Vehicle, source string, from time.Time) (id toll.VehicleID, err error) {
	_, err = tx.Exec(ctx, "insert into vehicle (id, country, plate) values ($1, $2, $3) on conflict (country, plate) do nothing",
		string(v.ID), v.Plate.Country, v.Plate.Text)
	if err != nil {
		return "", err
	}
	if err = tx.QueryRow(ctx, "select id::text from vehicle where country = $1 and plate = $2 for update", v.Plate.Country, v.Plate.Text).Scan(&id); err != nil {
		return "", err
	}
	f := v.Facts
	_, err = tx.Exec(ctx, `update vehicle_facts set valid_to = $2 where vehicle_id = $1 and valid_from < $2 and (valid_to is null or valid_to > $2)
		and (source = 'stated' or $3 <> 'stated') and (category, weight_kg, fuel, plug_in, euro, length_mm) is distinct from ($4, $5, $6, $7, $8, $9)`,
		string(id), from, source, f.Category, f.WeightKG, string(f.Fuel), f.PlugIn, f.Euro, v.LengthMM)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `insert into vehicle_facts (vehicle_id, valid_from, valid_to, category, weight_kg, fuel, plug_in, euro, length_mm, source)
		select $1, $2, (select min(valid_from) from vehicle_facts where vehicle_id = $1 and valid_from > $2), $4, $5, $6, $7, $8, $9, $3
		where not exists (select from vehicle_facts where vehicle_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2))`,
		string(id), from, source, f.Category, f.WeightKG, string(f.Fuel), f.PlugIn, f.Euro, v.LengthMM)
	return id, err
}
