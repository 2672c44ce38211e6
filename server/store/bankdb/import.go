package bankdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/bank"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Import stores a file with its payments and enters them in the ledger. A payment is placed if its KID names an invoice of
// which at least so much is outstanding, after those before it in the file.
func (s *Store) Import(ctx context.Context, f bank.File, payments []bank.Payment) (r bank.Result, err error) {
	err = s.db.Tx(ctx, "import payments", func(tx pgx.Tx) error {
		if err := s.lock(ctx, tx); err != nil {
			return err
		}
		id, err := addFile(ctx, tx, &f, len(payments))
		if err != nil {
			return err
		}
		if err := copyPayments(ctx, tx, payments); err != nil {
			return err
		}
		if err := place(ctx, tx, id); err != nil {
			return err
		}
		if err := enter(ctx, tx, id); err != nil {
			return err
		}
		r, err = result(ctx, tx, id)
		return err
	})
	return r, err
}

// lock lets one import run at a time: it decides by what is outstanding.
func (s *Store) lock(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "lock table bank_file in exclusive mode")
	return err
}

// addFile stores a file and returns its id, or a *bank.ReadError.
func addFile(ctx context.Context, tx pgx.Tx, f *bank.File, payments int) (id int64, err error) {
	type row struct {
		Name   string
		Number string
		MadeOn time.Time
		ReadAt time.Time
		Same   bool
	}
	was, err := store.SelectOne[row](ctx, tx, `select name, number, made_on, read_at, hash = $1 as same from bank_file
		where hash = $1 or format = $2 and number = $3 and made_on = $4 order by hash = $1 desc limit 1`, f.Hash[:], f.Format, f.Number, f.On.String())
	switch {
	case err == nil:
		y, m, d := was.MadeOn.Date()
		return 0, &bank.ReadError{File: bank.File{Name: was.Name, Number: was.Number, On: oslo.Date(y, m, d), Read: was.ReadAt}, Same: was.Same}
	case !errors.Is(err, pgx.ErrNoRows):
		return 0, err
	}
	err = tx.QueryRow(ctx, `insert into bank_file (hash, name, format, number, made_on, read_at, payments, total)
		values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`, f.Hash[:], f.Name, f.Format, f.Number, f.On.String(), f.Read, payments, int64(f.Sum)).Scan(&id)
	return id, err
}

// copyPayments copies payments into a table of the transaction.
func copyPayments(ctx context.Context, tx pgx.Tx, list []bank.Payment) error {
	_, err := tx.Exec(ctx, `create temporary table read_payment (line int, reference text, kid text, amount bigint, paid_on date, statement text,
		archive text, debtor text, text text) on commit drop`)
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"read_payment"}, []string{"line", "reference", "kid", "amount", "paid_on", "statement", "archive", "debtor", "text"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			p := &list[i]
			return []any{p.Line, p.Reference, p.KID, int64(p.Amount), dateOf(p.On), p.Statement, p.Archive, p.Debtor, p.Text}, nil
		}))
	if err != nil {
		return fmt.Errorf("payments: %w", err)
	}
	_, err = tx.Exec(ctx, "analyze read_payment")
	return err
}

// dateOf returns a day as the database's driver copies dates.
func dateOf(d oslo.Day) time.Time {
	y, m, n := d.YMD()
	return time.Date(y, m, n, 0, 0, 0, 0, time.UTC)
}

// place stores the payments of a file, each with its invoice or the reason why it has none. The KID is that of the invoice or
// of a reminder of it; nobody is reminded of the invoices meanwhile.
func place(ctx context.Context, tx pgx.Tx, file int64) error {
	_, err := tx.Exec(ctx, `select from invoice where id in (select coalesce(n.claim, n.id) from read_payment p join invoice n on n.kid = p.kid and n.kind <> 'credit')
		order by id for key share`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `with named as (
			select p.*, i.id as invoice_id, outstanding(i.id) as outstanding, sum(greatest(p.amount, 0)) over (partition by i.id order by p.line) as paid
			from read_payment p left join invoice n on n.kid = p.kid and n.kind <> 'credit' left join invoice i on i.id = coalesce(n.claim, n.id)),
		judged as (select *, case when amount <= 0 then $2 when invoice_id is null then $3 when paid > outstanding then $4 else '' end as why from named)
		insert into bank_payment (file_id, line, reference, kid, amount, paid_on, statement, archive, debtor, text, invoice_id, reason)
		select $1, line, reference, kid, amount, paid_on, statement, archive, debtor, text, case when why = '' then invoice_id end, why from judged order by line`,
		file, string(bank.Negative), string(bank.Unknown), string(bank.TooMuch))
	return err
}

// receivable is the account of the payer of invoice i.
const receivable = `'receivable:' || case when i.agreement_id = '00000000-0000-0000-0000-000000000000' then 'owner/' || i.customer_id else i.agreement_id::text end`

// enter adds the payments of a file to the ledger.
func enter(ctx context.Context, tx pgx.Tx, file int64) error {
	_, err := tx.Exec(ctx, `with added as (
			insert into ledger_transaction (kind, invoice_id, at, reference)
			select case when invoice_id is null then $2 else $3 end, invoice_id, paid_on::timestamp at time zone 'Europe/Oslo', reference
			from bank_payment where file_id = $1 and amount <> 0 order by line returning id, reference)
		insert into ledger_entry (transaction_id, no, account, amount)
		select a.id, n.no, case when n.no = 1 then $4 when i.id is null then $5 else `+receivable+` end, case when n.no = 1 then p.amount else -p.amount end
		from added a join bank_payment p using (reference) left join invoice i on i.id = p.invoice_id cross join (values (1), (2)) n (no)`,
		file, string(ledger.Received), string(ledger.Paid), string(ledger.Bank), string(ledger.Unplaced))
	return err
}

func result(ctx context.Context, tx pgx.Tx, file int64) (bank.Result, error) {
	type row struct {
		Payments, Placed int
		Sum, Waiting     money.Ore
	}
	r, err := store.SelectOne[row](ctx, tx, `select count(*) as payments, count(invoice_id) as placed, coalesce(sum(amount), 0)::bigint as sum,
		coalesce(sum(amount) filter (where invoice_id is null), 0)::bigint as waiting from bank_payment where file_id = $1`, file)
	return bank.Result{Payments: r.Payments, Sum: r.Sum, Placed: r.Placed, Unplaced: r.Payments - r.Placed, Waiting: r.Waiting}, err
}
