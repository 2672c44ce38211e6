// Package agreementdb stores drafts of agreements, and the agreements that are made of them.
package agreementdb

import "bompass/server/store"

// Store is the persistence of drafts and agreements. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
