// Package overviewdb reads what package overview shows: agreements, vehicles and sums of a customer.
package overviewdb

import "bompass/server/store"

// Store is the persistence of the overview. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
