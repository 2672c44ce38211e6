package passage

import (
	"context"
	"errors"
	"time"

	"bompass/shared/toll"
)

// ErrNotInForce means that other price lists have been published since those that a transaction rates by.
var ErrNotInForce = errors.New("the price lists are not in force any more")

// Ledger stores passages and charges.
type Ledger interface {
	// Post calls decide in a transaction that holds the partition, and writes what decide returns. release is the
	// number of the price lists that decide rates by; if they are not in force, Post returns ErrNotInForce and
	// decide is not called.
	Post(ctx context.Context, partition int, release int64, decide func(context.Context, PartitionTx) (Posting, error)) error
	// DueWork returns what is due at an instant.
	DueWork(ctx context.Context, now time.Time) (DueWork, error)
	ReleaseQueue
}

// PartitionTx is an open transaction on one partition. No other transaction writes to the partition meanwhile.
type PartitionTx interface {
	// Generation is the number of transactions on the partition so far, this one included.
	Generation() int64
	// RegisterVersion is the version of the register that is in force.
	RegisterVersion() int64
	// StoredIn returns the stored passages of the vehicles in their spans, with their current charges.
	StoredIn(ctx context.Context, spans []Span) ([]Stored, error)
	// Existing returns those of the passages that are stored already.
	Existing(ctx context.Context, ids []ID) ([]ID, error)
	ReviewTx
}

// ReviewTx is the part of a PartitionTx that concerns reviews.
type ReviewTx interface {
	// DueReviews returns at most limit due reviews of a partition, the longest due first.
	DueReviews(ctx context.Context, partition int, now time.Time, limit int) ([]Review, error)
	// StoredWithCorrections returns those of the passages that are stored, each with the correction in force.
	StoredWithCorrections(ctx context.Context, ids []ID) ([]StoredWithCorrection, error)
	// AwaitedByCorrections returns those of the passages for which a correction has arrived first.
	AwaitedByCorrections(ctx context.Context, ids []ID) ([]ID, error)
	// AffectedByChanges returns reviews of the passages since an instant that changes of the register bear on.
	AffectedByChanges(ctx context.Context, changes []int64, since time.Time) ([]Review, error)
}

// DueWork is what is due.
type DueWork struct {
	Partitions      []int // with reviews
	RegisterChanges []RegisterChange
	HasReleased     bool // whether quarantined passages have been released
}

// ReleaseQueue holds passages in quarantine, and those that an operator has released from it.
type ReleaseQueue interface {
	// Quarantine stores passages that need a person; those that are in quarantine already stay as they are.
	Quarantine(ctx context.Context, list []Quarantined) error
	// ReleasedFromQuarantine returns at most limit passages that are released and not published again yet.
	ReleasedFromQuarantine(ctx context.Context, limit int) ([]ReleasedPassage, error)
	// FinishReleases marks rows of the quarantine as resolved at an instant, and adds reviews of their passages.
	FinishReleases(ctx context.Context, rows []int64, reviews []Review, at time.Time) error
}

// ReleasedPassage is a passage that an operator has released from quarantine.
type ReleasedPassage struct {
	Row         int64 // of the quarantine
	Observation toll.Observation
	Received    time.Time
	Released    time.Time
}
