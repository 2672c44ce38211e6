package api

import (
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// PartyChoice is a party that a person can switch to.
type PartyChoice struct {
	Key    string `json:"key"` // the value of the form of parties
	Name   string `json:"name"`
	Number string `json:"number,omitempty"` // of an organisation
	Own    bool   `json:"own,omitempty"`    // the person, as a private customer
}

// MeReply is the signed-in person and the customer that the person acts for.
type MeReply struct {
	Person   string            `json:"person"` // name of the signed-in person
	Owner    string            `json:"owner"`  // tells the tabs of different people apart; not the account's id
	Customer toll.CustomerID   `json:"customer"`
	Name     string            `json:"name"` // of the customer
	Kind     toll.CustomerKind `json:"kind"`
	Language string            `json:"language"`
	Parties  bool              `json:"parties,omitempty"` // the person can choose another customer
	Others   []PartyChoice     `json:"others,omitempty"`  // what the person can act for instead, as far as it is stored
	Role     role.Role         `json:"role"`              // the person's role for the customer
	CSRF     string            `json:"csrf"`              // value of X-CSRF-Token in requests that change something
	Actor    string            `json:"actor,omitempty"`   // names person, party and role; the same as in the header of every answer
	Now      time.Time         `json:"now,omitzero"`      // the server's clock
	Service  *toll.Contact     `json:"service,omitempty"` // of the customer's toll company, if it is another than the deployment's
	Kept     bool              `json:"kept,omitempty"`    // the session is on the person's own device: without use it is locked
}

// LogoutReply has the address that the browser opens after signing out.
type LogoutReply struct {
	Next string `json:"next,omitempty"` // ends the session of the eID, too; empty for the sign-in page
}

// SetLanguageRequest sets the account's language: nb, en, sv or de.
type SetLanguageRequest struct {
	Language string `json:"language"`
}

// OverviewReply is the content of the first page: the customer's agreements and vehicles, and the cost of this month.
type OverviewReply struct {
	Month      oslo.Month          `json:"month"`
	Agreements []AgreementOverview `json:"agreements"`         // ordered by number
	Unagreed   *AgreementOverview  `json:"unagreed,omitempty"` // vehicles without an agreement; its Number is empty
	Latest     []PassageLine       `json:"latest"`             // newest first, at most 5
	Total      money.Ore           `json:"total"`              // of the month so far, with and without agreement
	// of this month and the previous one, in order; only days with passages
	Days []DaySpend `json:"days,omitempty"`
	// of the latest OverviewMonths months, in order; only months with passages
	Months []MonthSpend `json:"months,omitempty"`
	Owed   []Owed       `json:"owed,omitempty"`
}

// OverviewMonths is the number of months whose cost an OverviewReply has, this month included.
const OverviewMonths = 6

// MonthSpend is the cost of one month under one agreement, or without an agreement if Agreement is empty.
type MonthSpend struct {
	Month     oslo.Month       `json:"month"`
	Agreement toll.AgreementID `json:"agreement,omitempty"`
	Net       money.Ore        `json:"net"`
	Passages  int              `json:"passages"`
}

// DaySpend is the cost of one day under one agreement, or without an agreement if Agreement is empty.
type DaySpend struct {
	Day       oslo.Day         `json:"day"`
	Agreement toll.AgreementID `json:"agreement,omitempty"`
	Net       money.Ore        `json:"net"`
	Passages  int              `json:"passages"`
}

// AgreementOverview is one agreement on the overview.
type AgreementOverview struct {
	ID       toll.AgreementID  `json:"id,omitempty"`
	Number   string            `json:"number,omitempty"`
	Kind     toll.CustomerKind `json:"kind"`
	Charger  string            `json:"charger"` // the toll company's name
	Blocked  bool              `json:"blocked,omitempty"`
	Vehicles []VehicleOverview `json:"vehicles"` // ordered by plate
	Balance  money.Ore         `json:"balance"`  // this month so far
	Passages int               `json:"passages"` // this month so far
}

// VehicleOverview is one vehicle on the overview.
type VehicleOverview struct {
	ID       toll.VehicleID `json:"id"`
	Plate    toll.Plate     `json:"plate"`
	Class    string         `json:"class"` // toll.Class in words
	Fuel     toll.Fuel      `json:"fuel,omitempty"`
	PlugIn   bool           `json:"plug_in,omitempty"`
	Tag      toll.TagID     `json:"tag,omitempty"`
	Status   toll.TagStatus `json:"status,omitempty"`  // of the tag
	Ordered  bool           `json:"ordered,omitempty"` // a tag is ordered and not sent yet
	Balance  money.Ore      `json:"balance"`
	Passages int            `json:"passages"`
	Unread   int            `json:"unread,omitempty"` // passages identified by plate although the vehicle has a tag
	Run      UnreadRun      `json:"run,omitzero"`     // of the vehicles with the most such passages
	// monthly caps with at least one counted passage, furthest progress first
	Caps []CapOverview `json:"caps,omitempty"`
}

// CapOverview is a vehicle's progress towards a monthly cap: after Of paid passages, the rest of the month is free.
// Group distinguishes the caps of one scheme; Station is set if a station has a cap of its own.
type CapOverview struct {
	Scheme  string `json:"scheme"` // its name
	Group   string `json:"group,omitempty"`
	Station string `json:"station,omitempty"` // its name
	Count   int    `json:"count"`             // at most Of
	Of      int    `json:"of"`
}

// PassageListRequest selects the passages of a period, of one vehicle or, if Vehicle is empty, of all. With the number of an
// invoice it selects those that stand on it, whatever the period.
type PassageListRequest struct {
	Vehicle   toll.VehicleID   `json:"vehicle,omitempty"`
	Agreement toll.AgreementID `json:"agreement,omitempty"` // empty selects all, and those without an agreement
	From      oslo.Day         `json:"from"`                // first day, Norwegian calendar
	To        oslo.Day         `json:"to"`                  // last day, included
	After     string           `json:"after,omitempty"`     // PassageListReply.Next of the previous page
	Invoice   string           `json:"invoice,omitempty"`   // number of a document
}

// PassageListReply is one page of a period's passages, newest first.
type PassageListReply struct {
	Lines []PassageLine `json:"lines"`
	Count int           `json:"count"`          // of the whole period
	Total money.Ore     `json:"total"`          // of the whole period
	Next  string        `json:"next,omitempty"` // empty on the last page
}
