package fleetdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/fleet"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// errTried rolls a change back that is only tried.
var errTried = errors.New("tried")

// Change locks the agreement of what a request names, and saves what decide returns.
func (s *Store) Change(ctx context.Context, r fleet.Request, decide func(fleet.Current) (fleet.Outcome, error)) (receipt api.FleetReceipt, err error) {
	err = s.db.Tx(ctx, "change fleet", func(tx pgx.Tx) error {
		// A repeated request is answered even if what it names has left the agreement since.
		if receipt, err = madeBefore(ctx, tx, r); err != nil || receipt.ID != 0 {
			return err
		}
		l, err := lockAgreement(ctx, tx, r)
		if err != nil {
			return err
		}
		// One that has waited for the first finds its change now.
		if receipt, err = madeBefore(ctx, tx, r); err != nil || receipt.ID != 0 {
			return err
		}
		receipt, err = change(ctx, tx, r, l, decide)
		return err
	})
	switch {
	case errors.Is(err, errTried):
		return receipt, nil
	case store.HasCode(err, pgerrcode.ExclusionViolation):
		return receipt, fault.New(fault.VehicleTaken).At("plate")
	case store.HasCode(err, pgerrcode.UniqueViolation): // the key of a change of another agreement
		return receipt, fault.New(fault.ChangedMeanwhile)
	}
	return receipt, err
}

// madeBefore returns the change that a request has made already, and an empty one if it has not.
func madeBefore(ctx context.Context, tx pgx.Tx, r fleet.Request) (api.FleetReceipt, error) {
	if r.Try {
		return api.FleetReceipt{}, nil
	}
	receipt, err := selectReceipt(ctx, tx, r.Customer, r.Key)
	if fault.CodeOf(err) == fault.NotFound {
		return api.FleetReceipt{}, nil
	}
	return receipt, err
}

// locked is the agreement and the tag that a change locks.
type locked struct {
	ID, Number string
	Status     toll.TagStatus
	Deposit    money.Ore
	Target     string // id of the agreement that a vehicle goes to; empty for none
}

// lockAgreement locks the agreement in force of the tag or vehicle of a request, so that changes of it wait for each
// other.
func lockAgreement(ctx context.Context, tx pgx.Tx, r fleet.Request) (locked, error) {
	from, args := "", []any{string(r.Customer), r.Now}
	columns := "a.id::text, a.number, '' as status, 0::bigint as deposit, '' as target"
	switch {
	case r.Tag != "":
		from, args = "agreement a join tag t on t.agreement_id = a.id and t.id = $3", append(args, string(r.Tag))
		columns = "a.id::text, a.number, t.status, t.deposit::bigint, '' as target"
	case r.Vehicle != "":
		from = "agreement a join (select agreement_id from mount where vehicle_id = $3 order by valid_from desc limit 1) m on m.agreement_id = a.id"
		args = append(args, string(r.Vehicle))
	default:
		from, args = "(select * from agreement where number = $3) a", append(args, r.Agreement)
	}
	sql := "select " + columns + " from " + from + " where a.customer_id = $1 and a.valid_from <= $2 and (a.valid_to is null or a.valid_to > $2)"
	l, err := store.SelectOne[locked](ctx, tx, sql, args...)
	target := ""
	if err == nil && r.Transfer {
		err = tx.QueryRow(ctx, "select id::text from agreement where customer_id = $1 and number = $3 and valid_from <= $2 and (valid_to is null or valid_to > $2)",
			string(r.Customer), r.Now, r.Agreement).Scan(&target)
	}
	if err == nil {
		if _, err = tx.Exec(ctx, "select from agreement where id in ($1::uuid, nullif($2, '')::uuid) order by id for no key update", l.ID, target); err == nil {
			l, err = store.SelectOne[locked](ctx, tx, sql, args...) // as the change before left it
			l.Target = target
		}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return l, fault.New(fault.NotFound)
	}
	return l, err
}

// change decides and saves a change of a locked agreement.
func change(ctx context.Context, tx pgx.Tx, r fleet.Request, l locked, decide func(fleet.Current) (fleet.Outcome, error)) (receipt api.FleetReceipt, err error) {
	c, ids, err := selectCurrent(ctx, tx, r, l)
	if err != nil {
		return receipt, err
	}
	o, err := decide(c)
	if err != nil {
		return receipt, err
	}
	if r.Key == "" { // a change that is only tried
		r.Key = tryKey
	}
	if err := saveMounts(ctx, tx, c.Placement, o.Placement, ids); err != nil {
		return receipt, err
	}
	if c.Placement.Tag != o.Placement.Tag {
		if _, err := tx.Exec(ctx, "update tag set status = $2, agreement_id = $3 where id = $1", string(r.Tag), string(o.Placement.Tag.Status), string(o.Placement.Tag.Agreement)); err != nil {
			return receipt, err
		}
	}
	if err := saveOrder(ctx, tx, r, o, l.ID); err != nil {
		return receipt, err
	}
	if o.Event.Ended {
		if _, err := tx.Exec(ctx, "update agreement set valid_to = $2 where id = $1", l.ID, r.At); err != nil {
			return receipt, err
		}
	}
	if err := addEvent(ctx, tx, r, o, string(o.Placement.Agreement)); err != nil {
		return receipt, err
	}
	receipt, err = selectReceipt(ctx, tx, r.Customer, r.Key)
	if err == nil && r.Try {
		err = errTried
	}
	return receipt, err
}

// tryKey is the key of a change that is rolled back.
const tryKey = "00000000-0000-0000-0000-000000000000"

// mountRow is a mount with its agreement, if that is the customer's.
type mountRow struct {
	ID        int64
	Vehicle   toll.VehicleID
	Agreement toll.AgreementID
	Own       string
	Tag       toll.TagID
	ValidFrom time.Time
	ValidTo   *time.Time
}

// selectCurrent returns what a change finds, and the ids of its mounts.
func selectCurrent(ctx context.Context, tx pgx.Tx, r fleet.Request, l locked) (c fleet.Current, ids []int64, err error) {
	agreement := toll.AgreementID(l.ID)
	c = fleet.Current{Vehicle: r.Vehicle, Deposit: l.Deposit, Own: map[toll.AgreementID]string{}, Placement: toll.Placement{Agreement: agreement}}
	if r.Tag != "" {
		c.Placement.Tag = toll.Tag{ID: r.Tag, Agreement: agreement, Status: l.Status}
		if c.Vehicle, err = vehicleOfTag(ctx, tx, r.Tag, l.Status); err != nil {
			return c, nil, err
		}
	}
	if r.To != nil {
		if c.To, err = store.SaveVehicle(ctx, tx, *r.To, r.Source, r.At); err != nil {
			return c, nil, err
		}
	}
	rows, err := store.Select[mountRow](ctx, tx, `select m.id, m.vehicle_id::text as vehicle, m.agreement_id::text as agreement, coalesce(m.tag_id, '') as tag, m.valid_from, m.valid_to,
			case when g.customer_id = $4 then g.number else '' end as own
		from mount m join agreement g on g.id = m.agreement_id where m.tag_id = nullif($1, '') or m.vehicle_id = nullif($2, '')::uuid or m.vehicle_id = nullif($3, '')::uuid order by m.id`,
		string(r.Tag), string(c.Vehicle), string(c.To), string(r.Customer))
	if err != nil {
		return c, nil, fmt.Errorf("mounts: %w", err)
	}
	for _, row := range rows {
		ids = append(ids, row.ID)
		c.Own[row.Agreement] = row.Own
		c.Placement.Mounts = append(c.Placement.Mounts, toll.Mount{
			Vehicle: row.Vehicle, Agreement: row.Agreement, Tag: row.Tag, Validity: toll.Validity{From: row.ValidFrom, To: store.ZeroIfNull(row.ValidTo)},
		})
	}
	err = tx.QueryRow(ctx, `select (select count(*) from mount where agreement_id = $1 and valid_to is null),
			(select count(*) from tag t where t.agreement_id = $1 and t.id <> $2 and t.status in ('active', 'on-hold', 'lost')
				and not exists (select from mount where tag_id = t.id and valid_to is null)),
			case when $2 <> '' then (select coalesce(max(id), 0) from fleet_event where tag_id = $2)
				else (select coalesce(max(id), 0) from fleet_event where from_vehicle = nullif($3, '')::uuid or to_vehicle = nullif($3, '')::uuid) end`,
		l.ID, string(r.Tag), string(c.Vehicle)).Scan(&c.Vehicles, &c.Tags, &c.Version)
	if err != nil || l.Target == "" {
		return c, ids, err
	}
	c.Target = fleet.Target{ID: toll.AgreementID(l.Target), Number: r.Agreement, From: l.Number}
	err = tx.QueryRow(ctx, `select (select count(*) from mount where agreement_id = $1 and valid_to is null) + (select count(*) from tag t where t.agreement_id = $1
		and t.status in ('active', 'on-hold', 'lost') and not exists (select from mount where tag_id = t.id and valid_to is null))`, l.Target).Scan(&c.Target.Vehicles)
	return c, ids, err
}

// vehicleOfTag returns the vehicle that a tag is on, or was on when it was reported as lost; empty for none.
func vehicleOfTag(ctx context.Context, tx pgx.Tx, tag toll.TagID, status toll.TagStatus) (vehicle toll.VehicleID, err error) {
	sql := "select vehicle_id::text from mount where tag_id = $1 and valid_to is null"
	if status == toll.TagLost {
		sql = "select coalesce(from_vehicle::text, '') from fleet_event where tag_id = $1 and kind = 'lost' order by id desc limit 1"
	}
	err = tx.QueryRow(ctx, sql, string(tag)).Scan(&vehicle)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return vehicle, err
}

// saveMounts ends and adds the mounts in which two placements differ.
func saveMounts(ctx context.Context, tx pgx.Tx, before, after toll.Placement, ids []int64) error {
	for i, m := range after.Mounts {
		var err error
		switch {
		case i >= len(before.Mounts) && m.To.IsZero():
			_, err = tx.Exec(ctx, "insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ($1, $2, $3, $4)",
				string(m.Vehicle), string(m.Agreement), store.NullIfZero(string(m.Tag)), m.From)
		case i < len(before.Mounts) && !m.To.Equal(before.Mounts[i].To):
			_, err = tx.Exec(ctx, "update mount set valid_to = $2 where id = $1", ids[i], m.To)
		}
		if err != nil {
			return fmt.Errorf("mount: %w", err)
		}
	}
	return nil
}

// saveOrder orders a tag for a vehicle that joins an agreement, and withdraws the order of a vehicle that leaves it or
// gets another tag.
func saveOrder(ctx context.Context, tx pgx.Tx, r fleet.Request, o fleet.Outcome, agreement string) error {
	for kind, version := range o.Terms {
		if err := acceptTerms(ctx, tx, agreement, kind, version, r.Now); err != nil {
			return err
		}
	}
	if o.Event.Ordered {
		_, err := tx.Exec(ctx, `insert into tag_order (agreement_id, vehicle_id, ordered_at, address)
			select $1, $2, $3, coalesce((select nullif(address, '') from agreement where id = $1), (select address from tag_order where agreement_id = $1 and address <> '' order by id desc limit 1),
				(select concat_ws(', ', nullif(street, ''), nullif(concat_ws(' ', nullif(postal_code, ''), nullif(city, '')), ''), nullif(country, '')) from profile where account_id = $4), '')`,
			agreement, string(o.To), r.Now, string(r.Account))
		return err
	}
	if o.Event.Kind == toll.ChangeTransfer {
		_, err := tx.Exec(ctx, "update tag_order set agreement_id = $3 where agreement_id = $1 and vehicle_id = $2 and sent_at is null",
			agreement, string(o.To), string(o.Placement.Agreement))
		return err
	}
	return withdrawOrders(ctx, tx, o, agreement)
}

// withdrawOrders withdraws what was ordered for a vehicle that leaves its agreement, and the first tag of one that gets another.
// The replacement of a tag that has gone becomes the vehicle's first tag.
func withdrawOrders(ctx context.Context, tx pgx.Tx, o fleet.Outcome, agreement string) error {
	left := "delete from tag_order where"
	if o.Event.Kept {
		left = "update tag_order set item = 'tag', replaces = null where item = 'replacement' and"
	}
	const unsent = " agreement_id = $1 and vehicle_id = nullif($2, '')::uuid and sent_at is null"
	if _, err := tx.Exec(ctx, left+unsent, agreement, string(o.From)); err != nil {
		return err
	}
	if o.To == o.From {
		return nil
	}
	_, err := tx.Exec(ctx, "delete from tag_order where item = 'tag' and"+unsent, agreement, string(o.To))
	return err
}

// addEvent adds a change to the history, with what the passages concerned cost so far.
func addEvent(ctx context.Context, tx pgx.Tx, r fleet.Request, o fleet.Outcome, agreement string) error {
	e := store.FleetEvent{
		Key: r.Key, Agreement: toll.AgreementID(agreement), Account: r.Account, At: r.Now, Effective: r.At, Kind: o.Event.Kind, Reason: o.Event.Reason, Tag: r.Tag,
		Before: o.Event.Before, After: o.Event.After, From: o.From, To: o.To, Kept: o.Event.Kept, Ended: o.Event.Ended, Ordered: o.Event.Ordered, Returned: o.Event.Returned, Awaits: o.Event.Awaits,
		Was: o.Event.Was, Became: o.Event.Became,
	}
	for _, p := range []struct {
		vehicle toll.VehicleID
		net     *money.Ore
	}{{o.From, &e.FromNet}, {o.To, &e.ToNet}} {
		if p.vehicle == "" || !r.At.Before(r.Now) {
			continue
		}
		price, err := priceOf(ctx, tx, r.Customer, p.vehicle, r.At, r.Now)
		if err != nil {
			return err
		}
		*p.net = price.Now
	}
	return store.AddFleetEvent(ctx, tx, e)
}

// priceOf returns what the passages of a vehicle in a span of time cost a customer, and how many there are.
func priceOf(ctx context.Context, tx pgx.Tx, customer toll.CustomerID, vehicle toll.VehicleID, from, to time.Time) (p api.FleetPrice, err error) {
	err = tx.QueryRow(ctx, `select count(*) filter (where p.customer_id = $1), coalesce(sum(c.net), 0)
		from passage p cross join lateral (select sum(amount) as net from charge where passage_id = p.id and customer_id = $1) c
		where p.vehicle_id = $2 and p.passed_at >= $3 and p.passed_at < $4`, string(customer), string(vehicle), from, to).Scan(&p.Passages, &p.Now)
	if err != nil {
		return p, fmt.Errorf("price of passages: %w", err)
	}
	return p, nil
}
