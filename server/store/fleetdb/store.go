// Package fleetdb stores orders of tags.
package fleetdb

import "bompass/server/store"

// Store is the persistence of orders of tags. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
