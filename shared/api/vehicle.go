package api

import (
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Vehicle returns what is known about one vehicle of the customer.
var Vehicle = customer[VehicleRequest, VehicleReply]("vehicle", "GET", "/api/v1/vehicle", role.SeeOverview)

// VehicleRequest names a vehicle.
type VehicleRequest struct {
	Vehicle toll.VehicleID `json:"vehicle"`
}

// VehicleReply is the content of a vehicle's page. Of a vehicle that the customer no longer has, it has the history of
// the customer's own agreements.
type VehicleReply struct {
	ID         toll.VehicleID `json:"id"`
	Plate      toll.Plate     `json:"plate"`
	Class      string         `json:"class"` // toll.Class in words
	Facts      toll.Facts     `json:"facts"`
	FactsFrom  time.Time      `json:"facts_from,omitzero"` // the instant from which the facts count
	Declared   bool           `json:"declared,omitempty"`  // the facts are the customer's own statement, not the register's
	Current    bool           `json:"current"`             // the customer has the vehicle now
	Ordered    bool           `json:"ordered,omitempty"`   // a tag is ordered and not sent yet
	Mounts     []VehicleMount `json:"mounts"`              // newest first
	Exemptions []ExemptPeriod `json:"exemptions,omitempty"`
	Caps       []CapOverview  `json:"caps,omitempty"`
	Month      oslo.Month     `json:"month"`
	Months     []MonthSpend   `json:"months,omitempty"` // of the latest OverviewMonths months; only months with passages
	Reads      []TagReads     `json:"reads,omitempty"`  // for 30 and 90 days; none of a vehicle without a tag
	Unread     UnreadRun      `json:"unread,omitzero"`
	Blocked    BlockedSpan    `json:"blocked,omitzero"` // while the agreement that the vehicle is on is blocked
}

// BlockedSpan is how long an agreement has been blocked, and the discount that the vehicle's passages have lost since. The zero
// BlockedSpan is none.
type BlockedSpan struct {
	Since    time.Time `json:"since"`
	Passages int       `json:"passages"`
	Lost     money.Ore `json:"lost"`
}

// VehicleMount is a period in which a vehicle was on an agreement, with a tag or without.
type VehicleMount struct {
	Agreement string         `json:"agreement"` // its number
	Charger   string         `json:"charger"`   // the toll company's name
	Tag       toll.TagID     `json:"tag,omitempty"`
	Status    toll.TagStatus `json:"status,omitempty"`   // of the tag now
	Delivered time.Time      `json:"delivered,omitzero"` // when the tag was sent, if that is known
	Blocked   bool           `json:"blocked,omitempty"`  // the agreement is blocked now
	toll.Validity
}

// ExemptPeriod is a period in which a vehicle passes free of charge where its exemption counts.
type ExemptPeriod struct {
	Kind toll.ExemptionKind `json:"kind"`
	toll.Validity
}

// TagReads is how often a vehicle's tag was read in the latest Days days.
type TagReads struct {
	Days     int `json:"days"`
	Passages int `json:"passages"`
	Read     int `json:"read"`
}

// UnreadRun is a vehicle's newest passages in a row at which its tag was not read, and the discount that was lost by it.
// The zero UnreadRun is none.
type UnreadRun struct {
	Passages int       `json:"passages"`
	Lost     money.Ore `json:"lost"`
}

// UnreadRunMin is the number of passages in a row from which an UnreadRun is reported.
const UnreadRunMin = 3

// UnreadRunMax is the maximum number of passages that an UnreadRun counts.
const UnreadRunMax = 50
