// Package legacydb stores the credentials that were imported from the legacy system.
package legacydb

import "bompass/server/store"

// Store is the persistence of credentials of the legacy system. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
