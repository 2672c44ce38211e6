package agreementdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/agreement"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// inForce restricts a query to agreements of a customer in force at an instant.
const inForce = "customer_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2)"

// Addresses returns the addresses of the customer's agreements in force, by number.
func (s *Store) Addresses(ctx context.Context, customer toll.CustomerID, at time.Time) ([]agreement.Address, error) {
	list, err := store.Select[agreement.Address](ctx, s.db.Pool, "select number, charger, address as line from agreement where "+inForce+" order by number", string(customer), at)
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	return list, nil
}

// SetAddresses sets the address of agreements of the customer in force by their numbers, all or none.
func (s *Store) SetAddresses(ctx context.Context, customer toll.CustomerID, numbers []string, line string, at time.Time) error {
	return s.db.Tx(ctx, "set addresses", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "update agreement set address = $4 where "+inForce+" and number = any($3)", string(customer), at, numbers, line)
		if err == nil && int(done.RowsAffected()) != len(numbers) {
			return fault.New(fault.NotFound)
		}
		return err
	})
}
