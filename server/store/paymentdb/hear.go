package paymentdb

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/ledger"
	"bompass/server/partner/card"
	"bompass/server/payment"
	"bompass/server/store"
	"bompass/shared/invoice"
	"bompass/shared/money"
)

// Hear stores what decide says of a session. The payment and its invoice are locked, so that what is heard several times at
// once is decided one after another; the reference of the provider's charge is entered once.
func (s *Store) Hear(
	ctx context.Context, heard card.Session, source payment.Source, at time.Time, decide func(*payment.Payment, bool) payment.Decision,
) (outcome payment.Outcome, err error) {
	err = s.db.Tx(ctx, "payment heard", func(tx pgx.Tx) error {
		p, credited, err := find(ctx, tx, &heard)
		if err != nil {
			return err
		}
		reference := ""
		if heard.Paid {
			reference = cmp.Or(heard.Reference, heard.ID)
			known, err := taken(ctx, tx, reference, p)
			if known || err != nil {
				outcome = payment.Repeated
				return err
			}
		}
		d := decide(p, credited)
		outcome = d.Outcome
		h := hearing{heard: &heard, decision: d, reference: reference, source: source, at: at}
		if p == nil {
			if d.State == "" {
				return nil
			}
			if p, err = addUnknown(ctx, tx, &h); err != nil {
				return err
			}
			if p == nil { // heard by another one at the same time
				outcome = payment.Repeated
				return nil
			}
		}
		return h.store(ctx, tx, p)
	})
	return outcome, err
}

// find locks and returns the payment of a session, nil if there is none, and whether its invoice was taken back.
func find(ctx context.Context, tx pgx.Tx, heard *card.Session) (*payment.Payment, bool, error) {
	r, err := store.SelectOne[row](ctx, tx, "select "+columns+` from card_payment p
		where p.session = $1 or p.session = '' and p.id::text = $2 and p.customer_id is not null for update of p`, heard.ID, heard.Order)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	p := r.payment()
	if p.Invoice == "" {
		return &p, false, nil
	}
	// Reminders and credit notes of the invoice wait for the payment, and it for them.
	if _, err := tx.Exec(ctx, "select from invoice where id = $1 for key share", p.Invoice); err != nil {
		return nil, false, err
	}
	var credited bool
	err = tx.QueryRow(ctx, `select i.total <= (select coalesce(sum(c.total), 0) from invoice c where c.credits = i.id) from invoice i where i.id = $1`, p.Invoice).Scan(&credited)
	return &p, credited, err
}

// taken reports whether the charge with a reference is another payment's.
func taken(ctx context.Context, tx pgx.Tx, reference string, p *payment.Payment) (bool, error) {
	id := ""
	if p != nil {
		id = p.ID
	}
	var known bool
	err := tx.QueryRow(ctx, "select exists (select from card_payment where reference = $1 and id::text <> $2)", reference, id).Scan(&known)
	return known, err
}

// hearing is what is stored of a payment.
type hearing struct {
	heard     *card.Session
	decision  payment.Decision
	reference string // of the charge; empty without money
	source    payment.Source
	at        time.Time
}

// addUnknown stores a payment that we have not begun. It returns nil for one whose charge is known.
func addUnknown(ctx context.Context, tx pgx.Tx, h *hearing) (*payment.Payment, error) {
	r, err := store.SelectOne[row](ctx, tx, `with p as (insert into card_payment (amount, terms, state, started_at, until, asked_at, session, reference)
		values (0, 0, 'pending', $1, $1, $1, $2, $3) on conflict do nothing returning *) select `+columns+" from p", h.at, h.heard.ID, h.reference)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // known
	}
	p := r.payment()
	return &p, err
}

// store stores what was heard, with the move and the entries that follow from it.
func (h *hearing) store(ctx context.Context, tx pgx.Tx, p *payment.Payment) error {
	s := h.heard
	_, err := tx.Exec(ctx, `update card_payment set asked_at = greatest(asked_at, $2), session = case when session = '' then $3 else session end,
		address = case when $4 <> '' then $4 else address end, brand = case when $5 <> '' then $5 else brand end, last_four = case when $6 <> '' then $6 else last_four end
		where id = $1`, p.ID, h.at, s.ID, s.Address, s.Brand, s.LastFour)
	d := h.decision
	if err != nil || d.State == "" {
		return err
	}
	_, err = tx.Exec(ctx, "update card_payment set state = $2, reason = $3 where id = $1", p.ID, string(d.State), d.Reason)
	if err != nil {
		return err
	}
	if err := addMove(ctx, tx, p.ID, d.State, h.source, h.at); err != nil || !d.State.Money() {
		return err
	}
	entered := money.Ore(0)
	if d.Enter {
		entered = s.Amount
	}
	_, err = tx.Exec(ctx, `update card_payment set reference = $2, currency = $3, received = $4, entered = $5, paid_at = $6 where id = $1`,
		p.ID, h.reference, s.Currency, int64(s.Amount), int64(entered), h.at)
	if err != nil || entered == 0 {
		return err
	}
	return h.enter(ctx, tx, p)
}

// receivable is the account of the payer of invoice i.
const receivable = `'receivable:' || case when i.agreement_id = '00000000-0000-0000-0000-000000000000' then 'owner/' || i.customer_id else i.agreement_id::text end`

// enter adds the money to the ledger: for the invoice if the payment is paid, else as money without one.
func (h *hearing) enter(ctx context.Context, tx pgx.Tx, p *payment.Payment) error {
	kind, on := ledger.Paid, &p.Invoice
	if h.decision.State != invoice.PaymentPaid {
		kind, on = ledger.Received, nil
	}
	_, err := tx.Exec(ctx, `with added as (insert into ledger_transaction (kind, invoice_id, at, reference) values ($1, $2, $3, $4) returning id)
		insert into ledger_entry (transaction_id, no, account, amount)
		select a.id, n.no, case when n.no = 1 then $5 when i.id is null then $6 else `+receivable+` end, case when n.no = 1 then $7::bigint else -$7::bigint end
		from added a cross join (values (1), (2)) n (no) left join invoice i on i.id = $2`,
		string(kind), on, h.at, "card:"+h.reference, string(ledger.Card), string(ledger.Unplaced), int64(h.heard.Amount))
	return err
}
