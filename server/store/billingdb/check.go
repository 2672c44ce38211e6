package billingdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// VehicleMonths returns the months of vehicles from one on.
func (s *Store) VehicleMonths(ctx context.Context, since oslo.Month, after toll.CustomerID, customers int) ([]ledger.VehicleMonth, error) {
	type row struct {
		Customer toll.CustomerID
		Vehicle  toll.VehicleID
		Month    time.Time
	}
	from := "-infinity"
	if since > 0 {
		from = since.First().String()
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) ledger.VehicleMonth {
		return ledger.VehicleMonth{Customer: r.Customer, Vehicle: r.Vehicle, Month: dayOf(r.Month).Month()}
	}, `select distinct customer_id::text as customer, vehicle_id::text as vehicle, date_trunc('month', day)::date as month from passage_sum
		where customer_id in (select distinct customer_id from passage_sum where customer_id > $1 and day >= $2 order by 1 limit $3)
			and day >= $2 and vehicle_id <> $4 order by 1, 2, 3`, idOrZero(string(after)), from, customers, noID)
}

// CompareCharges compares charges with lines of invoices and what is unbilled.
func (s *Store) CompareCharges(ctx context.Context, after string, passages int) (difference, last string, err error) {
	type row struct {
		Passage, Customer string
		Charged, Standing money.Ore
	}
	err = s.db.Snapshot(ctx, "compare charges", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "select id::text from passage where id > $1 order by id offset $2 limit 1", idOrZero(after), passages-1).Scan(&last)
		if errors.Is(err, pgx.ErrNoRows) {
			last, err = "", nil
		}
		if err != nil {
			return err
		}
		to := last
		if to == "" {
			to = lastID
		}
		found, err := store.SelectOne[row](ctx, tx, `
			with chunk as (select id from passage where id > $1 and id <= $2),
			charged as (select passage_id, customer_id, sum(amount) as amount from charge
				where passage_id > $1 and passage_id <= $2 and customer_id is not null group by 1, 2),
			standing as (select passage_id, customer_id, sum(amount) as amount from (
				select passage_id, customer_id, amount from unbilled where passage_id > $1 and passage_id <= $2
				union all select l.passage_id, i.customer_id, l.amount from invoice_line l join invoice i on i.id = l.invoice_id
				where l.passage_id > $1 and l.passage_id <= $2 and i.kind = 'invoice') parts group by 1, 2)
			select passage_id::text as passage, customer_id::text as customer, coalesce(c.amount, 0)::bigint as charged, coalesce(s.amount, 0)::bigint as standing
			from charged c full join standing s using (passage_id, customer_id) join chunk on chunk.id = passage_id
			where coalesce(c.amount, 0) <> coalesce(s.amount, 0) order by passage_id limit 1`, idOrZero(after), to)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		difference = fmt.Sprintf("passage %s of customer %s was charged %s, and %s stands on invoices or waits for one", found.Passage, found.Customer, found.Charged, found.Standing)
		return err
	})
	if err != nil {
		return "", "", err
	}
	return difference, last, nil
}

// restQueries find a difference of what no passage and no document names. Each returns text or no row.
func restQueries() []string {
	return []string{
		`select 'unbilled amount of passage ' || passage_id || ', which there is not' from unbilled u
			where not exists (select from passage where id = u.passage_id) order by passage_id limit 1`,
		`select 'ledger transaction ' || transaction_id || ' adds up to ' || sum(amount) || ' øre' from ledger_entry group by transaction_id
			having sum(amount) <> 0 order by transaction_id limit 1`,
		`select 'ledger transaction ' || id || ' has no entries' from ledger_transaction t
			where not exists (select from ledger_entry where transaction_id = t.id) order by id limit 1`,
		`select 'payments that stand on no invoice are ' || p.sum || ' øre, and the ledger has ' || l.sum
			from (select (select coalesce(sum(amount), 0) from bank_payment where invoice_id is null)
				+ (select coalesce(sum(entered), 0) from card_payment where state = 'unplaced') as sum) p,
				(select coalesce(-sum(amount), 0) as sum from ledger_entry where account = 'unplaced') l where p.sum <> l.sum`,
		`select 'payments by card are ' || p.sum || ' øre, and the ledger has ' || l.sum from (select coalesce(sum(entered), 0) as sum from card_payment) p,
			(select coalesce(sum(amount), 0) as sum from ledger_entry where account = 'clearing:card') l where p.sum <> l.sum`,
		`select s.name || ' ' || n || ' is missing in its number series' from number_series s cross join generate_series(s.first, s.next - 1) n
			where not exists (select from invoice where kind = s.name and number = n) order by s.name, n limit 1`,
		`select 'the documents of invoice ' || i.number || ' have an outstanding amount that the ledger does not' from invoice i
			where i.kind = 'invoice' and outstanding(i.id) <> (select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
				where e.account like 'receivable:%' and t.invoice_id in (select id from invoice where id = i.id or claim = i.id)) order by i.number limit 1`,
	}
}

// CompareRest returns the first difference of what no passage and no document names.
func (s *Store) CompareRest(ctx context.Context) (difference string, err error) {
	err = s.db.Snapshot(ctx, "compare the rest of the books", func(tx pgx.Tx) error {
		for _, sql := range restQueries() {
			err := tx.QueryRow(ctx, sql).Scan(&difference)
			if !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	return difference, err
}

// Books returns documents of a kind after a number, with their lines and entries.
func (s *Store) Books(ctx context.Context, kind invoice.Kind, after int64, limit int) (list []ledger.Booked, err error) {
	err = s.db.Snapshot(ctx, "read books", func(tx pgx.Tx) error {
		rows, err := store.Select[documentRow](ctx, tx, selectDocument+"where i.kind = $1 and i.number > $2 order by i.number limit $3", string(kind), after, limit)
		if err != nil {
			return err
		}
		ids, places := make([]string, len(rows)), map[string]int{}
		list = make([]ledger.Booked, len(rows))
		for i := range rows {
			ids[i], places[rows[i].ID] = rows[i].ID, i
			list[i] = ledger.Booked{Document: rows[i].document(), Payer: accountOf(&rows[i])}
		}
		if err := addLines(ctx, tx, list, ids, places); err != nil {
			return err
		}
		return addEntries(ctx, tx, list, ids, places)
	})
	return list, err
}

// accountOf returns the payer's part of the name of its account.
func accountOf(r *documentRow) string {
	return billing.Payer{Customer: r.CustomerID, Agreement: r.AgreementID}.Account()
}

func addLines(ctx context.Context, tx pgx.Tx, list []ledger.Booked, ids []string, places map[string]int) error {
	lines, err := store.Select[lineRow](ctx, tx, `select invoice_id::text as invoice_id, amount, said from invoice_line
		where invoice_id = any($1::uuid[]) order by invoice_id, no`, ids)
	if err != nil {
		return err
	}
	for i := range lines {
		b := &list[places[lines[i].InvoiceID]]
		l, err := lines[i].line()
		if err != nil {
			return fmt.Errorf("line of %s %s: %w", b.Document.Kind, b.Document.Number, err)
		}
		b.Document.Lines, b.LineAmounts = append(b.Document.Lines, l), append(b.LineAmounts, lines[i].Amount)
	}
	return nil
}

func addEntries(ctx context.Context, tx pgx.Tx, list []ledger.Booked, ids []string, places map[string]int) error {
	type entryRow struct {
		InvoiceID string
		Kind      ledger.Kind
		No        int
		Account   ledger.Account
		Amount    money.Ore
	}
	entries, err := store.Select[entryRow](ctx, tx, `select t.invoice_id::text as invoice_id, t.kind, e.no, e.account, e.amount
		from ledger_transaction t join ledger_entry e on e.transaction_id = t.id where t.invoice_id = any($1::uuid[]) and t.kind <> 'payment' order by t.id, e.no`, ids)
	if err != nil {
		return err
	}
	for _, e := range entries {
		b := &list[places[e.InvoiceID]]
		if e.No == 1 {
			b.Kinds = append(b.Kinds, e.Kind)
		}
		b.Entries = append(b.Entries, ledger.Entry{Account: e.Account, Amount: e.Amount})
	}
	return nil
}

var _ ledger.BooksStore = (*Store)(nil)
