package bankdb

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/bank"
	"bompass/server/store"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// SetMandates stores what a file says of mandates.
func (s *Store) SetMandates(ctx context.Context, f bank.File, m bank.Mandates) (r bank.MandateResult, err error) {
	kids, notices := make([]string, 0, len(m.Valid)), make([]bool, 0, len(m.Valid))
	for kid, notice := range m.Valid {
		kids, notices = append(kids, kid), append(notices, notice)
	}
	err = s.db.Tx(ctx, "set mandates", func(tx pgx.Tx) error {
		if err := s.lock(ctx, tx); err != nil {
			return err
		}
		if _, err := addFile(ctx, tx, &f, 0); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into direct_debit_mandate as was (kid, customer_id, agreement_id, notice, since)
			select m.kid, i.customer_id, i.agreement_id, m.notice, $3 from unnest($1::text[], $2::boolean[]) m (kid, notice)
				join invoice i on i.kid = m.kid join agreement a on a.id = i.agreement_id
			on conflict (kid) do update set notice = excluded.notice, ended = null, since = case when was.ended is null then was.since else excluded.since end`,
			kids, notices, dateOf(f.On))
		if err != nil {
			return err
		}
		r.Valid = int(tag.RowsAffected())
		tag, err = tx.Exec(ctx, `update direct_debit_mandate set ended = $2 where ended is null and (kid = any($1) or $3 and kid <> all($4))`, m.Ended, dateOf(f.On), m.Complete, kids)
		if err != nil {
			return err
		}
		r.Ended = int(tag.RowsAffected())
		r.Unknown, err = store.SelectMapped(ctx, tx, func(r struct{ KID string }) string { return r.KID }, `select kid from unnest($1::text[] || $2::text[]) kid
			where kid not in (select kid from direct_debit_mandate) order by kid`, kids, m.Ended)
		return err
	})
	return r, err
}

// debitRow is a claim.
type debitRow struct {
	ID        string // of the invoice
	Number    int64
	Agreement string // number
	KID       string
	Notice    bool
	DueOn     time.Time
	Amount    money.Ore
}

func debits(rows []debitRow) (list []bank.Debit, ids []string) {
	for i := range rows {
		r := &rows[i]
		y, m, d := r.DueOn.Date()
		list = append(list, bank.Debit{Invoice: strconv.FormatInt(r.Number, 10), Agreement: r.Agreement, KID: r.KID, Notice: r.Notice, Due: oslo.Date(y, m, d), Amount: r.Amount})
		ids = append(ids, r.ID)
	}
	return list, ids
}

// Claim stores claims of invoices, and what is taken back of earlier ones, with the file for the bank.
func (s *Store) Claim(ctx context.Context, c bank.Claiming, build func(int64, []bank.Debit, []bank.Debit) bank.Order) error {
	return s.db.Tx(ctx, "claim invoices", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "lock table bank_order in exclusive mode"); err != nil { // one export at a time
			return err
		}
		due, err := store.Select[debitRow](ctx, tx, `select i.id::text as id, i.number, a.number as agreement, m.kid, m.notice, i.due_on, outstanding(i.id) as amount
			from invoice i join agreement a on a.id = i.agreement_id
				join lateral (select kid, notice from direct_debit_mandate where agreement_id = a.id and customer_id = i.customer_id and ended is null order by since desc, kid limit 1) m on true
			where i.kind = 'invoice' and i.account = $1 and i.due_on >= case when m.notice then $2::date else $3::date end
				and not exists (select from direct_debit_claim where invoice_id = i.id) and outstanding(i.id) > 0 order by i.number`,
			c.Account, dateOf(c.WithNotice), dateOf(c.Without))
		if err != nil {
			return err
		}
		gone, err := store.Select[debitRow](ctx, tx, `select i.id::text as id, i.number, a.number as agreement, c.kid, false as notice, c.due_on, c.amount
			from direct_debit_claim c join invoice i on i.id = c.invoice_id join agreement a on a.id = i.agreement_id
			where c.settled_on is null and c.deleted_in is null and c.due_on >= $2 and i.account = $1 and outstanding(i.id) <> c.amount order by i.number`,
			c.Account, dateOf(c.Delete))
		if err != nil || len(due)+len(gone) == 0 {
			return err
		}
		var id int64
		if err := tx.QueryRow(ctx, "select nextval(pg_get_serial_sequence('bank_order', 'id'))").Scan(&id); err != nil {
			return err
		}
		claims, _ := debits(due)
		deletions, deleted := debits(gone)
		o := build(id, claims, deletions)
		if _, err := tx.Exec(ctx, "insert into bank_order (id, name, body, made_at) overriding system value values ($1, $2, $3, $4)", id, o.Name, o.Data, c.At); err != nil {
			return err
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"direct_debit_claim"}, []string{"invoice_id", "kid", "amount", "due_on", "made_in"},
			pgx.CopyFromSlice(len(due), func(i int) ([]any, error) {
				return []any{due[i].ID, due[i].KID, int64(due[i].Amount), due[i].DueOn, id}, nil
			})); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update direct_debit_claim set deleted_in = $2 where invoice_id = any($1::uuid[])", deleted, id)
		return err
	})
}

// Unwritten returns the files that were not written for the bank yet, the oldest first.
func (s *Store) Unwritten(ctx context.Context) ([]bank.Order, error) {
	type row struct {
		ID   int64
		Name string
		Body []byte
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) bank.Order { return bank.Order{ID: r.ID, Name: r.Name, Data: r.Body} },
		"select id, name, body from bank_order where written_at is null order by id")
}

// SetWritten records that a file was written.
func (s *Store) SetWritten(ctx context.Context, number int64, at time.Time) error {
	_, err := s.db.Pool.Exec(ctx, "update bank_order set written_at = $2 where id = $1", number, at)
	return err
}
