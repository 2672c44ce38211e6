package billingdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/job"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/ident"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Payers returns payers of a range with something unbilled before an instant, in the order of their ids.
func (s *Store) Payers(ctx context.Context, before time.Time, in billing.Range, limit int) ([]billing.Payer, error) {
	to := in.To
	if to == (billing.Payer{}) {
		to.Customer, to.Agreement = lastID, lastID
	}
	return store.Select[billing.Payer](ctx, s.db.Pool, `
		select u.customer_id::text as customer, u.agreement_id::text as agreement, coalesce(a.number, '') as number
		from (select distinct customer_id, agreement_id from unbilled
			where passed_at < $1 and (customer_id, agreement_id) > ($2, $3) and (customer_id, agreement_id) <= ($4, $5)
			order by customer_id, agreement_id limit $6) u
		left join agreement a on a.id = u.agreement_id order by u.customer_id, u.agreement_id`,
		before, idOrZero(string(in.After.Customer)), idOrZero(string(in.After.Agreement)), string(to.Customer), string(to.Agreement), limit)
}

// lastID is the last id in the order of ids.
const lastID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// noID is the zero id.
const noID = "00000000-0000-0000-0000-000000000000"

func idOrZero(id string) string {
	if id == "" {
		return noID
	}
	return id
}

// Bill takes what a payer owes before the end of a month, and writes the invoice that decide returns.
func (s *Store) Bill(ctx context.Context, p billing.Payer, month oslo.Month, decide func([]billing.Unbilled) (billing.Issued, error)) error {
	err := s.db.Tx(ctx, "bill", func(tx pgx.Tx) error {
		// Runs on other servers wait here for the same payer.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended('bill ' || $1 || $2, 0))", string(p.Customer), string(p.Agreement)); err != nil {
			return err
		}
		var done bool
		err := tx.QueryRow(ctx, "select exists (select from invoice where kind = 'invoice' and customer_id = $1 and agreement_id = $2 and period = $3)",
			string(p.Customer), string(p.Agreement), month.First().String()).Scan(&done)
		if err != nil {
			return err
		}
		if done {
			return billing.ErrDone
		}
		list, err := take(ctx, tx, p, (month + 1).Start())
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return billing.ErrWait
		}
		issued, err := decide(list)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from billing_hold where customer_id = $1 and agreement_id = $2", string(p.Customer), string(p.Agreement)); err != nil {
			return err
		}
		_, err = write(ctx, tx, p, month, issued, claimLink{})
		return err
	})
	if store.HasCode(err, pgerrcode.UniqueViolation) {
		return &billing.DoubtError{Reason: "a charge stands on an invoice already: " + err.Error()}
	}
	return err
}

// unbilledRow is a passage with the sum of what is taken.
type unbilledRow struct {
	Passage  toll.PassageID
	Revision int
	Amount   money.Ore
	PassedAt time.Time
	Station  toll.StationID
	Vehicle  toll.VehicleID
	Country  string
	Plate    string
	Tag      toll.TagID
	List     money.Ore
	Tariff   string
	Steps    []rating.Step
	Billed   string
}

func (r unbilledRow) unbilled() billing.Unbilled {
	return billing.Unbilled{
		Passage: r.Passage, Revision: r.Revision, Amount: r.Amount, At: r.PassedAt.UTC(), Station: r.Station, Vehicle: r.Vehicle,
		Plate: toll.NewPlate(r.Country, r.Plate), Tag: r.Tag, List: r.List, Tariff: r.Tariff, Steps: r.Steps, Billed: r.Billed,
	}
}

// take deletes what is unbilled before an instant and returns it by passage. What a worker adds meanwhile stays for the next
// run.
func take(ctx context.Context, tx pgx.Tx, p billing.Payer, before time.Time) ([]billing.Unbilled, error) {
	return store.SelectMapped(ctx, tx, unbilledRow.unbilled, `
		with taken as (delete from unbilled where customer_id = $1 and agreement_id = $2 and passed_at < $3 returning passage_id, revision, passed_at, amount),
		summed as (select passage_id, max(revision) as revision, sum(amount)::bigint as amount, max(passed_at) as passed_at from taken group by passage_id)
		select u.passage_id::text as passage, u.revision::int, u.amount, u.passed_at, p.station, coalesce(p.vehicle_id::text, '') as vehicle,
			coalesce(v.country, p.country) as country, coalesce(v.plate, p.plate) as plate, p.tag, c.list::bigint, c.tariff, c.steps,
			coalesce((select i.number::text from invoice_line l join invoice i on i.id = l.invoice_id
				where l.passage_id = u.passage_id and i.kind = 'invoice' and i.customer_id = $1 and i.agreement_id = $2 order by i.number desc limit 1), '') as billed
		from summed u join passage p on p.id = u.passage_id join charge c on c.passage_id = u.passage_id and c.revision = u.revision
		left join vehicle v on v.id = p.vehicle_id`, string(p.Customer), string(p.Agreement), before)
}

// claimLink is the ids of the invoices that a reminder or a credit note belongs to. It is zero for an invoice.
type claimLink struct {
	Claim   string // the invoice
	Credits string // the document that a credit note reduces
}

// write stores a document and returns its number. The number is taken last, because others wait for the series from then on.
func write(ctx context.Context, tx pgx.Tx, p billing.Payer, month oslo.Month, issued billing.Issued, link claimLink) (number int64, err error) {
	d := issued.Document
	vat, err := json.Marshal(d.VAT)
	if err != nil {
		return 0, fmt.Errorf("encode VAT: %w", err)
	}
	var id string
	if err := tx.QueryRow(ctx, "select gen_random_uuid()::text").Scan(&id); err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, "update number_series set next = next + 1 where name = $1 returning next - 1", string(d.Kind)).Scan(&number); err != nil {
		return 0, fmt.Errorf("number: %w", err)
	}
	kid, problem := ident.NewKID(fmt.Sprintf("%09d", number), ident.KIDMod10)
	if problem != ident.None {
		return 0, fmt.Errorf("KID of document %d: %v", number, problem)
	}
	if _, err := tx.Exec(ctx, `insert into invoice (id, kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat,
			claim, credits, claimed, warns, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`, id, string(d.Kind), number, string(p.Customer), string(p.Agreement),
		month.First().String(), d.From.String(), d.Issued.String(), d.Due.String(), kid, d.Account, int64(d.Total), vat,
		store.NullIfZero(link.Claim), store.NullIfZero(link.Credits), int64(d.Claimed), d.Warns, d.Reason); err != nil {
		return 0, fmt.Errorf("document: %w", err)
	}
	if err := writeLines(ctx, tx, id, d); err != nil {
		return 0, err
	}
	if issued.Announce {
		if err := job.Insert(ctx, tx, []billing.AnnounceJob{{Number: strconv.FormatInt(number, 10)}}); err != nil {
			return 0, err
		}
	}
	if len(issued.Entries) == 0 { // of a reminder without fee and interest
		return number, nil
	}
	return number, post(ctx, tx, ledger.Kind(d.Kind), id, d.Issued, issued.Entries)
}

// writeLines stores the lines of a document. Those of a credit note charge for no passage, so that what they say alone names it.
func writeLines(ctx context.Context, tx pgx.Tx, id string, d invoice.Document) error {
	charges := d.Kind == invoice.KindInvoice
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"invoice_line"}, []string{"invoice_id", "no", "kind", "passage_id", "revision", "amount", "said"},
		pgx.CopyFromSlice(len(d.Lines), func(i int) ([]any, error) {
			l := &d.Lines[i]
			said, err := json.Marshal(l)
			passage, revision := store.NullIfZero(string(l.Passage)), store.NullIfZero(l.Revision)
			if !charges {
				passage, revision = nil, nil
			}
			return []any{id, i + 1, string(l.Kind), passage, revision, int64(l.Amount), said}, err
		}))
	if err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	return nil
}

// post adds a transaction to the ledger.
func post(ctx context.Context, tx pgx.Tx, kind ledger.Kind, invoiceID string, day oslo.Day, entries []ledger.Entry) error {
	var id int64
	if err := tx.QueryRow(ctx, "insert into ledger_transaction (kind, invoice_id, at) values ($1, $2, $3) returning id", string(kind), invoiceID, day.Start()).Scan(&id); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return writeEntries(ctx, tx, id, entries)
}

func writeEntries(ctx context.Context, tx pgx.Tx, transaction int64, entries []ledger.Entry) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"ledger_entry"}, []string{"transaction_id", "no", "account", "amount"},
		pgx.CopyFromSlice(len(entries), func(i int) ([]any, error) {
			return []any{transaction, i + 1, string(entries[i].Account), int64(entries[i].Amount)}, nil
		}))
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
