// Package privacydb exports and erases the data of people, deletes what has been kept for long enough, and
// seals values again with another key.
package privacydb

import "bompass/server/store"

// Store is the persistence of export, erasure, retention and resealing. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
