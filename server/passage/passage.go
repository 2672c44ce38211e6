// Package passage owns the records of the passage pipeline and the matching of a passage with its payer.
//
// Its sub-packages are the steps from a station's batch to a customer's page: ndjson decodes lines, intake
// accepts batches, stream is the queue between intake and the workers, worker rates and posts, pipeline runs
// all of them, and reading answers customers. Prices are package rating's, rows are package store's.
//
// Arrival order never changes a charge: the passages of a vehicle are always rated as a whole set, and only
// differences from what is posted are posted.
package passage

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// AgeMax is the maximum age of a passage when it is received; an older one needs a person.
const AgeMax = 400 * 24 * time.Hour

// ID is a UUID in 16 bytes. The zero value means that there is no such thing.
type ID [16]byte

// ParseID parses the text form of a UUID.
func ParseID(s string) (id ID, err error) {
	if len(s) != 36 {
		return id, fmt.Errorf("%q is not a UUID", s)
	}
	if _, err := hex.Decode(id[:], []byte(strings.ReplaceAll(s, "-", ""))); err != nil {
		return id, fmt.Errorf("%q is not a UUID", s)
	}
	return id, nil
}

// Record is a stored passage. A passage with a zero Vehicle is unmatched and has no payer.
type Record struct {
	toll.Observation
	ID                           ID
	Received                     time.Time
	Vehicle, Customer, Agreement ID
	MatchedBy                    toll.MatchedBy
	Blocked                      bool // whether the agreement was blocked when the passage was matched
}

// HasVehicle reports whether the passage is matched with a vehicle.
func (r *Record) HasVehicle() bool { return r.Vehicle != ID{} }

// SumKey returns the key of the sum that counts the passage. Its Customer is zero for a passage without a payer, which no
// sum counts.
func (r *Record) SumKey() SumKey {
	return SumKey{Customer: r.Customer, Vehicle: r.Vehicle, Agreement: r.Agreement, Day: oslo.DayOf(r.At)}
}

// Unmatch removes vehicle and payer.
func (r *Record) Unmatch() {
	r.Vehicle, r.Customer, r.Agreement, r.MatchedBy, r.Blocked = ID{}, ID{}, ID{}, toll.ByNone, false
}

// Differs reports whether two versions of the same passage differ in match, instant or withdrawal.
func (r *Record) Differs(o *Record) bool {
	return r.Vehicle != o.Vehicle || r.Customer != o.Customer || r.Agreement != o.Agreement || r.MatchedBy != o.MatchedBy ||
		r.Blocked != o.Blocked || r.Withdrawn != o.Withdrawn || !r.At.Equal(o.At)
}

// Charge is one posting for a passage: the price that is in force after it, and the difference from the price before.
type Charge struct {
	Passage   ID
	Customer  ID        // the payer
	Agreement ID        // whose invoice it will stand on; zero for an owner without one
	At        time.Time // of the passage
	Revision  int16     // counted from 1
	List, Net money.Ore
	Amount    money.Ore // difference from the previous revision
	Tariff    string
	Steps     []byte // JSON of []rating.Step
	Digest    int64  // of Steps
}

// Quarantined is a passage that cannot be rated until a person has looked at it.
type Quarantined struct {
	Reason      *fault.Error
	Observation toll.Observation
	Received    time.Time
}

// Stored is a stored passage with its current charge. Revision is 0 if nothing has been posted.
type Stored struct {
	Record
	Revision  int16
	List, Net money.Ore
	Digest    int64
}

// StoredWithCorrection is a stored passage with the correction in force, or nil if it has none.
type StoredWithCorrection struct {
	Stored
	Latest *Correction
}

// Correction is what a station reports of a passage after the passage itself.
type Correction struct {
	Passage   ID
	Revision  int16     // from 1; the highest is in force
	At        time.Time // corrected instant
	Withdrawn bool      // whether the passage did not happen
	Reason    string
	Received  time.Time
}

// Update is a new version of a stored passage: its match, its instant or its withdrawal has changed.
type Update struct {
	Record
	PreviousVehicle ID
}

// Review is a passage that is to be examined again at an instant or soon after.
type Review struct {
	Passage       ID
	Due           time.Time
	Partition     int
	Rematch       bool // vehicle and payer are matched again; otherwise the set is only rated again
	AwaitsPassage bool // whether only a correction has arrived, and not the passage
}

// RegisterChange is a change of the register with effect in the past of a vehicle. It is applied twice: at once,
// and at RepeatAt, when every transaction that began with the old register is over.
type RegisterChange struct {
	ID       int64
	Vehicle  toll.VehicleID
	RepeatAt time.Time // zero until it was applied for the first time
	Done     bool
}

// Posting is what one transaction writes, in the order of its fields.
type Posting struct {
	At              time.Time
	Passages        []Record
	Updates         []Update
	Charges         []Charge
	Corrections     []Correction
	FinishedReviews []ID // passages
	Reviews         []Review
	RegisterChanges []RegisterChange // applied for the first or the last time
	Quarantined     []Quarantined
	Sums            []Sum      // what Passages and Charges add, each key once
	CapCounts       []CapCount // those that may have changed, each key once
}

// SumKey is what the passages and charges of a payer are added up by. Agreement is zero without one.
type SumKey struct {
	Customer, Vehicle, Agreement ID
	Day                          oslo.Day
}

// Sum is what is added to a sum of passages and their charges.
type Sum struct {
	SumKey
	Passages, Unread int // Unread are those matched by the plate alone
	Net              money.Ore
}

// CapKey names the count of a vehicle's paid passages towards the cap of a station in a month.
type CapKey struct {
	Customer ID
	Month    oslo.Month
	Station  toll.StationID
}

// CapCount is the number of the latest paid passage towards a cap, and the cap. Count is 0 if there is none any more.
type CapCount struct {
	CapKey
	Vehicle   ID
	Count, Of int
}

// Span is a half-open period of one vehicle.
type Span struct {
	Vehicle  ID
	From, To time.Time
}
