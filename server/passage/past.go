package passage

import (
	"context"
	"time"

	"bompass/shared/toll"
)

// Review is a passage that is to be looked at once more, at an instant or soon after.
type Review struct {
	Passage       ID
	Due           time.Time
	Partition     int
	Rematch       bool // find its vehicle and payer anew; otherwise its set is only rated again
	AwaitsPassage bool // the passage has not come yet, only a correction of it
}

// Correction is what a station reports of a passage later.
type Correction struct {
	Passage   ID
	Revision  int16     // from 1; the highest is in force
	At        time.Time // the instant in force
	Withdrawn bool      // the passage did not happen
	Reason    string
	Received  time.Time
}

// StoredWithCorrection is a kept passage with what stands for it and the correction in force, nil when there is none.
type StoredWithCorrection struct {
	Stored
	Latest *Correction
}

// Update is a kept passage that is matched otherwise, happened at another instant or not at all.
// Was is the vehicle that it had.
type Update struct {
	Record
	PreviousVehicle ID
}

// RegisterChange is something that the register has learnt of the past of a vehicle.
type RegisterChange struct {
	ID       int64
	Vehicle  toll.VehicleID
	RepeatAt time.Time // when it is looked at for the second and last time; zero until it was for the first
	Done     bool
}

// DueWork is what is due.
type DueWork struct {
	Partitions      []int // that have reviews
	RegisterChanges []RegisterChange
	HasReleased     bool // quarantined passages are
}

// ReviewTx is what an open transaction knows of passages that are to be looked at once more.
type ReviewTx interface {
	// DueReviews returns at most limit reviews of a partition that are due, the longest due first.
	DueReviews(ctx context.Context, partition int, now time.Time, limit int) ([]Review, error)
	// StoredWithCorrections returns those of the passages that are kept.
	StoredWithCorrections(ctx context.Context, ids []ID) ([]StoredWithCorrection, error)
	// AwaitedByCorrections tells which of the passages a correction waits for.
	AwaitedByCorrections(ctx context.Context, ids []ID) ([]ID, error)
	// AffectedByChanges returns reviews of the passages since an instant that what was learnt bears on.
	AffectedByChanges(ctx context.Context, learnt []int64, since time.Time) ([]Review, error)
}

// ReleasedPassage is a quarantined passage that a person has released.
type ReleasedPassage struct {
	Row         int64
	Observation toll.Observation
	Received    time.Time
	Released    time.Time
}

// ReleaseQueue are quarantined passages on their way back.
type ReleaseQueue interface {
	// ReleasedFromQuarantine returns at most limit of them.
	ReleasedFromQuarantine(ctx context.Context, limit int) ([]ReleasedPassage, error)
	// FinishReleases notes that they are back, at an instant, and has those that are kept looked at again.
	FinishReleases(ctx context.Context, rows []int64, reviews []Review, at time.Time) error
}
