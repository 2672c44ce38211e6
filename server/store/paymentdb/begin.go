package paymentdb

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"bompass/server/payment"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/invoice"
	"bompass/shared/money"
)

// Begin stores a payment, or returns the one that the key or another request of the same amount has begun. The invoice is
// locked, so that one of many requests begins a payment.
func (s *Store) Begin(ctx context.Context, start payment.Start) (p payment.Payment, err error) {
	err = s.db.Tx(ctx, "begin a payment", func(tx pgx.Tx) error {
		id, err := replyOf(ctx, tx, &start.Key, start)
		if err != nil {
			return err
		}
		if id == "" {
			if id, err = begin(ctx, tx, &start); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "update request_key set reply = $4 where principal = $1 and operation = $2 and key = $3", start.Key.Principal, start.Key.Operation, start.Key.Key, id)
			if err != nil {
				return err
			}
		}
		r, err := store.SelectOne[row](ctx, tx, "select "+columns+" from card_payment p where p.id = $1", id)
		p = r.payment()
		return err
	})
	return p, err
}

// replyOf claims the key of a request, or returns what was answered to the same request before. Expired keys are deleted.
func replyOf(ctx context.Context, tx pgx.Tx, key *payment.Key, start payment.Start) (reply string, err error) {
	_, err = tx.Exec(ctx, "delete from request_key where id in (select id from request_key where until < $1 limit $2 for update skip locked)", start.At, store.SweepMax)
	if err != nil {
		return "", err
	}
	done, err := tx.Exec(ctx, `insert into request_key (principal, operation, key, hash, reply, until) values ($1, $2, $3, $4, '', $5)
		on conflict (principal, operation, key) do nothing`, key.Principal, key.Operation, key.Key, key.Hash[:], key.Until)
	if err != nil || done.RowsAffected() == 1 {
		return "", err
	}
	var hash []byte
	err = tx.QueryRow(ctx, "select hash, reply from request_key where principal = $1 and operation = $2 and key = $3", key.Principal, key.Operation, key.Key).Scan(&hash, &reply)
	if err == nil && !bytes.Equal(hash, key.Hash[:]) {
		err = fault.New(fault.ChangedMeanwhile)
	}
	return reply, err
}

// claim is the invoice that a document belongs to.
type claim struct {
	Document, Invoice string // ids
	Customer          string
}

// begin returns the id of the payment under way, or of a new one.
func begin(ctx context.Context, tx pgx.Tx, start *payment.Start) (string, error) {
	c, err := lockClaim(ctx, tx, start)
	if err != nil {
		return "", err
	}
	open, err := store.SelectOne[row](ctx, tx, "select "+columns+` from card_payment p
		where p.invoice_id = $1 and p.state in ('started', 'provider', 'action', 'pending')`, c.Invoice)
	switch {
	case err == nil && (open.State == invoice.PaymentPending || open.Amount == start.Amount && open.Until.After(start.Reusable)):
		return open.ID, nil
	case err == nil:
		return "", &payment.UnderWayError{Payment: open.payment()}
	case !errors.Is(err, pgx.ErrNoRows):
		return "", err
	}
	var outstanding money.Ore
	if err := tx.QueryRow(ctx, "select outstanding($1)", c.Invoice).Scan(&outstanding); err != nil {
		return "", err
	}
	if outstanding <= 0 {
		return "", fault.New(fault.ChangedMeanwhile)
	}
	if start.Amount > outstanding {
		return "", fault.New(fault.FieldWrong).At("amount")
	}
	var id string
	err = tx.QueryRow(ctx, `insert into card_payment (customer_id, account_id, invoice_id, document_id, amount, terms, state, started_at, until, asked_at)
		values ($1, $2, $3, $4, $5, $9, $6, $7, $8, $7) returning id::text`,
		c.Customer, string(start.Actor.Account), c.Invoice, c.Document, int64(start.Amount), string(invoice.PaymentStarted), start.At, start.Until, start.Terms).Scan(&id)
	if err != nil {
		return "", err
	}
	return id, addMove(ctx, tx, id, invoice.PaymentStarted, payment.Person, start.At)
}

// lockClaim locks the invoice of a document of the customer.
func lockClaim(ctx context.Context, tx pgx.Tx, start *payment.Start) (claim, error) {
	number, err := strconv.ParseInt(start.Number, 10, 64)
	if err != nil {
		return claim{}, fault.New(fault.NotFound).At("number")
	}
	c, err := store.SelectOne[claim](ctx, tx, `select id::text as document, coalesce(claim, id)::text as invoice, customer_id::text as customer
		from invoice where number = $1 and customer_id = $2 and kind <> 'credit'`, number, start.Actor.Customer)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, fault.New(fault.NotFound).At("number")
	}
	if err != nil {
		return c, err
	}
	_, err = tx.Exec(ctx, "select from invoice where id = $1 for no key update", c.Invoice)
	return c, err
}
