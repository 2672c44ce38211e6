// Package passagedb stores passages and charges for package passage: posting, reviews, the quarantine,
// the register that payers are found by, and the customer's list.
package passagedb

import "bompass/server/store"

// Store is the persistence of passages and charges. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
