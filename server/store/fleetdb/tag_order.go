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
	Item                                      toll.OrderItem
	OrderedAt                                 time.Time
	Number, Country, Plate, Name, SendAddress string
}

// TagOrders returns the orders that have not been sent, the oldest first, of agreements whose terms were accepted.
func (s *Store) TagOrders(ctx context.Context) ([]fleet.TagOrder, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, func(r tagOrderRow) fleet.TagOrder {
		return fleet.TagOrder{ID: r.ID, Item: r.Item, At: r.OrderedAt, Agreement: r.Number, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Name: r.Name, Address: r.SendAddress}
	}, `
		select o.id, o.item, o.ordered_at, g.number, v.country, v.plate, c.name,
			coalesce(nullif(o.address, ''), nullif(g.address, ''), concat_ws(', ', nullif(f.street, ''), nullif(concat_ws(' ', nullif(f.postal_code, ''), nullif(f.city, '')), ''), nullif(f.country, '')), '') as send_address
		from tag_order o join agreement g on g.id = o.agreement_id join vehicle v on v.id = o.vehicle_id join customer c on c.id = g.customer_id
		left join agreement_begun n on n.agreement_id = g.id left join profile f on f.account_id = n.account_id
		where o.sent_at is null and (o.item <> 'tag' or (select count(*) from agreement_terms t where t.agreement_id = g.id) = 2) order by o.ordered_at, o.id`)
	if err != nil {
		return nil, fmt.Errorf("tag orders: %w", err)
	}
	return list, nil
}

// sentOrder is an order whose tag is sent or delivered.
type sentOrder struct {
	Agreement, Vehicle, Replaces, Tag string
	Item                              toll.OrderItem
}

// lockOrder locks an order that meets a condition. The error names the order if there is none.
func lockOrder(ctx context.Context, tx pgx.Tx, order int64, condition string) (sentOrder, error) {
	o, err := store.SelectOne[sentOrder](ctx, tx, `select agreement_id::text as agreement, vehicle_id::text as vehicle, coalesce(replaces, '') as replaces,
			coalesce(tag_id, '') as tag, item from tag_order where id = $1 and `+condition+" for update", order)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, fmt.Errorf("order %d is not waiting for this", order)
	}
	return o, err
}

// SendTag records the tag that was sent for an order.
func (s *Store) SendTag(ctx context.Context, order int64, tag toll.TagID, at time.Time) error {
	return s.db.Tx(ctx, "send tag", func(tx pgx.Tx) error {
		o, err := lockOrder(ctx, tx, order, "item <> 'holder' and sent_at is null")
		if err != nil {
			return err
		}
		e := store.FleetEvent{
			Agreement: toll.AgreementID(o.Agreement), At: at, Effective: at, Kind: toll.ChangeSend, Tag: tag,
			Before: toll.TagOrdered, After: toll.TagActive, To: toll.VehicleID(o.Vehicle),
		}
		if o.Item == toll.ItemReplacement { // the vehicle has its old tag until this one is there
			e.After = toll.TagOnHold
		}
		done, err := tx.Exec(ctx, "insert into tag (id, agreement_id, status) values ($1, $2, $3) on conflict do nothing", string(tag), o.Agreement, string(e.After))
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fmt.Errorf("tag %s is on an agreement already", tag)
		}
		if e.After == toll.TagActive {
			if err := mountSent(ctx, tx, order, o, tag, at); err != nil {
				return err
			}
		}
		if _, err = tx.Exec(ctx, "update tag_order set tag_id = $2, sent_at = $3 where id = $1", order, string(tag), at); err != nil {
			return err
		}
		return store.AddFleetEvent(ctx, tx, e)
	})
}

// mountSent puts the tag of an order on its vehicle, which has none.
func mountSent(ctx context.Context, tx pgx.Tx, order int64, o sentOrder, tag toll.TagID, at time.Time) error {
	done, err := tx.Exec(ctx, "update mount set valid_to = $3 where vehicle_id = $1 and agreement_id = $2 and valid_from < $3 and valid_to is null and tag_id is null",
		o.Vehicle, o.Agreement, at)
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 {
		return fmt.Errorf("the vehicle of order %d is no longer on its agreement", order)
	}
	_, err = tx.Exec(ctx, "insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ($1, $2, $3, $4)", o.Vehicle, o.Agreement, string(tag), at)
	return err
}
