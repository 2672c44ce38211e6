package bankdb

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/bank"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Unplaced returns payments that stand on no invoice, the oldest first, each with at most three proposals.
func (s *Store) Unplaced(ctx context.Context) (list []bank.Unplaced, err error) {
	type row struct {
		ID                                 int64
		Line                               int
		Reference, KID, Statement, Archive string
		Debtor, Text                       string
		Reason                             bank.Reason
		Amount                             money.Ore
		PaidOn                             time.Time
	}
	rows, err := store.Select[row](ctx, s.db.Pool, `select id, line, reference, kid, statement, archive, debtor, text, reason, amount, paid_on
		from bank_payment where invoice_id is null and amount <> 0 order by paid_on, id`)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		y, m, d := r.PaidOn.Date()
		u := bank.Unplaced{Reason: r.Reason, Payment: bank.Payment{
			Line: r.Line, Reference: r.Reference, KID: r.KID, Amount: r.Amount, On: oslo.Date(y, m, d), Statement: r.Statement, Archive: r.Archive, Debtor: r.Debtor, Text: r.Text,
		}}
		if u.Proposals, err = s.proposals(ctx, &u.Payment); err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, nil
}

// proposals returns open invoices whose KID is nearly that of a payment, or that are of its amount, none of it paid.
func (s *Store) proposals(ctx context.Context, p *bank.Payment) ([]bank.Proposal, error) {
	type row struct {
		Number      int64
		KID         string
		Outstanding money.Ore
		Why         string
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) bank.Proposal {
		return bank.Proposal{Number: strconv.FormatInt(r.Number, 10), KID: r.KID, Outstanding: r.Outstanding, Why: r.Why}
	}, `with near as (select unnest($1::text[]) as kid),
		open as (select i.number, i.kid, outstanding(i.id) as outstanding, i.kid in (select kid from near) as by_kid from invoice i
			where i.kind = 'invoice' and (i.kid in (select kid from near) or i.total = $2))
		select number, kid, outstanding, case when by_kid then 'kid' else 'amount' end as why from open
		where by_kid or outstanding = $2 order by by_kid desc, outstanding = $2 desc, number desc limit 3`, bank.NearKIDs(p.KID), int64(p.Amount))
}

// moved is a payment that a person places or takes back.
type moved struct {
	ID        int64
	Amount    money.Ore
	InvoiceID string
	Moves     int
}

// take locks a payment.
func take(ctx context.Context, tx pgx.Tx, reference string) (moved, error) {
	p, err := store.SelectOne[moved](ctx, tx, `select id, amount, coalesce(invoice_id::text, '') as invoice_id, moves from bank_payment
		where reference = $1 for update`, reference)
	if errors.Is(err, pgx.ErrNoRows) {
		err = bank.ErrNoPayment
	}
	return p, err
}

// Place enters an unplaced payment for an invoice.
func (s *Store) Place(ctx context.Context, reference, number string, at time.Time) error {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return bank.ErrNoInvoice
	}
	return s.db.Tx(ctx, "place payment", func(tx pgx.Tx) error {
		p, err := take(ctx, tx, reference)
		if err != nil {
			return err
		}
		if p.InvoiceID != "" {
			return bank.ErrPlaced
		}
		var id string
		err = tx.QueryRow(ctx, "select id::text from invoice where kind = 'invoice' and number = $1", n).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return bank.ErrNoInvoice
		}
		if err != nil {
			return err
		}
		return enterMove(ctx, tx, &p, move{reference: reference + ":placed", invoice: id, then: id, amount: p.Amount, at: at})
	})
}

// Return takes a payment from its invoice.
func (s *Store) Return(ctx context.Context, reference string, at time.Time) error {
	return s.db.Tx(ctx, "return payment", func(tx pgx.Tx) error {
		p, err := take(ctx, tx, reference)
		if err != nil {
			return err
		}
		if p.InvoiceID == "" {
			return bank.ErrNotPlaced
		}
		return enterMove(ctx, tx, &p, move{reference: reference + ":returned", invoice: p.InvoiceID, amount: -p.Amount, at: at})
	})
}

// move is the way of an amount from the money without an invoice to an invoice.
type move struct {
	reference string // without the number of the move
	invoice   string // id
	then      string // invoice that the payment is on afterwards; empty for none
	amount    money.Ore
	at        time.Time
}

// enterMove enters a move in the ledger, and where the payment is then.
func enterMove(ctx context.Context, tx pgx.Tx, p *moved, m move) error {
	_, err := tx.Exec(ctx, `with added as (insert into ledger_transaction (kind, invoice_id, at, reference) values ($1, $2, $3, $4) returning id)
		insert into ledger_entry (transaction_id, no, account, amount)
		select a.id, n.no, case when n.no = 1 then $5 else `+receivable+` end, case when n.no = 1 then $6::bigint else -$6::bigint end
		from added a cross join (values (1), (2)) n (no) join invoice i on i.id = $2`,
		string(ledger.Paid), m.invoice, m.at, m.reference+":"+strconv.Itoa(p.Moves+1), string(ledger.Unplaced), int64(m.amount))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "update bank_payment set invoice_id = $2, moves = moves + 1 where id = $1", p.ID, store.NullIfZero(m.then))
	return err
}
