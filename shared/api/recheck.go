package api

import (
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// TariffBookReply holds the tariff files that passages are rated by, as published. Its ETag is derived from Version, so
// that clients fetch it again only after a change.
type TariffBookReply struct {
	Version string        `json:"version"` // tariff.Fingerprint of Files
	Files   []tariff.File `json:"files"`
}

// RecheckRequest selects a vehicle and a calendar month.
type RecheckRequest struct {
	Vehicle toll.VehicleID `json:"vehicle"`
	Month   oslo.Month     `json:"month"`
}

// RecheckReply is a month's charges with the input from which they were computed. Passages that another customer pays
// for are left out; Hidden counts those that can affect the customer's own prices.
type RecheckReply struct {
	recheck.Statement
	Tariffs string `json:"tariffs"` // version of the tariffs in use now
	Hidden  int    `json:"hidden,omitempty"`
}

// FleetRecheckRequest selects the vehicles of an agreement, or of all, and a calendar month. After continues after a
// vehicle, in the order of the reply before.
type FleetRecheckRequest struct {
	Month     oslo.Month       `json:"month"`
	Agreement toll.AgreementID `json:"agreement,omitempty"`
	After     toll.VehicleID   `json:"after,omitempty"`
}

// FleetRecheckReply holds the rechecks of several vehicles with passages in a month. Next is the vehicle to continue after,
// empty at the end.
type FleetRecheckReply struct {
	Vehicles []VehicleRecheck `json:"vehicles"`
	Next     toll.VehicleID   `json:"next,omitempty"`
	Tariffs  string           `json:"tariffs"` // version of the tariffs in use now
}

// VehicleRecheck is the recheck of one vehicle of several. One with more than RecheckPassagesMax passages is TooLarge and
// has nothing else.
type VehicleRecheck struct {
	Vehicle toll.VehicleID `json:"vehicle"`
	Plate   toll.Plate     `json:"plate"`
	recheck.Statement
	TooLarge bool `json:"too_large,omitempty"`
}

// The limits of a FleetRecheckReply. A vehicle with more passages comes alone.
const (
	FleetRecheckPassagesMax = 5_000
	FleetRecheckVehiclesMax = 500
)

// RecheckPassagesMax is the maximum number of passages in a recheck.
const RecheckPassagesMax = 10_000
