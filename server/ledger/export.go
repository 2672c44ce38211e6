package ledger

import (
	"context"
	"time"

	"bompass/shared/oslo"
)

// Posting is a transaction of the ledger as bookkeeping gets it.
type Posting struct {
	ID      int64
	Kind    Kind
	Number  string // of the document; empty without one
	At      time.Time
	Entries []Entry
}

// PostingStore reads the postings of a month.
type PostingStore interface {
	// Postings calls do with each transaction of a month, in the order in which they were added. It stops at an error.
	Postings(ctx context.Context, month oslo.Month, do func(Posting) error) error
}
