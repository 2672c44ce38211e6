package passagedb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage/reading"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Passages returns one page of a customer's passages, newest first.
func (s *Store) Passages(ctx context.Context, q reading.Query) (page reading.Page, err error) {
	err = s.db.Snapshot(ctx, "passages", func(tx pgx.Tx) error {
		if q.WithCount {
			if page.Count, page.Total, err = sums(ctx, tx, q); err != nil {
				return err
			}
		}
		w := filter(q)
		if !q.After.At.IsZero() {
			w.add("(p.passed_at, p.id) < (%s, %s)", q.After.At, string(q.After.ID))
		}
		page.Lines, err = lines(ctx, tx, w, q.Limit)
		return err
	})
	return page, err
}

// sums returns the number and the net of what a query selects.
func sums(ctx context.Context, tx pgx.Tx, q reading.Query) (count int, net money.Ore, err error) {
	w, of := sumFilter(q), "select coalesce(sum(passages), 0), coalesce(sum(net), 0)::bigint from passage_sum where "
	if q.Invoice != "" { // there are no sums of documents
		w, of = filter(q), "select count(*), coalesce(sum(c.net), 0)::bigint from passage p"+currentCharge+" where "
	}
	err = tx.QueryRow(ctx, of+w.sql(), w.args...).Scan(&count, (*int64)(&net))
	return count, net, err
}

// MonthTotal returns the sum of a customer's charges for the passages of a month.
func (s *Store) MonthTotal(ctx context.Context, customer toll.CustomerID, month oslo.Month) (total money.Ore, err error) {
	err = s.db.Pool.QueryRow(ctx, "select coalesce(sum(net), 0)::bigint from passage_sum where customer_id = $1 and day between $2 and $3",
		string(customer), month.First().String(), month.Last().String()).Scan((*int64)(&total))
	if err != nil {
		return 0, fmt.Errorf("month's total: %w", err)
	}
	return total, nil
}

// where collects conditions and their arguments.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(condition string, args ...any) {
	places := make([]any, len(args))
	for i := range args {
		places[i] = fmt.Sprintf("$%d", len(w.args)+i+1)
	}
	w.parts = append(w.parts, fmt.Sprintf(condition, places...))
	w.args = append(w.args, args...)
}

func (w *where) sql() string { return strings.Join(w.parts, " and ") }

func filter(q reading.Query) *where {
	w := &where{}
	w.add("p.customer_id = %s and p.station <> ''", string(q.Customer)) // package privacy anonymises old ones
	if q.Vehicle != "" {
		w.add("p.vehicle_id = %s", string(q.Vehicle))
	}
	if q.Agreement != "" {
		w.add("p.agreement_id = %s", string(q.Agreement))
	}
	if q.First != 0 {
		w.add("p.passed_at >= %s", q.First.Start())
	}
	if q.Last != 0 {
		w.add("p.passed_at < %s", (q.Last + 1).Start())
	}
	if q.Invoice != "" {
		w.add(`p.id in (select coalesce(l.passage_id, (l.said->>'passage')::uuid) from invoice i join invoice_line l on l.invoice_id = i.id
			where i.customer_id = %s and i.number = %s)`, string(q.Customer), q.Invoice)
	}
	if q.IDs != nil {
		w.add("p.id = any(%s)", uuids(q.IDs))
	}
	return w
}

// sumFilter selects the sums of what filter selects. The sums have no single passages, so IDs and After do not count.
func sumFilter(q reading.Query) *where {
	w := &where{}
	w.add("customer_id = %s and vehicle_id <> %s", string(q.Customer), uuidZero) // without those that package privacy anonymises
	if q.Vehicle != "" {
		w.add("vehicle_id = %s", string(q.Vehicle))
	}
	if q.Agreement != "" {
		w.add("agreement_id = %s", string(q.Agreement))
	}
	if q.First != 0 {
		w.add("day >= %s", q.First.String())
	}
	if q.Last != 0 {
		w.add("day <= %s", q.Last.String())
	}
	return w
}

// lines returns passages that meet conditions, the newest first. The page is cut off before charges are read, so that no
// plan reads those of other pages.
func lines(ctx context.Context, tx pgx.Tx, w *where, limit int) ([]api.PassageLine, error) {
	return store.SelectMapped(ctx, tx, lineRow.line, `
		select p.id::text, p.passed_at, p.station, p.direction, coalesce(p.vehicle_id::text, '') as vehicle,
			coalesce(p.agreement_id::text, '') as agreement, coalesce(v.country, p.country) as country, coalesce(v.plate, p.plate) as plate,
			p.tag, p.matched_by, p.matched_by = 'plate' and not p.blocked and exists (
				select from mount m where m.vehicle_id = p.vehicle_id and m.tag_id is not null and m.valid_from <= p.passed_at
					and (m.valid_to is null or m.valid_to > p.passed_at)) as unread,
			coalesce(c.revision, 0) as revision, coalesce(c.list, 0) as list, coalesce(c.net, 0) as net,
			coalesce(c.steps, '[]') as steps, coalesce(c.revision > 1 and exists (
				select from charge x where x.passage_id = p.id and x.revision > 1 and x.amount <> 0), false) as corrected
		from (select * from passage p where `+w.sql()+fmt.Sprintf(" order by p.passed_at desc, p.id desc limit %d", limit)+`) p
		left join vehicle v on v.id = p.vehicle_id`+currentCharge+" order by p.passed_at desc, p.id desc", w.args...)
}

// lineRow is a line of the list as it is stored.
type lineRow struct {
	ID             toll.PassageID
	PassedAt       time.Time
	Station        toll.StationID
	Direction      toll.Direction
	Vehicle        toll.VehicleID
	Agreement      toll.AgreementID
	Country, Plate string
	Tag            toll.TagID
	MatchedBy      toll.MatchedBy
	Unread         bool
	Revision       int
	List, Net      money.Ore
	Steps          []rating.Step
	Corrected      bool
}

func (r lineRow) line() api.PassageLine {
	return api.PassageLine{
		ID: r.ID, At: r.PassedAt.UTC(), Station: r.Station, Direction: r.Direction, Vehicle: r.Vehicle, Agreement: r.Agreement,
		Plate: toll.Plate{Country: r.Country, Text: r.Plate}, Tag: r.Tag, MatchedBy: r.MatchedBy, Unread: r.Unread, List: r.List, Net: r.Net, Steps: r.Steps,
		Corrected: r.Corrected, Priced: r.Revision > 0,
		Pending: slices.ContainsFunc(r.Steps, func(s rating.Step) bool { return s.Rule == rating.RulePending }),
	}
}

// LatestOf returns the instant of the latest passage of a sequence epoch, or zero when there is none.
func (s *Store) LatestOf(ctx context.Context, epoch int64) (at time.Time, err error) {
	var latest *time.Time
	if err := s.db.Pool.QueryRow(ctx, "select max(passed_at) from passage where epoch = $1", epoch).Scan(&latest); err != nil {
		return at, fmt.Errorf("latest passage: %w", err)
	}
	return store.ZeroIfNull(latest), nil
}
