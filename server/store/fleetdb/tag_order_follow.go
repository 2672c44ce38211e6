package fleetdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// orderRow is an order as its customer follows it.
type orderRow struct {
	ID                                   int64
	Item                                 toll.OrderItem
	Number, Country, Plate, Name, SendTo string
	Vehicle                              toll.VehicleID
	Tag                                  toll.TagID
	OrderedAt                            time.Time
	PackedAt, SentAt, DeliveredAt        *time.Time
}

func (r orderRow) order() fleet.Order {
	return fleet.Order{
		ID: r.ID, Item: r.Item, Agreement: r.Number, Vehicle: r.Vehicle, Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Name: r.Name, Address: r.SendTo,
		Tag: r.Tag, At: r.OrderedAt.UTC(), Packed: store.ZeroIfNull(r.PackedAt), Sent: store.ZeroIfNull(r.SentAt), Delivered: store.ZeroIfNull(r.DeliveredAt),
	}
}

// selectOrders selects orders with the address that they are sent to.
const selectOrders = `select o.id, o.item, g.number, v.country, v.plate, c.name, o.vehicle_id::text as vehicle, coalesce(o.tag_id, '') as tag,
		coalesce(nullif(o.address, ''), nullif(g.address, ''), concat_ws(', ', nullif(f.street, ''), nullif(concat_ws(' ', nullif(f.postal_code, ''), nullif(f.city, '')), ''), nullif(f.country, '')), '') as send_to,
		o.ordered_at, o.packed_at, o.sent_at, o.delivered_at
	from tag_order o join agreement g on g.id = o.agreement_id join vehicle v on v.id = o.vehicle_id join customer c on c.id = g.customer_id
	left join agreement_begun n on n.agreement_id = g.id left join profile f on f.account_id = n.account_id `

// ordersMax is the maximum number of orders that a customer's page shows.
const ordersMax = 50

// Orders returns the orders of a customer, the latest first.
func (s *Store) Orders(ctx context.Context, customer toll.CustomerID) ([]fleet.Order, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, orderRow.order, selectOrders+"where g.customer_id = $1 order by o.ordered_at desc, o.id desc limit $2", string(customer), ordersMax)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	return list, nil
}

// OpenOrders returns the orders that have not been delivered, the oldest first.
func (s *Store) OpenOrders(ctx context.Context) ([]fleet.Order, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, orderRow.order, selectOrders+`where o.delivered_at is null
		and (o.item <> 'tag' or (select count(*) from agreement_terms t where t.agreement_id = g.id) = 2) order by o.ordered_at, o.id`)
	if err != nil {
		return nil, fmt.Errorf("open orders: %w", err)
	}
	return list, nil
}

// PlaceOrder stores an order for a vehicle on an agreement of the customer in force.
func (s *Store) PlaceOrder(ctx context.Context, o fleet.NewOrder) error {
	return s.db.Tx(ctx, "order tag", func(tx pgx.Tx) error {
		// Locked as every change locks it, so that the tag is still the vehicle's when the order is stored.
		on, err := store.SelectOne[struct{ Agreement, Tag string }](ctx, tx, `select g.id::text as agreement, coalesce(m.tag_id, '') as tag
			from agreement g join mount m on m.agreement_id = g.id and m.valid_to is null
			where g.customer_id = $1 and m.vehicle_id = $2 and g.valid_from <= $3 and (g.valid_to is null or g.valid_to > $3) for no key update of g`,
			string(o.Customer), string(o.Vehicle), o.At)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound)
		}
		if err != nil {
			return err
		}
		item, replaces := toll.ItemTag, ""
		switch {
		case o.Holder:
			item = toll.ItemHolder
		case on.Tag != "":
			item, replaces = toll.ItemReplacement, on.Tag
		}
		done, err := tx.Exec(ctx, `insert into tag_order (agreement_id, vehicle_id, ordered_at, address, item, replaces)
			select $1, $2, $3, $4, $5, nullif($6, '') where not exists (select from tag_order where vehicle_id = $2 and (item = 'holder') = ($5 = 'holder')
				and (sent_at is null or item = 'replacement' and delivered_at is null)) on conflict do nothing`,
			on.Agreement, string(o.Vehicle), o.At, o.Address, string(item), replaces)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.TagOrdered).At("item")
		}
		for kind, version := range o.Terms {
			if err := acceptTerms(ctx, tx, on.Agreement, kind, version, o.At); err != nil {
				return err
			}
		}
		return store.AddFleetEvent(ctx, tx, store.FleetEvent{
			Agreement: toll.AgreementID(on.Agreement), Account: o.Account, At: o.At, Effective: o.At, Kind: toll.ChangeOrder, To: o.Vehicle, Ordered: true,
		})
	})
}

// acceptTerms records which version of terms a customer has accepted for an agreement.
func acceptTerms(ctx context.Context, tx pgx.Tx, agreement string, kind toll.TermsKind, version int, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into agreement_terms (agreement_id, kind, version, accepted_at) values ($1, $2, $3, $4)
		on conflict (agreement_id, kind) do update set version = excluded.version, accepted_at = excluded.accepted_at`, agreement, string(kind), version, at)
	return err
}

// SetOrderAddress corrects the address of an order that has not been sent.
func (s *Store) SetOrderAddress(ctx context.Context, customer toll.CustomerID, order int64, address string) error {
	return s.db.Tx(ctx, "address of an order", func(tx pgx.Tx) error {
		var sent bool
		err := tx.QueryRow(ctx, "select o.sent_at is not null from tag_order o join agreement g on g.id = o.agreement_id where o.id = $1 and g.customer_id = $2 for update of o",
			order, string(customer)).Scan(&sent)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fault.New(fault.NotFound)
		case err != nil:
			return err
		case sent:
			return fault.New(fault.ChangedMeanwhile)
		}
		_, err = tx.Exec(ctx, "update tag_order set address = $2 where id = $1", order, address)
		return err
	})
}

// PackOrder records that an order is packed.
func (s *Store) PackOrder(ctx context.Context, order int64, at time.Time) error {
	return s.step(ctx, order, "update tag_order set packed_at = $2 where id = $1", "packed_at is null", at)
}

// SendHolder records that the holder of an order was sent.
func (s *Store) SendHolder(ctx context.Context, order int64, at time.Time) error {
	return s.step(ctx, order, "update tag_order set sent_at = $2 where id = $1", "item = 'holder' and sent_at is null", at)
}

// step records an instant of an order that meets a condition.
func (s *Store) step(ctx context.Context, order int64, statement, condition string, at time.Time) error {
	return s.db.Tx(ctx, "order", func(tx pgx.Tx) error {
		if _, err := lockOrder(ctx, tx, order, condition); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, statement, order, at)
		return err
	})
}

// DeliverOrder records that an order was delivered, and puts a replacement on the vehicle.
func (s *Store) DeliverOrder(ctx context.Context, order int64, at time.Time) error {
	return s.db.Tx(ctx, "deliver order", func(tx pgx.Tx) error {
		// The agreement first, as every change of its tags locks it.
		_, err := tx.Exec(ctx, "select from agreement g join tag_order o on o.agreement_id = g.id where o.id = $1 for no key update of g", order)
		if err != nil {
			return err
		}
		o, err := lockOrder(ctx, tx, order, "sent_at is not null and delivered_at is null")
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update tag_order set delivered_at = $2 where id = $1", order, at); err != nil || o.Item != toll.ItemReplacement {
			return err
		}
		return replaceTag(ctx, tx, o, at)
	})
}

// replaceTag puts a replacement on the vehicle of the tag that it replaces, which is settled. Nothing is changed if somebody has
// put either of them elsewhere meanwhile.
func replaceTag(ctx context.Context, tx pgx.Tx, o sentOrder, at time.Time) error {
	done, err := tx.Exec(ctx, `update mount set valid_to = $4 where vehicle_id = $1 and agreement_id = $2 and tag_id = $3 and valid_to is null and valid_from < $4
		and exists (select from tag where id = $5 and agreement_id = $2 and status = 'on-hold')
		and not exists (select from mount where tag_id = $5 and valid_to is null)`, o.Vehicle, o.Agreement, o.Replaces, at, o.Tag)
	if err != nil || done.RowsAffected() == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ($1, $2, $3, $4)", o.Vehicle, o.Agreement, o.Tag, at)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update tag t set status = case when t.id = $1 then 'active' else 'settled' end,
			deposit = case when t.id = $1 then (select deposit from tag where id = $2) else 0 end where t.id in ($1, $2)`, o.Tag, o.Replaces)
	if err != nil {
		return err
	}
	var account *string // who ordered it
	err = tx.QueryRow(ctx, "select account_id::text from fleet_event where kind = 'order' and to_vehicle = $1 order by id desc limit 1", o.Vehicle).Scan(&account)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	for _, e := range []store.FleetEvent{
		{Kind: toll.ChangeSettle, Tag: toll.TagID(o.Replaces), Before: toll.TagActive, After: toll.TagSettled, From: toll.VehicleID(o.Vehicle), Kept: true},
		{Kind: toll.ChangeMove, Tag: toll.TagID(o.Tag), Before: toll.TagOnHold, After: toll.TagActive},
	} {
		e.Agreement, e.To, e.At, e.Effective = toll.AgreementID(o.Agreement), toll.VehicleID(o.Vehicle), at, at
		if account != nil {
			e.Account = toll.AccountID(*account)
		}
		if err := store.AddFleetEvent(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// ReceiveTag records that a settled tag was received, with the deposit that awaits it.
func (s *Store) ReceiveTag(ctx context.Context, tag toll.TagID, at time.Time) error {
	return s.db.Tx(ctx, "receive tag", func(tx pgx.Tx) error {
		var agreement string
		err := tx.QueryRow(ctx, "update tag set received_at = $2 where id = $1 and status = 'settled' and received_at is null returning agreement_id::text", string(tag), at).Scan(&agreement)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("tag %s is not settled, or it has been received before", tag)
		}
		if err != nil {
			return err
		}
		e := store.FleetEvent{
			Agreement: toll.AgreementID(agreement), At: at, Effective: at, Kind: toll.ChangeReceive, Tag: tag, Before: toll.TagSettled, After: toll.TagSettled,
		}
		err = tx.QueryRow(ctx, "select coalesce(sum(returned), 0)::bigint from fleet_event where tag_id = $1 and kind = 'settle' and awaits", string(tag)).Scan(&e.Returned)
		if err != nil {
			return err
		}
		return store.AddFleetEvent(ctx, tx, e)
	})
}
