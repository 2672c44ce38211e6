package billingdb

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/toll"
)

// Pay enters a payment and returns the number of its invoice, also if the KID is that of a reminder of it. isNew is false for one that is entered already. It returns
// billing.ErrUnknownKID for a payment that names no invoice.
func (s *Store) Pay(ctx context.Context, p billing.Payment) (number string, isNew bool, err error) {
	type row struct {
		ID          string
		Number      int64
		CustomerID  toll.CustomerID
		AgreementID toll.AgreementID
	}
	err = s.db.Tx(ctx, "pay", func(tx pgx.Tx) error {
		of, err := store.SelectOne[row](ctx, tx, `select id::text as id, number, customer_id::text as customer_id, agreement_id::text as agreement_id
			from invoice where id = (select coalesce(claim, id) from invoice where kid = $1 and kind <> 'credit') for key share`, p.KID)
		if errors.Is(err, pgx.ErrNoRows) {
			return billing.ErrUnknownKID
		}
		if err != nil {
			return err
		}
		number = strconv.FormatInt(of.Number, 10)
		var id int64
		err = tx.QueryRow(ctx, `insert into ledger_transaction (kind, invoice_id, at, reference) values ($1, $2, $3, $4)
			on conflict (reference) do nothing returning id`, string(ledger.Paid), of.ID, p.On.Start(), p.Reference).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		isNew = true
		payer := billing.Payer{Customer: of.CustomerID, Agreement: of.AgreementID}
		return writeEntries(ctx, tx, id, ledger.OfPayment(payer.Account(), p.Amount))
	})
	return number, isNew, err
}
