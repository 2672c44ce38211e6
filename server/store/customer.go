package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/shared/toll"
)

// MergePrivateCustomers makes the private customers of one name that an account owns one: their agreements, vehicles and
// sessions move to the one that the person has acted for longest. The database reviews the passages of the vehicles.
func MergePrivateCustomers(ctx context.Context, tx pgx.Tx, account toll.AccountID) error {
	if _, err := tx.Exec(ctx, "select merge_private_customers($1)", string(account)); err != nil {
		return fmt.Errorf("merge customers: %w", err)
	}
	return nil
}
