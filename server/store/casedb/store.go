// Package casedb stores the cases of customer service, their messages and files.
package casedb

import (
	"bompass/server/casework"
	"bompass/server/store"
)

// Store stores cases.
type Store struct{ db *store.DB }

// New returns a Store on a database.
func New(db *store.DB) *Store { return &Store{db} }

var (
	_ casework.Store     = (*Store)(nil)
	_ casework.TellStore = (*Store)(nil)
)
