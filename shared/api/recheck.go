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

// RecheckPassagesMax is the maximum number of passages in a recheck.
const RecheckPassagesMax = 10_000
