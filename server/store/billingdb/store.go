// Package billingdb stores what waits for an invoice, invoices with their lines, and the ledger, for package billing.
package billingdb

import "bompass/server/store"

// Store is the persistence of invoices. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store { return &Store{db: db} }
