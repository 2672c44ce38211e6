package api

import (
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// PassageLine is one passage in a list, with its charge and the steps that explain it.
type PassageLine struct {
	ID        toll.PassageID   `json:"id"`
	At        time.Time        `json:"at"`
	Station   toll.StationID   `json:"station"`
	Name      string           `json:"name"`    // of the station
	Charger   string           `json:"charger"` // the toll company's name
	Direction toll.Direction   `json:"direction,omitempty"`
	Vehicle   toll.VehicleID   `json:"vehicle"`
	Plate     toll.Plate       `json:"plate"`
	Agreement toll.AgreementID `json:"agreement,omitempty"`
	Tag       toll.TagID       `json:"tag,omitempty"`
	MatchedBy toll.MatchedBy   `json:"matched_by"`
	Unread    bool             `json:"unread,omitempty"` // the vehicle had a tag, which was not read
	Lost      money.Ore        `json:"lost,omitempty"`   // how much less it would have cost if the tag had been read
	Priced    bool             `json:"priced"`           // false while no tariff applies: Net is then 0 without meaning
	List      money.Ore        `json:"list"`
	Net       money.Ore        `json:"net"`
	Steps     []rating.Step    `json:"steps"`
	Corrected bool             `json:"corrected,omitempty"` // the charge was changed after it was first posted
	// a later passage can change the charge, because stations can be linked
	Pending bool `json:"pending,omitempty"`
}

// PassageExportRequest asks for the passages of a PassageListRequest as a file. After is not used.
type PassageExportRequest struct {
	PassageListRequest
	Format string `json:"format"` // one of PassageFormats
}

// PassageFormats lists the formats of files of passages: a spreadsheet, a text for a spreadsheet program in the reader's language, a text for other
// programs, which is the same in all languages, and two more.
var PassageFormats = []string{"xlsx", "csv", "plain", "json", "pdf"}

// PassageExportMax is the maximum number of passages of a file that is downloaded at once.
const PassageExportMax = 10_000

// The kinds of events.
const (
	EventPassage = "passage" // Lines are new or changed
	EventPaid    = "paid"    // something of the customer was paid: what is owed is another amount
)

// Event is one server-sent event of the customer's stream. Balance is the cost of the month so far, including Lines.
type Event struct {
	Kind    string        `json:"kind"`
	Lines   []PassageLine `json:"lines"`
	Balance money.Ore     `json:"balance"`
}

// BatchReply is the result of a station's batch; every line is counted once. Refused lines are malformed and are not
// stored. Quarantined lines are stored for review by an operator.
type BatchReply struct {
	Accepted    int           `json:"accepted"` // stored durably, including duplicates
	Quarantined int           `json:"quarantined"`
	Refused     []RefusedLine `json:"refused,omitempty"` // at most RefusedMax are listed
	RefusedN    int           `json:"refused_count"`
}

// RefusedMax is the maximum number of refused lines that a BatchReply lists.
const RefusedMax = 100

// Limits of one batch.
const (
	BatchMax      = 5000    // lines
	BatchBytesMax = 2 << 20 // bytes
)

// RefusedLine is a malformed line of a batch.
type RefusedLine struct {
	Line int          `json:"line"` // counted from 1
	Why  *fault.Error `json:"why"`
}
