// Package bankdb stores the bank's files, their payments, and where each payment was entered.
package bankdb

import (
	"bompass/server/bank"
	"bompass/server/store"
)

// Store stores payments of the bank.
type Store struct{ db *store.DB }

// New returns a Store on a database.
func New(db *store.DB) *Store { return &Store{db} }

var _ bank.Store = (*Store)(nil)
