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
	"bompass/shared/toll"
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
		Street, PostalCode, City, Country       string
		Email                                   string
		Account                                 toll.AccountID
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
		r, err := store.SelectOne[row](ctx, tx, `select c.name, coalesce(o.number, '') as organisation, c.language,
				coalesce((select reference from agreement where id = i.agreement_id), '') as reference,
				coalesce(a.street, '') as street, coalesce(a.postal_code, '') as postal_code, coalesce(a.city, '') as city, coalesce(a.country, '') as country,
				c.email, coalesce(y.account_id::text, '') as account, (select issued_on from invoice where id = i.credits) - date 'epoch' as credited
			from invoice i join customer c on c.id = i.customer_id left join organisation o on o.customer_id = c.id
			left join lateral (select account_id from account_party where customer_id = c.id and role = 'owner' and c.kind = 'private'
				order by account_id limit 1) y on true left join profile a on a.account_id = y.account_id
			where i.id = $1`, found.ID)
		e = billing.Electronic{
			ID: found.ID, Customer: found.CustomerID, Email: r.Email, Account: r.Account, Document: books[0].Document, Buyer: r.Name, Organisation: r.Organisation, Street: r.Street, PostalCode: r.PostalCode, City: r.City,
			Country: r.Country, Language: r.Language, Reference: r.Reference, Credited: store.ZeroIfNull(r.Credited),
		}
		return err
	})
	if err != nil {
		return billing.Electronic{}, fmt.Errorf("document %s: %w", number, err)
	}
	return e, nil
}
