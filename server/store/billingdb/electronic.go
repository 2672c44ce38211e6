package billingdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/oslo"
)

// Electronic returns a document with what a file of it names beside. It returns billing.ErrNoDocument for a number that no
// document has.
func (s *Store) Electronic(ctx context.Context, number string) (e billing.Electronic, err error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return e, billing.ErrNoDocument
	}
	type row struct {
		Name, Organisation, Language, Reference string
		Credited                                *oslo.Day
	}
	err = s.db.Snapshot(ctx, "electronic document", func(tx pgx.Tx) error {
		found, err := store.SelectOne[documentRow](ctx, tx, selectDocument+"where i.number = $1", n)
		if errors.Is(err, pgx.ErrNoRows) {
			return billing.ErrNoDocument
		}
		if err != nil {
			return err
		}
		books := []ledger.Booked{{Document: found.document()}}
		if err := addLines(ctx, tx, books, []string{found.ID}, map[string]int{found.ID: 0}); err != nil {
			return err
		}
		e.Document = books[0].Document
		beside, err := store.SelectOne[row](ctx, tx, `select c.name, coalesce(o.number, '') as organisation, c.language,
				coalesce((select reference from agreement where id = i.agreement_id), '') as reference,
				(select issued_on from invoice where id = i.credits) - date 'epoch' as credited
			from invoice i join customer c on c.id = i.customer_id left join organisation o on o.customer_id = c.id where i.id = $1`, found.ID)
		e.Buyer, e.Organisation, e.Language, e.Reference, e.Credited = beside.Name, beside.Organisation, beside.Language, beside.Reference, store.ZeroIfNull(beside.Credited)
		return err
	})
	if err != nil {
		return billing.Electronic{}, fmt.Errorf("document %s: %w", number, err)
	}
	return e, nil
}
