// Package paymentdb stores payments by card, their moves, and the requests that are carried out once for their key.
package paymentdb

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/payment"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Store stores payments.
type Store struct{ db *store.DB }

// New returns a Store on a database.
func New(db *store.DB) *Store { return &Store{db} }

var _ payment.Store = (*Store)(nil)

// row is a payment with the number of its document.
type row struct {
	ID         string
	CustomerID toll.CustomerID
	InvoiceID  string
	Number     int64
	Amount     money.Ore
	State      invoice.PaymentState
	Reason     string
	StartedAt  time.Time
	Until      time.Time
	Session    string
	Address    string
	Reference  string
	Currency   string
	Received   money.Ore
	PaidAt     time.Time
	Brand      string
	LastFour   string
	Stopped    bool
}

// columns selects a row of card_payment p.
const columns = `p.id::text as id, coalesce(p.customer_id::text, '') as customer_id, coalesce(p.invoice_id::text, '') as invoice_id,
	coalesce((select d.number from invoice d where d.id = p.document_id), 0) as number, p.amount, p.state, p.reason, p.started_at, p.until, p.session, p.address,
	coalesce(p.reference, '') as reference, p.currency, p.received, coalesce(p.paid_at, p.started_at) as paid_at, p.brand, p.last_four, p.stopped`

func (r row) payment() payment.Payment {
	p := payment.Payment{
		ID: r.ID, Customer: r.CustomerID, Invoice: r.InvoiceID, Amount: r.Amount, State: r.State, Reason: r.Reason, Started: r.StartedAt, Until: r.Until,
		Session: r.Session, Address: r.Address, Reference: r.Reference, Currency: r.Currency, Received: r.Received, Brand: r.Brand, LastFour: r.LastFour, Stopped: r.Stopped,
	}
	if r.Number != 0 {
		p.Number = strconv.FormatInt(r.Number, 10)
	}
	if r.State.Money() {
		p.Paid = r.PaidAt
	}
	return p
}

// Payment returns a payment of a customer.
func (s *Store) Payment(ctx context.Context, customer toll.CustomerID, id string) (payment.Payment, error) {
	r, err := store.SelectOne[row](ctx, s.db.Pool, "select "+columns+" from card_payment p where p.id::text = $1 and p.customer_id = $2", id, customer)
	if errors.Is(err, pgx.ErrNoRows) {
		return payment.Payment{}, fault.New(fault.NotFound).At("payment")
	}
	return r.payment(), err
}

// pollFor is how long the provider is asked about a payment after its time is over.
const pollFor = 7 * 24 * time.Hour

// Waiting returns payments under way, and paid ones whose card is not known yet, and marks them as asked about.
func (s *Store) Waiting(ctx context.Context, before, now time.Time, limit int) ([]payment.Payment, error) {
	return store.SelectMapped(ctx, s.db.Pool, row.payment, `with p as (update card_payment set asked_at = $2 where id in
			(select id from card_payment where asked_at < $1 and until > $4
				and (state in ('started', 'provider', 'action', 'pending') or state = 'paid' and brand = '') order by asked_at limit $3 for update skip locked)
			returning *)
		select `+columns+` from p`, before, now, limit, now.Add(-pollFor))
}

// GiveUp ends a payment of which the provider knows nothing.
func (s *Store) GiveUp(ctx context.Context, id string, at time.Time) error {
	return s.db.Tx(ctx, "give a payment up", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "update card_payment set state = $2 where id = $1 and state = $3", id, invoice.PaymentExpired, invoice.PaymentStarted)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return addMove(ctx, tx, id, invoice.PaymentExpired, payment.Poll, at)
	})
}

// Stop records that the person has left the provider's page.
func (s *Store) Stop(ctx context.Context, id string) error {
	_, err := s.db.Pool.Exec(ctx, "update card_payment set stopped = true where id = $1", id)
	return err
}

// Unplaced returns payments whose money stands on no invoice.
func (s *Store) Unplaced(ctx context.Context) ([]payment.Payment, error) {
	return store.SelectMapped(ctx, s.db.Pool, row.payment, "select "+columns+" from card_payment p where p.state = 'unplaced' order by p.started_at, p.id")
}

// addMove records a move.
func addMove(ctx context.Context, tx pgx.Tx, id string, to invoice.PaymentState, source payment.Source, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into card_payment_move (payment_id, no, state, source, at)
		select $1, coalesce(max(no), 0) + 1, $2, $3, $4 from card_payment_move where payment_id = $1`, id, string(to), string(source), at)
	return err
}

// Listen calls back with the customer of each payment that is entered for an invoice, on whichever server or by whichever
// command, until ctx ends or the connection is lost.
func (s *Store) Listen(ctx context.Context, paid func(toll.CustomerID)) error {
	conn, err := s.db.Pool.Acquire(ctx)
	if err != nil {
		return err
	}
	own := conn.Hijack() // it listens, so that no one else can use it
	defer func() { _ = own.Close(context.WithoutCancel(ctx)) }()
	if _, err := own.Exec(ctx, "listen paid"); err != nil {
		return err
	}
	for {
		heard, err := own.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		paid(toll.CustomerID(heard.Payload))
	}
}
