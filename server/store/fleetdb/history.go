package fleetdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// eventRow is a change as it is selected.
type eventRow struct {
	ID                                         int64
	Key                                        string
	Kind                                       toll.ChangeKind
	Reason                                     toll.ChangeReason
	At, EffectiveAt                            time.Time
	Actor, Party, Number                       string
	Tag                                        toll.TagID
	StatusBefore, StatusAfter                  toll.TagStatus
	FromVehicle, ToVehicle                     toll.VehicleID
	FromCountry, FromPlate, ToCountry, ToPlate string
	Kept, Ended, Ordered, Awaits               bool
	Returned, FromNet, ToNet                   money.Ore
	TextBefore, TextAfter                      string
}

// eventsOf selects changes of a customer.
const eventsOf = `select e.id, e.key::text, e.kind, e.reason, e.at, e.effective_at, coalesce(u.person, '') as actor, c.name as party, g.number, coalesce(e.tag_id, '') as tag,
		e.status_before, e.status_after, coalesce(e.from_vehicle::text, '') as from_vehicle, coalesce(e.to_vehicle::text, '') as to_vehicle,
		coalesce(a.country, '') as from_country, coalesce(a.plate, '') as from_plate, coalesce(b.country, '') as to_country, coalesce(b.plate, '') as to_plate,
		e.kept, e.ended, e.ordered, e.returned::bigint as returned, e.awaits, e.from_net, e.to_net, e.text_before, e.text_after
	from fleet_event e join agreement g on g.id = e.agreement_id join customer c on c.id = g.customer_id left join account u on u.id = e.account_id
	left join vehicle a on a.id = e.from_vehicle left join vehicle b on b.id = e.to_vehicle
	where g.customer_id = $1 `

// event returns a change of the contract.
func (r eventRow) event() api.FleetEvent {
	e := api.FleetEvent{
		ID: r.ID, Key: r.Key, Kind: r.Kind, Reason: r.Reason, At: r.At.UTC(), Effective: r.EffectiveAt.UTC(), Actor: r.Actor, Party: r.Party, Agreement: r.Number,
		Tag: r.Tag, Before: r.StatusBefore, After: r.StatusAfter, Kept: r.Kept, Ended: r.Ended, Ordered: r.Ordered, Returned: r.Returned, Awaits: r.Awaits, Was: r.TextBefore, Became: r.TextAfter,
	}
	if r.FromVehicle != "" {
		e.From = &toll.Plate{Country: r.FromCountry, Text: r.FromPlate}
	}
	if r.ToVehicle != "" {
		e.To = &toll.Plate{Country: r.ToCountry, Text: r.ToPlate}
	}
	return e
}

// History returns changes before the one with an id, the latest first.
func (s *Store) History(ctx context.Context, customer toll.CustomerID, req api.FleetHistoryRequest, before int64, limit int) ([]api.FleetEvent, error) {
	list, err := store.SelectMapped(ctx, s.db.Pool, eventRow.event, eventsOf+`and ($2 = '' or g.number = $2 or e.kind = 'transfer' and e.text_before = $2) and ($3 = '' or e.from_vehicle = nullif($3, '')::uuid or e.to_vehicle = nullif($3, '')::uuid)
		and ($4 = '' or e.tag_id = $4) and ($5 = 0 or e.id < $5) order by e.id desc limit $6`,
		string(customer), req.Agreement, string(req.Vehicle), string(req.Tag), before, limit)
	if err != nil {
		return nil, fmt.Errorf("history of a fleet: %w", err)
	}
	return list, nil
}

// Receipt returns a change of the customer by its key, or fault.NotFound.
func (s *Store) Receipt(ctx context.Context, customer toll.CustomerID, key string) (receipt api.FleetReceipt, err error) {
	err = s.db.Snapshot(ctx, "receipt of a change", func(tx pgx.Tx) error {
		receipt, err = selectReceipt(ctx, tx, customer, key)
		return err
	})
	return receipt, err
}

func selectReceipt(ctx context.Context, tx pgx.Tx, customer toll.CustomerID, key string) (receipt api.FleetReceipt, err error) {
	r, err := store.SelectOne[eventRow](ctx, tx, eventsOf+"and e.key = $2", string(customer), key)
	if errors.Is(err, pgx.ErrNoRows) {
		return receipt, fault.New(fault.NotFound)
	}
	if err != nil {
		return receipt, fmt.Errorf("change: %w", err)
	}
	receipt.FleetEvent = r.event()
	if !r.EffectiveAt.Before(r.At) {
		return receipt, nil
	}
	for i, v := range []struct {
		id     toll.VehicleID
		plate  *toll.Plate
		before money.Ore
	}{{r.FromVehicle, receipt.From, r.FromNet}, {r.ToVehicle, receipt.To, r.ToNet}} {
		if v.plate == nil || i > 0 && v.id == r.FromVehicle {
			continue
		}
		price, err := priceOf(ctx, tx, customer, v.id, r.EffectiveAt, r.At)
		if err != nil {
			return receipt, err
		}
		price.Plate, price.Before = *v.plate, v.before
		receipt.Prices = append(receipt.Prices, price)
	}
	err = tx.QueryRow(ctx, "select exists (select from register_change where again_at is null and (vehicle_id = nullif($1, '')::uuid or vehicle_id = nullif($2, '')::uuid))",
		string(r.FromVehicle), string(r.ToVehicle)).Scan(&receipt.Pending)
	return receipt, err
}
