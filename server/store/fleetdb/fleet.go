package fleetdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// lineRow is a vehicle or a tag as it is selected.
type lineRow struct {
	Number                         string
	Vehicle                        toll.VehicleID
	Country, Plate, Category, Fuel string
	WeightKG, Euro                 int
	PlugIn                         bool
	Tag                            toll.TagID
	Status                         toll.TagStatus
	Since                          *time.Time
	Version                        int64
	Deposit, Net                   money.Ore
	Passages                       int
	Centre, Reference              string
}

func (r lineRow) line() api.FleetLine {
	l := api.FleetLine{Agreement: r.Number, Vehicle: r.Vehicle, Tag: r.Tag, Status: r.Status, Version: r.Version, Net: r.Net, Passages: r.Passages, Centre: r.Centre, Reference: r.Reference}
	if r.Vehicle != "" {
		facts := toll.Facts{Category: r.Category, WeightKG: r.WeightKG, Fuel: toll.Fuel(r.Fuel), PlugIn: r.PlugIn, Euro: r.Euro}
		l.Plate, l.Facts, l.Class = toll.Plate{Country: r.Country, Text: r.Plate}, facts, facts.Class(r.Tag != "").String()
	}
	if r.Tag != "" && r.Status != toll.TagLost {
		l.Returned = r.Deposit
	}
	if r.Since != nil {
		l.Since = r.Since.UTC()
	}
	return l
}

// Fleet returns the tags and vehicles of a customer's agreements in force.
func (s *Store) Fleet(ctx context.Context, customer toll.CustomerID, at time.Time, limit int) (reply api.FleetReply, err error) {
	month := oslo.MonthOf(at)
	err = s.db.Snapshot(ctx, "fleet", func(tx pgx.Tx) error {
		reply.Lines, err = store.SelectMapped(ctx, tx, lineRow.line, `
			with g as (select id, number from agreement where customer_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2)),
			s as (select vehicle_id, agreement_id, sum(net)::bigint as net, sum(passages)::bigint as passages from passage_sum
				where customer_id = $1 and day between $3 and $4 group by vehicle_id, agreement_id)
			select * from (select g.number, m.vehicle_id::text as vehicle, v.country, v.plate, coalesce(f.category, '') as category, coalesce(f.fuel, '') as fuel,
				coalesce(f.weight_kg, 0) as weight_kg, coalesce(f.euro, 0) as euro, coalesce(f.plug_in, false) as plug_in, coalesce(m.tag_id, '') as tag,
				coalesce(t.status, case when exists (select from tag_order o where o.vehicle_id = v.id and o.agreement_id = g.id and o.item = 'tag' and o.sent_at is null) then 'ordered' else '' end) as status,
				m.valid_from as since, coalesce(t.deposit, 0)::bigint as deposit,
				coalesce(case when m.tag_id is not null then (select max(id) from fleet_event where tag_id = m.tag_id)
					else (select max(id) from fleet_event where from_vehicle = v.id or to_vehicle = v.id) end, 0) as version,
				coalesce(s.net, 0)::bigint as net, coalesce(s.passages, 0)::bigint as passages,
				coalesce(n.centre, '') as centre, coalesce(n.reference, '') as reference
			from g join mount m on m.agreement_id = g.id and m.valid_to is null join vehicle v on v.id = m.vehicle_id left join tag t on t.id = m.tag_id
			left join vehicle_facts f on f.vehicle_id = v.id and f.valid_from <= $2 and (f.valid_to is null or f.valid_to > $2)
			left join vehicle_label n on n.customer_id = $1 and n.vehicle_id = v.id left join s on s.vehicle_id = v.id and s.agreement_id = g.id
			union all
			select g.number, '', '', '', '', '', 0, 0, false, t.id, t.status, null, t.deposit::bigint, coalesce((select max(id) from fleet_event where tag_id = t.id), 0), 0, 0, '', ''
			from g join tag t on t.agreement_id = g.id and t.status <> 'settled' and not exists (select from mount where tag_id = t.id and valid_to is null)) l
			order by plate = '', plate, country, tag`, string(customer), at, month.First().String(), month.Last().String())
		if err != nil {
			return err
		}
		reply.Agreements, err = store.Select[api.FleetAgreement](ctx, tx, `select g.number, g.charger, $3 > 0 and
				(select count(*) from mount where agreement_id = g.id and valid_to is null) + (select count(*) from tag t where t.agreement_id = g.id
					and t.status in ('active', 'on-hold', 'lost') and not exists (select from mount where tag_id = t.id and valid_to is null)) >= $3 as "full"
			from agreement g where g.customer_id = $1 and g.valid_from <= $2 and (g.valid_to is null or g.valid_to > $2) order by g.number`, string(customer), at, limit)
		return err
	})
	return reply, err
}
