// Package passage owns the way of a passage from a station's batch to a posted charge: taking in,
// matching with a payer, rating the vehicle's whole set, posting the difference, telling who watches.
//
// What a passage costs is package rating's; how rows are kept is package store's. Arrival order never
// changes a bill: a set is always rated as a whole, and only differences are posted.
package passage

import (
	"context"
	"time"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// ID is a UUID in 16 bytes; zero is none.
type ID [16]byte

// Record is one passage as it is kept. A zero Vehicle is unknown; it then has no payer.
type Record struct {
	toll.Observation
	ID                           ID
	Received                     time.Time
	Vehicle, Customer, Agreement ID
	MatchedBy                    toll.MatchedBy
	Blocked                      bool // the agreement was blocked when the passage was matched
}

// HasVehicle tells whether the passage has a vehicle.
func (r *Record) HasVehicle() bool { return r.Vehicle != ID{} }

// Charge is one posting: what stands for a passage after it, and the difference it makes.
type Charge struct {
	Passage   ID
	Customer  ID    // to whom it is posted
	Revision  int16 // counted from 1
	List, Net money.Ore
	Amount    money.Ore
	Tariff    string
	Steps     []byte // JSON of []rating.Step
	Digest    int64  // of Steps
}

// Quarantined is a passage that needs a person, with the reason.
type Quarantined struct {
	Reason      *fault.Error
	Observation toll.Observation
	Received    time.Time
}

// Posting is what one transaction writes, in the order of its fields.
type Posting struct {
	At              time.Time
	Passages        []Record
	Updates         []Update
	Charges         []Charge
	Corrections     []Correction
	FinishedReviews []ID // their reviews are done with
	Reviews         []Review
	RegisterChanges []RegisterChange // looked at, once more or for the last time
	Quarantined     []Quarantined
}

// Span is a time of one vehicle, half-open.
type Span struct {
	Vehicle  ID
	From, To time.Time
}

// Stored is a kept passage with the charge that stands for it. Revision 0 is none yet.
type Stored struct {
	Record
	Revision  int16
	List, Net money.Ore
	Digest    int64
}

// PartitionTx is an open transaction on one partition, which nobody else writes meanwhile.
type PartitionTx interface {
	// Generation counts the transactions on the partition, this one included.
	Generation() int64
	// RegisterVersion is the version of the directory that is now in force.
	RegisterVersion() int64
	// StoredIn returns what is kept of the vehicles in their spans.
	StoredIn(ctx context.Context, spans []Span) ([]Stored, error)
	// Existing tells which of the passages are kept already.
	Existing(ctx context.Context, ids []ID) ([]ID, error)
	ReviewTx
}

// Ledger keeps passages and charges.
type Ledger interface {
	// Post runs decide in a transaction that holds the partition, and writes what it returns.
	Post(ctx context.Context, partition int, decide func(context.Context, PartitionTx) (Posting, error)) error
	// Quarantine keeps passages that need a person; those kept already stay as they are.
	Quarantine(ctx context.Context, list []Quarantined) error
	// DueWork tells what is due by now.
	DueWork(ctx context.Context, now time.Time) (DueWork, error)
	ReleaseQueue
}

// RegisterSource tells who has which vehicle, tag and agreement.
type RegisterSource interface {
	RegisterVersion(ctx context.Context) (int64, error)
	Register(ctx context.Context) (Register, error)
}

// Register is everything that a payer is found by, as of one version.
type Register struct {
	Version     int64
	Agreements  []toll.Agreement
	Vehicles    []toll.Vehicle // without Facts
	Facts       []DatedFacts
	Tags        []toll.Tag
	Mounts      []toll.Mount
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
	Keys        []StationKey
}

// DatedFacts is what the vehicle register said of a vehicle for a time.
type DatedFacts struct {
	Vehicle  toll.VehicleID
	Facts    toll.Facts
	LengthMM int // 0 when unknown
	toll.Validity
}

// StationKey is what one API key may report for. The key itself is not kept.
type StationKey struct {
	Hash     [32]byte // SHA-256
	Stations []string // "*" is all
}

// Query asks for a customer's passages, newest first.
type Query struct {
	Customer  toll.CustomerID
	Vehicle   toll.VehicleID   // empty is all
	Agreement toll.AgreementID // empty is all and none
	From, To  time.Time        // half-open; both zero is any time
	IDs       []ID             // only these, when not nil
	BeforeAt  time.Time        // continues after this row; zero starts at the newest
	BeforeID  toll.PassageID
	Limit     int
	WithCount bool // whether Page's Count and Total are wanted
}

// Page is the answer to a Query. Lines lack the names that the tariffs know.
type Page struct {
	Lines []api.PassageLine
	Count int
	Total money.Ore
}

// Reader gives customers their passages.
type Reader interface {
	BillStore
	Passages(ctx context.Context, q Query) (Page, error)
	MonthTotal(ctx context.Context, customer toll.CustomerID, month oslo.Month) (money.Ore, error)
}
