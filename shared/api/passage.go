package api

import (
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// PassageLine is one passage as the customer sees it, with the reason for its charge.
type PassageLine struct {
	ID        toll.PassageID   `json:"id"`
	At        time.Time        `json:"at"`
	Station   toll.StationID   `json:"station"`
	Name      string           `json:"name"`    // the station's
	Charger   string           `json:"charger"` // the toll company's name
	Direction toll.Direction   `json:"direction,omitempty"`
	Vehicle   toll.VehicleID   `json:"vehicle"`
	Plate     toll.Plate       `json:"plate"`
	Agreement toll.AgreementID `json:"agreement,omitempty"`
	Tag       toll.TagID       `json:"tag,omitempty"`
	MatchedBy toll.MatchedBy   `json:"matched_by"`
	Priced    bool             `json:"priced"` // false while no tariff is known for it: Net is then 0 and means nothing
	List      money.Ore        `json:"list"`
	Net       money.Ore        `json:"net"`
	Steps     []rating.Step    `json:"steps"`
	Corrected bool             `json:"corrected,omitempty"` // the charge was changed after it was first posted
	Pending   bool             `json:"pending,omitempty"`   // a passage still to come can change the charge: stations can be linked
}

// Event is one server-sent event on the customer's stream. Kind "passage" says that Lines are new or
// changed; Balance is the customer's month so far after them.
type Event struct {
	Kind    string        `json:"kind"`
	Lines   []PassageLine `json:"lines"`
	Balance money.Ore     `json:"balance"`
}

// BatchReply answers a station's batch: every line is counted once. Refused lines were not
// understood and are not kept; quarantined ones are kept and wait for a person.
type BatchReply struct {
	Accepted    int           `json:"accepted"` // durably taken in, duplicates included
	Quarantined int           `json:"quarantined"`
	Refused     []RefusedLine `json:"refused,omitempty"` // at most RefusedMax are listed
	RefusedN    int           `json:"refused_count"`
}

// RefusedMax bounds the refused lines that a BatchReply lists.
const RefusedMax = 100

// BatchMax bounds the lines of one batch; BatchBytesMax its size.
const (
	BatchMax      = 5000
	BatchBytesMax = 2 << 20
)

// RefusedLine is a line of a batch that was not understood.
type RefusedLine struct {
	Line int          `json:"line"` // counted from 1
	Why  *fault.Error `json:"why"`
}
