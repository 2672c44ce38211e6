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

// Import stores a file with those of its payments that no other file had, and enters them in the ledger. A payment is placed if its
// KID names an invoice of which at least so much is outstanding, after those before it in the file. All of it is some ten
// statements, whatever the number of payments.
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
		known, err := deleteKnown(ctx, tx)
		if err != nil {
			return err
		}
		if err := findClaims(ctx, tx); err != nil {
			return err
		}
		if err := place(ctx, tx, id); err != nil {
			return err
		}
		if err := enter(ctx, tx, id); err != nil {
			return err
		}
		if err := settleClaims(ctx, tx, id); err != nil {
			return err
		}
		r, err = result(ctx, tx, id)
		r.Known = known
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
		where hash = $1 or format = $2 and number = $3 and made_on = $4 order by hash = $1 desc limit 1`, f.Hash[:], string(f.Format), f.Number, f.On.String())
	switch {
	case err == nil:
		y, m, d := was.MadeOn.Date()
		return 0, &bank.ReadError{File: bank.File{Name: was.Name, Number: was.Number, On: oslo.Date(y, m, d), Read: was.ReadAt}, Same: was.Same}
	case !errors.Is(err, pgx.ErrNoRows):
		return 0, err
	}
	err = tx.QueryRow(ctx, `insert into bank_file (hash, name, format, number, made_on, read_at, payments, total)
		values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`, f.Hash[:], f.Name, string(f.Format), f.Number, f.On.String(), f.Read, payments, int64(f.Sum)).Scan(&id)
	return id, err
}

// copyPayments copies payments into a table of the transaction.
func copyPayments(ctx context.Context, tx pgx.Tx, list []bank.Payment) error {
	_, err := tx.Exec(ctx, `create temporary table read_payment (no int, line int, reference text, kid text, amount bigint, paid_on date, statement text,
		archive text, debtor text, text text) on commit drop`)
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"read_payment"}, []string{"no", "line", "reference", "kid", "amount", "paid_on", "statement", "archive", "debtor", "text"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			p := &list[i]
			return []any{i, p.Line, p.Reference, p.KID, int64(p.Amount), dateOf(p.On), p.Statement, p.Archive, p.Debtor, p.Text}, nil
		}))
	if err != nil {
		return fmt.Errorf("payments: %w", err)
	}
	_, err = tx.Exec(ctx, "analyze read_payment")
	return err
}

// deleteKnown deletes the payments that another file had, and returns their number.
func deleteKnown(ctx context.Context, tx pgx.Tx) (int, error) {
	tag, err := tx.Exec(ctx, "delete from read_payment p using bank_payment b where b.reference = p.reference")
	return int(tag.RowsAffected()), err
}

// dateOf returns a day as the database's driver copies dates.
func dateOf(d oslo.Day) time.Time {
	y, m, n := d.YMD()
	return time.Date(y, m, n, 0, 0, 0, 0, time.UTC)
}

// findClaims finds the invoice of each payment, and what is outstanding of it. The KID is that of the invoice or of a reminder of
// it; nobody is reminded of the invoices meanwhile.
func findClaims(ctx context.Context, tx pgx.Tx) error {
	for _, statement := range []string{
		// What the payers' banks have drawn is for the invoices that were claimed; their KID is that of the mandate.
		`create temporary table read_named on commit drop as
			with waiting as (select invoice_id, kid, amount, due_on, row_number() over (partition by kid, amount order by due_on) as n
				from direct_debit_claim where settled_on is null and deleted_in is null),
			drawn as (select no, kid, amount, paid_on, row_number() over (partition by kid, amount order by paid_on, no) as n
				from read_payment where kid in (select kid from waiting))
			select p.no, coalesce(w.invoice_id, n.claim, n.id) as claim
			from read_payment p join invoice n on n.kid = p.kid and n.kind <> 'credit'
				left join drawn d on d.no = p.no left join waiting w on w.kid = d.kid and w.amount = d.amount and w.n = d.n and w.due_on <= d.paid_on`,
		"analyze read_named",
		"select count(*) from (select from invoice where id in (select claim from read_named) order by id for key share) locked",
		`create temporary table read_claim on commit drop as
			select claim, sum(amount) as outstanding from (select distinct claim from read_named) c join claim_part using (claim) group by claim`,
		"analyze read_claim",
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// place stores the payments of a file, each with its invoice or the reason why it has none.
func place(ctx context.Context, tx pgx.Tx, file int64) error {
	_, err := tx.Exec(ctx, `with named as (
			select p.*, n.claim, c.outstanding, sum(greatest(p.amount, 0)) over (partition by n.claim order by p.no) as paid
			from read_payment p left join read_named n using (no) left join read_claim c on c.claim = n.claim),
		judged as (select *, case when amount <= 0 then $2 when claim is null then $3 when paid > outstanding then $4 else '' end as why from named)
		insert into bank_payment (file_id, line, reference, kid, amount, paid_on, statement, archive, debtor, text, invoice_id, reason)
		select $1, line, reference, kid, amount, paid_on, statement, archive, debtor, text, case when why = '' then claim end, why from judged order by no`,
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
			from bank_payment where file_id = $1 and amount <> 0 order by id returning id, reference)
		insert into ledger_entry (transaction_id, no, account, amount)
		select a.id, n.no, case when n.no = 1 then $4 when i.id is null then $5 else `+receivable+` end, case when n.no = 1 then p.amount else -p.amount end
		from added a join bank_payment p using (reference) left join invoice i on i.id = p.invoice_id cross join (values (1), (2)) n (no)`,
		file, string(ledger.Received), string(ledger.Paid), string(ledger.Bank), string(ledger.Unplaced))
	return err
}

// settleClaims records which claims of direct debit a file has paid.
func settleClaims(ctx context.Context, tx pgx.Tx, file int64) error {
	_, err := tx.Exec(ctx, `update direct_debit_claim c set settled_on = p.paid_on from bank_payment p where p.file_id = $1 and p.invoice_id = c.invoice_id
		and p.kid = c.kid and p.amount = c.amount and p.paid_on >= c.due_on and c.settled_on is null and c.deleted_in is null`, file)
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
