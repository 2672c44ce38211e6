package api

import (
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// MeReply says who is signed in and on whose behalf.
type MeReply struct {
	Person   string            `json:"person"` // the name of the one who signed in
	Customer toll.CustomerID   `json:"customer"`
	Name     string            `json:"name"` // of the customer represented
	Kind     toll.CustomerKind `json:"kind"`
	Language string            `json:"language"`
	Parties  bool              `json:"parties,omitempty"` // there is a page to choose whom to act for
	Role     role.Role         `json:"role"`              // the person's role for that customer; it decides which endpoints are allowed
	CSRF     string            `json:"csrf"`              // sent back as X-CSRF-Token with every request that changes something
}

// LogoutReply says where the browser goes next.
type LogoutReply struct {
	Next string `json:"next,omitempty"` // to end the session of the eID too; empty is the sign-in page
}

// SetLanguageRequest chooses the account's language: nb, en, sv or de.
type SetLanguageRequest struct {
	Language string `json:"language"`
}

// OverviewReply is the first page: what the customer has and what this month has cost.
type OverviewReply struct {
	Month      oslo.Month          `json:"month"`
	Agreements []AgreementOverview `json:"agreements"`         // ordered by number
	Unagreed   *AgreementOverview  `json:"unagreed,omitempty"` // vehicles owned but on no agreement; Number is empty
	Latest     []PassageLine       `json:"latest"`             // newest first, at most 5
	Total      money.Ore           `json:"total"`              // of the month so far, over everything
	Days       []DaySpend          `json:"days,omitempty"`     // this month and the one before, ordered by day; days without passages are left out
}

// DaySpend is what one day cost under one agreement. Agreement is empty for what was paid without one.
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
	Tag      toll.TagID     `json:"tag,omitempty"`
	Balance  money.Ore      `json:"balance"`
	Passages int            `json:"passages"`
	Unread   int            `json:"unread,omitempty"` // of Passages, those known by the plate although the vehicle has a tag
	Caps     []CapOverview  `json:"caps,omitempty"`   // monthly caps that the vehicle has begun on, furthest first
}

// CapOverview is how far a vehicle has come towards a monthly cap: after Of paid passages the rest of
// the month is free. Group tells caps of one scheme apart; Station is set when a station counts alone.
type CapOverview struct {
	Scheme  string `json:"scheme"` // its name
	Group   string `json:"group,omitempty"`
	Station string `json:"station,omitempty"` // its name
	Count   int    `json:"count"`             // at most Of
	Of      int    `json:"of"`
}

// PassageListRequest asks for one vehicle's passages, or all vehicles' when Vehicle is empty.
type PassageListRequest struct {
	Vehicle   toll.VehicleID   `json:"vehicle,omitempty"`
	Agreement toll.AgreementID `json:"agreement,omitempty"` // empty is all, and what was passed without one
	From      oslo.Day         `json:"from"`                // first day, Norwegian calendar
	To        oslo.Day         `json:"to"`                  // last day, included
	After     string           `json:"after,omitempty"`     // PassageListReply.Next of the page before
}

// PassageListReply is one page of a period's passages, newest first.
type PassageListReply struct {
	Lines []PassageLine `json:"lines"`
	Count int           `json:"count"`          // of the whole period
	Total money.Ore     `json:"total"`          // of the whole period
	Next  string        `json:"next,omitempty"` // empty on the last page
}
