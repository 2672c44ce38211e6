package billingdb

import (
	"context"

	"bompass/server/billing"
	"bompass/server/store"
	"bompass/server/testclock"
	"bompass/shared/toll"
)

// AgreementPayers returns all agreements with their customers.
func (s *Store) AgreementPayers(ctx context.Context) ([]testclock.Payer, error) {
	type row struct {
		Customer     toll.CustomerID
		Agreement    toll.AgreementID
		Number, Name string
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) testclock.Payer {
		return testclock.Payer{Payer: billing.Payer{Customer: r.Customer, Agreement: r.Agreement, Number: r.Number}, Name: r.Name}
	}, `select a.customer_id::text as customer, a.id::text as agreement, a.number, c.name from agreement a join customer c on c.id = a.customer_id
		order by c.name, a.number`)
}

var _ testclock.Store = (*Store)(nil)
