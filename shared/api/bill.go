package api

import (
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// TariffBookReply is every price plan that passages are rated by, as published. Its ETag is made of
// Version, so it is only sent anew when it has changed.
type TariffBookReply struct {
	Version string        `json:"version"` // tariff.Fingerprint of Files
	Files   []tariff.File `json:"files"`
}

// BillRequest asks for one vehicle's calendar month.
type BillRequest struct {
	Vehicle toll.VehicleID `json:"vehicle"`
	Month   oslo.Month     `json:"month"`
}

// BillReply is a month's charges with all that they were worked out from. Passages that somebody else
// pays for are not in it: Hidden counts those that could bear on the customer's own.
type BillReply struct {
	recheck.Bill
	Tariffs string `json:"tariffs"` // version of the book that passages are rated by now
	Hidden  int    `json:"hidden,omitempty"`
}

// BillMax bounds the passages of a bill.
const BillMax = 10_000
