// Package accessdb stores what packages access and eid need: accounts and their factors, pending logins,
// sessions, links, throttles, and the identities that issuers of eIDs have vouched for.
package accessdb

import "bompass/server/store"

// Store is the persistence of accounts, factors, sessions and eIDs. It is safe for concurrent use.
type Store struct {
	store.Links

	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{Links: store.NewLinks(db), db: db}
}
