// Package noticedb is the outbox: messages that wait to be sent.
package noticedb

import "bompass/server/store"

// Store is the persistence of the outbox. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}
