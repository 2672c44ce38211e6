// Package agreementdb makes drafts into agreements, and stores those.
package agreementdb

import "bompass/server/store"

// Store is the persistence of agreements. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
