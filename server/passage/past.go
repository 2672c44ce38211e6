package passage

import (
	"context"
	"time"

	"bompass/shared/toll"
)

// Review is a passage that is to be looked at once more, at an instant or soon after.
type Review struct {
	Passage   ID
	Due       time.Time
	Partition int
	Rematch   bool // find its vehicle and payer anew; otherwise its set is only rated again
	Waiting   bool // the passage has not come yet, only a correction of it
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

// Kept is a kept passage with what stands for it and the correction in force, nil when there is none.
type Kept struct {
	Standing
	Latest *Correction
}

// Changed is a kept passage that is matched otherwise, happened at another instant or not at all.
// Was is the vehicle that it had.
type Changed struct {
	Record
	Was ID
}

// Learnt is something that the register has learnt of the past of a vehicle.
type Learnt struct {
	ID      int64
	Vehicle toll.VehicleID
	Again   time.Time // when it is looked at for the second and last time; zero until it was for the first
	Done    bool
}

// Agenda is what is due.
type Agenda struct {
	Partitions []int // that have reviews
	Learnt     []Learnt
	Released   bool // quarantined passages are
}

// Past is what an open transaction knows of passages that are to be looked at once more.
type Past interface {
	// Due returns at most limit reviews of a partition that are due, the longest due first.
	Due(ctx context.Context, partition int, now time.Time, limit int) ([]Review, error)
	// Kept returns those of the passages that are kept.
	Kept(ctx context.Context, ids []ID) ([]Kept, error)
	// Correctable tells which of the passages a correction waits for.
	Correctable(ctx context.Context, ids []ID) ([]ID, error)
	// Affected returns reviews of the passages since an instant that what was learnt bears on.
	Affected(ctx context.Context, learnt []int64, since time.Time) ([]Review, error)
}

// Release is a quarantined passage that a person has released.
type Release struct {
	Row         int64
	Observation toll.Observation
	Received    time.Time
	Released    time.Time
}

// Releases are quarantined passages on their way back.
type Releases interface {
	// Released returns at most limit of them.
	Released(ctx context.Context, limit int) ([]Release, error)
	// Readmit notes that they are back, at an instant, and has those that are kept looked at again.
	Readmit(ctx context.Context, rows []int64, reviews []Review, at time.Time) error
}
