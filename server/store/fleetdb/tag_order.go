package fleetdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/server/store"
	"bompass/shared/toll"
)

// tagOrderRow is an order as it is selected.
type tagOrderRow struct {
	ID                                        int64
	OrderedAt                                 time.Time
	Number, Country, Plate, Name, SendAddress string
}

// TagOrders returns the orders that have not been sent, the oldest first, of agreements whose terms were accepted.
func (s *Store) TagOrders(ctx context.Context) ([]fleet.TagOrder, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r tagOrderRow) fleet.TagOrder {
		return fleet.TagOrder{ID: r.ID, At: r.OrderedAt, Agreement: r.Number, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Name: r.Name, Address: r.SendAddress}
	}, `
		select o.id, o.ordered_at, g.number, v.country, v.plate, c.name,
			coalesce(nullif(o.address, ''), concat_ws(', ', nullif(f.street, ''), nullif(concat_ws(' ', nullif(f.postal_code, ''), nullif(f.city, '')), ''), nullif(f.country, '')), '') as send_address
		from tag_order o join agreement g on g.id = o.agreement_id join vehicle v on v.id = o.vehicle_id join customer c on c.id = g.customer_id
		left join agreement_begun n on n.agreement_id = g.id left join profile f on f.account_id = n.account_id
		where o.sent_at is null and (select count(*) from agreement_terms t where t.agreement_id = g.id) = 2 order by o.ordered_at, o.id`)
	if err != nil {
		return nil, fmt.Errorf("tag orders: %w", err)
	}
	return list, nil
}

// SendTag records the tag that was sent for an order.
func (s *Store) SendTag(ctx context.Context, order int64, tag toll.TagID, at time.Time) error {
	return s.db.Tx(ctx, "send tag", func(tx pgx.Tx) error {
		var agreement, vehicle string
		err := tx.QueryRow(ctx, "select agreement_id::text, vehicle_id::text from tag_order where id = $1 and sent_at is null for update", order).Scan(&agreement, &vehicle)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("order %d is not waiting for a tag", order)
		}
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "insert into tag (id, agreement_id, status) values ($1, $2, 'active') on conflict do nothing", string(tag), agreement)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fmt.Errorf("tag %s is on an agreement already", tag)
		}
		done, err = tx.Exec(ctx, `update mount set valid_to = $3 where vehicle_id = $1 and agreement_id = $2 and valid_from < $3 and valid_to is null and tag_id is null`, vehicle, agreement, at)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fmt.Errorf("the vehicle of order %d is no longer on its agreement", order)
		}
		_, err = tx.Exec(ctx, "insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ($1, $2, $3, $4)", vehicle, agreement, string(tag), at)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, "update tag_order set tag_id = $2, sent_at = $3 where id = $1", order, string(tag), at); err != nil {
			return err
		}
		return store.AddFleetEvent(ctx, tx, store.FleetEvent{
			Agreement: toll.AgreementID(agreement), At: at, Effective: at, Kind: toll.ChangeSend, Tag: tag,
			Before: toll.TagOrdered, After: toll.TagActive, To: toll.VehicleID(vehicle),
		})
	})
}
