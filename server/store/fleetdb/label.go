package fleetdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/shared/toll"
)

// SetLabels sets labels of vehicles on agreements of a customer in force, with their history.
func (s *Store) SetLabels(ctx context.Context, l fleet.Labels) (n int, err error) {
	vehicles := make([]string, len(l.Vehicles))
	for i, v := range l.Vehicles {
		vehicles[i] = string(v)
	}
	err = s.db.Tx(ctx, "set labels", func(tx pgx.Tx) error {
		// The agreements are locked as every change locks them, so that two changes of a label come one after the other.
		rows, err := tx.Exec(ctx, `with g as (select id from agreement where customer_id = $1 and id in (select agreement_id from mount where vehicle_id = any($2::uuid[]) and valid_to is null)
			order by id for no key update) select m.vehicle_id from mount m join g on g.id = m.agreement_id where m.vehicle_id = any($2::uuid[]) and m.valid_to is null`,
			string(l.Customer), vehicles)
		if err != nil {
			return err
		}
		n = int(rows.RowsAffected())
		for _, one := range []struct {
			kind toll.ChangeKind
			text *string
		}{{toll.ChangeCentre, l.Centre}, {toll.ChangeReference, l.Reference}} {
			if one.text == nil {
				continue
			}
			if err := setLabel(ctx, tx, l, vehicles, one.kind, *one.text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("labels: %w", err)
	}
	return n, nil
}

// setLabel sets one kind of label. The column has the name of the kind.
func setLabel(ctx context.Context, tx pgx.Tx, l fleet.Labels, vehicles []string, kind toll.ChangeKind, text string) error {
	column := "centre"
	if kind == toll.ChangeReference {
		column = "reference"
	}
	_, err := tx.Exec(ctx, `insert into fleet_event (key, agreement_id, account_id, at, effective_at, kind, reason, tag_id, status_before, status_after, to_vehicle,
			kept, ended, ordered, returned, from_net, to_net, text_before, text_after)
		select md5($3 || m.vehicle_id::text || $4)::uuid, m.agreement_id, $5::uuid, $6, $6, $4, '', null, '', '', m.vehicle_id, false, false, false, 0, 0, 0, coalesce(l.`+column+`, ''), $7
		from mount m join agreement g on g.id = m.agreement_id and g.customer_id = $1 left join vehicle_label l on l.customer_id = $1 and l.vehicle_id = m.vehicle_id
		where m.vehicle_id = any($2::uuid[]) and m.valid_to is null and coalesce(l.`+column+`, '') <> $7 order by m.vehicle_id on conflict (key) do nothing`,
		string(l.Customer), vehicles, l.Key, string(kind), string(l.Account), l.Now, text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into vehicle_label (customer_id, vehicle_id, `+column+`)
		select $1, m.vehicle_id, $3 from mount m join agreement g on g.id = m.agreement_id and g.customer_id = $1 where m.vehicle_id = any($2::uuid[]) and m.valid_to is null
		on conflict (customer_id, vehicle_id) do update set `+column+` = excluded.`+column, string(l.Customer), vehicles, text)
	return err
}
