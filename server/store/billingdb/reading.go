package billingdb

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// settledRow is a document with what has become of its claim.
type settledRow struct {
	documentRow
	Claim       string // id of its invoice
	Credited    money.Ore
	Paid        money.Ore // for the claim
	Outstanding money.Ore // of the claim
	Latest      string    // number of the claim's latest reminder; empty for none
}

// selectSettled selects settledRow from invoice i.
const selectSettled = `select d.*, coalesce((select sum(total) from invoice where credits = d.id::uuid), 0)::bigint as credited,
	coalesce((select -sum(e.amount) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
		where t.invoice_id = d.claim::uuid and t.kind = 'payment' and e.account like 'receivable:%'), 0)::bigint as paid,
	outstanding(d.claim::uuid) as outstanding, coalesce((select max(number)::text from invoice where claim = d.claim::uuid and kind = 'reminder'), '') as latest
	from (select coalesce(i.claim, i.id)::text as claim, ` + documentColumns + fromDocument

func (r *settledRow) summary() api.InvoiceSummary {
	s := api.InvoiceSummary{
		Kind: r.Kind, Number: strconv.FormatInt(r.Number, 10), Agreement: r.Agreement, Month: dayOf(r.Period).Month(), Issued: dayOf(r.IssuedOn), Due: dayOf(r.DueOn),
		Total: r.Claimed + r.Total, KID: r.KID, Account: r.Account, Credits: r.Credits, Reminds: r.Reminds, Reminder: r.Latest,
	}
	if r.Kind == invoice.KindCredit || s.Reminder == s.Number {
		s.Reminder = ""
	}
	s.State, s.Outstanding = invoice.StateOf(r.Kind, invoice.Settlement{
		Total: r.Total, Claimed: r.Claimed, Credited: r.Credited, Paid: r.Paid, Open: r.Outstanding, Replaced: s.Reminder != "",
	})
	if r.AgreementID != noID {
		s.AgreementID = r.AgreementID
	}
	for _, v := range r.VAT {
		s.VAT += v.VAT
	}
	return s
}

// Summaries returns documents, the newest first.
func (s *Store) Summaries(ctx context.Context, customer toll.CustomerID, req api.InvoiceListRequest) (list []api.InvoiceSummary, anyOne bool, err error) {
	rows, err := store.Select[settledRow](ctx, s.db.Pool, selectSettled+`where i.customer_id = $1 and i.issued_on between $2 and $3
		and ($4 = '' or i.agreement_id::text = $4)) d order by d.issued_on desc, d.number desc`, string(customer), req.From.String(), req.To.String(), string(req.Agreement))
	if err != nil {
		return nil, false, err
	}
	list = make([]api.InvoiceSummary, len(rows))
	for i := range rows {
		list[i] = rows[i].summary()
	}
	err = s.db.Pool.QueryRow(ctx, "select exists (select from invoice where customer_id = $1)", string(customer)).Scan(&anyOne)
	return list, anyOne, err
}

// Owed returns what a customer owes under each agreement.
func (s *Store) Owed(ctx context.Context, customer toll.CustomerID) ([]api.Owed, error) {
	type row struct {
		Agreement   toll.AgreementID
		Outstanding money.Ore
		Invoices    int
		Due         *time.Time
		First       string
		Unbilled    money.Ore
		Passages    int
		Since       *oslo.Day
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) api.Owed {
		o := api.Owed{Agreement: r.Agreement, Outstanding: r.Outstanding, Invoices: r.Invoices, Pay: r.First, Unbilled: r.Unbilled, Passages: r.Passages, Since: store.ZeroIfNull(r.Since)}
		if r.Agreement == noID {
			o.Agreement = ""
		}
		if r.Due != nil {
			o.Due = dayOf(*r.Due)
		}
		return o
	}, `with left_over as (
			select i.agreement_id, outstanding(i.id) as amount,
				coalesce((select max(due_on) from invoice where claim = i.id and kind = 'reminder'), i.due_on) as due_on,
				coalesce((select max(number) from invoice where claim = i.id and kind = 'reminder'), i.number) as number
			from invoice i where i.customer_id = $1 and i.kind = 'invoice'),
		open as (select agreement_id, sum(amount)::bigint as outstanding, count(*) filter (where amount > 0) as invoices,
			min(due_on) filter (where amount > 0) as due, (array_agg(number order by due_on, number) filter (where amount > 0))[1]::text as first from left_over group by 1),
		waiting as (select agreement_id, sum(amount)::bigint as unbilled, count(distinct passage_id) as passages,
			norwegian_day(min(passed_at)) - date 'epoch' as since from unbilled where customer_id = $1 group by 1)
		select agreement_id::text as agreement, coalesce(outstanding, 0) as outstanding, coalesce(invoices, 0) as invoices, due, coalesce(first, '') as first,
			coalesce(unbilled, 0) as unbilled, coalesce(passages, 0) as passages, since
		from open full join waiting using (agreement_id) order by agreement_id`, string(customer))
}

// Document returns one document with its lines and payments.
func (s *Store) Document(ctx context.Context, customer toll.CustomerID, number string) (reply api.InvoiceReply, found bool, err error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return reply, false, nil //nolint:nilerr // what is no number is no document's
	}
	err = s.db.Snapshot(ctx, "document", func(tx pgx.Tx) error {
		rows, err := store.Select[settledRow](ctx, tx, selectSettled+"where i.customer_id = $1 and i.number = $2) d", string(customer), n)
		if err != nil || len(rows) == 0 {
			return err
		}
		found = true
		reply.InvoiceSummary, reply.Rates = rows[0].summary(), rows[0].VAT
		reply.From, reply.To = dayOf(rows[0].FirstOn), dayOf(rows[0].Period).Month().Last()
		reply.Claimed, reply.Warns, reply.Reason = rows[0].Claimed, rows[0].Warns, rows[0].Reason
		if err := tx.QueryRow(ctx, "select exists (select from organisation where customer_id = $1)", string(customer)).Scan(&reply.Company); err != nil {
			return err
		}
		lines, err := store.Select[lineRow](ctx, tx, "select invoice_id::text as invoice_id, amount, said from invoice_line where invoice_id = $1 order by no", rows[0].ID)
		if err != nil {
			return err
		}
		for i := range lines {
			l, err := lines[i].line()
			if err != nil {
				return fmt.Errorf("line %d of document %s: %w", i+1, number, err)
			}
			reply.Lines = append(reply.Lines, l)
		}
		if reply.Later, err = later(ctx, tx, rows[0].ID); err != nil || rows[0].Kind == invoice.KindCredit {
			return err
		}
		return settlement(ctx, tx, rows[0].ID, &reply)
	})
	return reply, found, err
}

// settlement adds what has been done about an invoice or reminder: whether it is claimed by direct debit, credit notes, payments.
func settlement(ctx context.Context, tx pgx.Tx, id string, reply *api.InvoiceReply) (err error) {
	if reply.Drawn, err = drawn(ctx, tx, id); err != nil {
		return err
	}
	reply.Notes, err = store.SelectMapped(ctx, tx, func(r struct{ Number string }) string { return r.Number },
		"select number::text from invoice where credits = $1 order by invoice.number", id)
	if err != nil {
		return err
	}
	reply.Payments, err = payments(ctx, tx, id)
	return err
}

// drawn reports whether an invoice is claimed by direct debit, and not paid yet.
func drawn(ctx context.Context, tx pgx.Tx, id string) (is bool, err error) {
	err = tx.QueryRow(ctx, `select exists (select from direct_debit_claim c join direct_debit_mandate m using (kid)
		where c.invoice_id = $1 and c.settled_on is null and c.deleted_in is null and m.ended is null)`, id).Scan(&is)
	return is, err
}

// later returns the passages of a document whose charges were changed after it.
func later(ctx context.Context, tx pgx.Tx, id string) ([]toll.PassageID, error) {
	return store.SelectMapped(ctx, tx, func(r struct{ ID toll.PassageID }) toll.PassageID { return r.ID },
		`select distinct l.passage_id::text as id from invoice_line l where l.invoice_id = $1 and l.passage_id is not null
			and exists (select from charge c where c.passage_id = l.passage_id and c.revision > l.revision) order by 1`, id)
}

func payments(ctx context.Context, tx pgx.Tx, id string) ([]api.Payment, error) {
	type row struct {
		At     time.Time
		Amount money.Ore
	}
	return store.SelectMapped(ctx, tx, func(r row) api.Payment { return api.Payment{On: oslo.DayOf(r.At), Amount: -r.Amount} },
		`select t.at, e.amount from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
		where t.invoice_id = (select coalesce(claim, id) from invoice where id = $1) and t.kind = 'payment' and e.account like 'receivable:%' order by t.at, t.id`, id)
}

var _ billing.Shelf = (*Store)(nil)
