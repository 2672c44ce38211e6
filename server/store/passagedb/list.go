package passagedb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/passage/reading"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// standing joins a passage with the charge that stands for it.
const standing = ` left join lateral (
	select revision, list, net, steps from charge where passage_id = p.id order by revision desc limit 1) c on true`

// Passages returns one page of a customer's passages, newest first.
func (s *Store) Passages(ctx context.Context, q reading.Query) (page reading.Page, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.db.Pool, snapshot, func(tx pgx.Tx) error {
		w := filter(q)
		if q.WithCount {
			row := tx.QueryRow(ctx, "select count(*), coalesce(sum(c.net), 0) from passage p"+standing+" where "+w.sql(), w.args...)
			if err := row.Scan(&page.Count, (*int64)(&page.Total)); err != nil {
				return err
			}
		}
		if !q.BeforeAt.IsZero() {
			w.add("(p.passed_at, p.id) < (%s, %s)", q.BeforeAt, string(q.BeforeID))
		}
		page.Lines, err = lines(ctx, tx, w, q.Limit)
		return err
	})
	if err != nil {
		return page, fmt.Errorf("passages: %w", err)
	}
	return page, nil
}

// MonthTotal is what a customer's passages of a month have cost so far.
func (s *Store) MonthTotal(ctx context.Context, customer toll.CustomerID, month oslo.Month) (total money.Ore, err error) {
	err = s.db.Pool.QueryRow(ctx, `select coalesce(sum(c.amount), 0) from passage p join charge c on c.passage_id = p.id and c.customer_id = p.customer_id
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3`, string(customer), month.Start(), (month + 1).Start()).Scan((*int64)(&total))
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
	w.add("p.customer_id = %s and p.station <> ''", string(q.Customer)) // package retention blurs the old ones
	if q.Vehicle != "" {
		w.add("p.vehicle_id = %s", string(q.Vehicle))
	}
	if q.Agreement != "" {
		w.add("p.agreement_id = %s", string(q.Agreement))
	}
	if !q.From.IsZero() {
		w.add("p.passed_at >= %s", q.From)
	}
	if !q.To.IsZero() {
		w.add("p.passed_at < %s", q.To)
	}
	if q.IDs != nil {
		ids := make([]pgtype.UUID, len(q.IDs))
		for i, id := range q.IDs {
			ids[i] = uuid(id)
		}
		w.add("p.id = any(%s)", ids)
	}
	return w
}

func lines(ctx context.Context, tx pgx.Tx, w *where, limit int) ([]api.PassageLine, error) {
	rows, err := tx.Query(ctx, `select p.id, p.passed_at, p.station, p.direction, coalesce(p.vehicle_id::text, ''), coalesce(p.agreement_id::text, ''),
			coalesce(v.country, p.country), coalesce(v.plate, p.plate), p.tag, p.matched_by, coalesce(c.revision, 0), coalesce(c.list, 0),
			coalesce(c.net, 0), coalesce(c.steps, '[]'), coalesce(c.revision > 1 and exists (
				select from charge x where x.passage_id = p.id and x.revision > 1 and x.amount <> 0), false)
		from passage p left join vehicle v on v.id = p.vehicle_id`+standing+`
		where `+w.sql()+fmt.Sprintf(" order by p.passed_at desc, p.id desc limit %d", limit), w.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanLine)
}

func scanLine(row pgx.CollectableRow) (l api.PassageLine, err error) {
	var at time.Time
	var revision int
	var steps []byte
	err = row.Scan(&l.ID, &at, &l.Station, &l.Direction, &l.Vehicle, &l.Agreement, &l.Plate.Country, &l.Plate.Text, &l.Tag, &l.MatchedBy, &revision,
		(*int64)(&l.List), (*int64)(&l.Net), &steps, &l.Corrected)
	if err != nil {
		return l, err
	}
	l.At, l.Priced = at.UTC(), revision > 0
	if err := json.Unmarshal(steps, &l.Steps); err != nil {
		return l, err
	}
	l.Pending = slices.ContainsFunc(l.Steps, func(s rating.Step) bool { return s.Rule == rating.RulePending })
	return l, nil
}

// LatestOf is the instant of the latest passage of a sequence epoch; zero when there is none.
func (s *Store) LatestOf(ctx context.Context, epoch int64) (at time.Time, err error) {
	var latest *time.Time
	if err := s.db.Pool.QueryRow(ctx, "select max(passed_at) from passage where epoch = $1", epoch).Scan(&latest); err != nil {
		return at, fmt.Errorf("latest passage: %w", err)
	}
	if latest != nil {
		at = *latest
	}
	return at, nil
}
