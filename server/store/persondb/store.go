// Package persondb stores what packages person and party need: profiles, consents, contact codes, the
// people who act for a customer, invitations, and the parties that an account acts for.
package persondb

import "bompass/server/store"

// Store is the persistence of profiles, people and parties. It is safe for concurrent use.
type Store struct {
	store.Links

	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{Links: store.NewLinks(db), db: db}
}
