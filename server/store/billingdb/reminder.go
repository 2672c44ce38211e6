package billingdb

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/dunning"
	"bompass/server/store"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Overdue returns invoices that were due before a day and of which something is outstanding.
func (s *Store) Overdue(ctx context.Context, in dunning.Scope, before oslo.Day, after string, limit int) ([]string, error) {
	return store.SelectMapped(ctx, s.db.Pool, func(r struct{ ID string }) string { return r.ID },
		`select id::text as id from invoice where kind = 'invoice' and due_on < $1 and id > $2
			and ($3 = '' or customer_id::text = $3) and ($4 = '' or agreement_id::text = $4) and outstanding(id) > 0 order by invoice.id limit $5`,
		before.String(), idOrZero(after), string(in.Customer), string(in.Agreement), limit)
}

// Remind writes the reminder of a claim.
func (s *Store) Remind(ctx context.Context, id string, decide func(dunning.Claim) (dunning.Issued, error)) error {
	return s.db.Tx(ctx, "remind", func(tx pgx.Tx) error {
		first, err := lockClaim(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := readClaim(ctx, tx, &first)
		if err != nil {
			return err
		}
		issued, err := decide(c)
		if err != nil {
			return err
		}
		p := billing.Payer{Customer: first.CustomerID, Agreement: first.AgreementID, Number: first.Agreement}
		_, err = write(ctx, tx, p, dayOf(first.Period).Month(), billing.Issued{Document: issued.Document, Entries: issued.Entries, Announce: issued.Announce}, claimLink{Claim: first.ID})
		return err
	})
}

// lockClaim reads an invoice. Until the transaction ends, no other writes or pays anything for its claim.
func lockClaim(ctx context.Context, tx pgx.Tx, id string) (documentRow, error) {
	if _, err := tx.Exec(ctx, "select from invoice where id = $1 for update", id); err != nil {
		return documentRow{}, err
	}
	return store.SelectOne[documentRow](ctx, tx, selectDocument+"where i.id = $1", id)
}

// readClaim reads an invoice with its reminders and payments.
func readClaim(ctx context.Context, tx pgx.Tx, first *documentRow) (dunning.Claim, error) {
	d := first.document()
	c := dunning.Claim{
		Invoice: d.Number, Agreement: d.Agreement, Payer: accountOf(first), Account: d.Account, From: d.From, To: d.To, Due: d.Due,
	}
	err := tx.QueryRow(ctx, `select (i.total - coalesce((select sum(total) from invoice where credits = i.id), 0) - disputed(i.id))::bigint, outstanding(i.id) - disputed(i.id),
			exists (select from reminder_hold where invoice_id = i.id)
				or exists (select from billing_hold where customer_id = i.customer_id and agreement_id = i.agreement_id)
		from invoice i where i.id = $1`, first.ID).Scan(&c.Principal, &c.Outstanding, &c.Held)
	if err != nil {
		return c, err
	}
	paid, err := payments(ctx, tx, first.ID)
	if err != nil {
		return c, err
	}
	for _, p := range paid {
		c.Payments = append(c.Payments, dunning.Payment{On: p.On, Amount: p.Amount})
	}
	type row struct {
		IssuedOn, DueOn time.Time
		Fee, Interest   money.Ore
	}
	c.Letters, err = store.SelectMapped(ctx, tx, func(r row) dunning.Letter {
		return dunning.Letter{Sent: dayOf(r.IssuedOn), Deadline: dayOf(r.DueOn), Fee: r.Fee, Interest: r.Interest}
	}, `select r.issued_on, r.due_on, coalesce(sum(l.amount) filter (where l.kind = $2), 0)::bigint as fee,
			coalesce(sum(l.amount) filter (where l.kind = $3), 0)::bigint as interest
		from invoice r left join invoice_line l on l.invoice_id = r.id where r.claim = $1 and r.kind = 'reminder' group by r.id order by r.number`,
		first.ID, string(invoice.LineReminder), string(invoice.LineInterest))
	return c, err
}

// HoldReminders records why nobody is reminded of an invoice. It returns billing.ErrNoDocument for a number that no invoice has.
func (s *Store) HoldReminders(ctx context.Context, number, reason string, at time.Time) error {
	return s.changeHold(ctx, number, `insert into reminder_hold select id, $2, $3 from invoice where number = $1 and kind = 'invoice'
		on conflict (invoice_id) do update set reason = excluded.reason`, at, reason)
}

// ReleaseReminders deletes why nobody is reminded of an invoice. It returns billing.ErrNoDocument if there is no such reason.
func (s *Store) ReleaseReminders(ctx context.Context, number string) error {
	return s.changeHold(ctx, number, "delete from reminder_hold where invoice_id = (select id from invoice where number = $1 and kind = 'invoice')")
}

func (s *Store) changeHold(ctx context.Context, number, sql string, args ...any) error {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return billing.ErrNoDocument
	}
	done, err := s.db.Pool.Exec(ctx, sql, append([]any{n}, args...)...)
	if err == nil && done.RowsAffected() == 0 {
		return billing.ErrNoDocument
	}
	return err
}

var _ dunning.Store = (*Store)(nil)
