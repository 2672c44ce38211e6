// Package toll defines the basic types of tolling: customers, agreements, vehicles, tags, stations and
// passages, with their identities, states and the rules that depend on nothing else.
package toll

import "time"

type (
	// CustomerID is a UUID.
	CustomerID string
	// AgreementID is a UUID.
	AgreementID string
	// VehicleID is a UUID. It does not change with the plate.
	VehicleID string
	// TagID is the tag's number, digits only: its PAN of 19.
	TagID string
	// StationID is the short name of the tariff files, "oslo-104".
	StationID string
	// SchemeID is the short name of a toll scheme, "oslo".
	SchemeID string
	// ChargerID is a toll charger (bompengeselskap), the creditor of passages at its stations.
	ChargerID string
	// IssuerID is a toll service provider (utsteder): it issues tags and sends the invoice.
	IssuerID string
	// AccountID is a UUID of a person who can sign in.
	AccountID string
)

// CustomerKind distinguishes persons from organisations.
type CustomerKind string

// The kinds of customer.
const (
	Private CustomerKind = "private"
	Company CustomerKind = "company"
)

// Customer is a party that agreements and claims belong to.
type Customer struct {
	ID       CustomerID   `json:"id"`
	Kind     CustomerKind `json:"kind"`
	Name     string       `json:"name"`
	Email    string       `json:"email"`
	Country  string       `json:"country"`  // ISO 3166 alpha-2
	Language string       `json:"language"` // nb, en, sv, de
}

// Agreement is a contract between a customer and an issuer.
type Agreement struct {
	ID       AgreementID `json:"id"`
	Number   string      `json:"number"` // the reference that the customer quotes, as printed on invoices
	Customer CustomerID  `json:"customer"`
	Issuer   IssuerID    `json:"issuer"`
	Charger  ChargerID   `json:"charger"` // the toll company the customer deals with
	Validity
	// A blocked agreement keeps its passages but gives no discounts.
	Blocked bool `json:"blocked,omitempty"`
}

// Tag is a DSRC transponder issued under an agreement.
type Tag struct {
	ID        TagID       `json:"id"`
	Agreement AgreementID `json:"agreement"`
	Status    TagStatus   `json:"status"`
}

// TagStatus is the state of a tag.
type TagStatus string

// The states of a tag.
const (
	TagOrdered TagStatus = "ordered" // has no number before it is sent
	TagActive  TagStatus = "active"
	TagOnHold  TagStatus = "on-hold" // kept by the customer, on no vehicle
	TagBlocked TagStatus = "blocked" // by the issuer
	TagLost    TagStatus = "lost"    // reported as lost or stolen by the customer
	TagSettled TagStatus = "settled" // deposit returned, never used again
)

// Vehicle is a registered vehicle.
type Vehicle struct {
	ID    VehicleID  `json:"id"`
	Plate Plate      `json:"plate"`
	Owner CustomerID `json:"owner,omitempty"` // registered owner, charged when there is no agreement
	Facts Facts      `json:"facts"`

	LengthMM int `json:"length_mm,omitempty"` // used by ferries; 0 when unknown
}

// Mount places a vehicle on an agreement, optionally with a tag, for a period. A tag is on at most one vehicle
// at any instant.
type Mount struct {
	Vehicle   VehicleID   `json:"vehicle"`
	Agreement AgreementID `json:"agreement"`
	Tag       TagID       `json:"tag,omitempty"`
	Validity
}

// Exemption makes a vehicle's passages free for a period at stations that honour its kind.
type Exemption struct {
	Vehicle VehicleID     `json:"vehicle"`
	Kind    ExemptionKind `json:"kind"`
	Validity
}

// Supplement is a supplementary agreement of a vehicle for a period. Product is its name in tariffs.
type Supplement struct {
	Vehicle VehicleID `json:"vehicle"`
	Product string    `json:"product"`
	Validity
}

// ExemptionKind is the reason of an exemption.
type ExemptionKind string

// The kinds of exemption.
const (
	ExemptDisabled  ExemptionKind = "disabled"         // disabled-parking permit; only where the station says so, with a read tag
	ExemptEmergency ExemptionKind = "emergency"        // marked emergency vehicle
	ExemptTransit   ExemptionKind = "public-transport" // public transport in regular route
	ExemptEmbassy   ExemptionKind = "embassy"
)

// Validity is a half-open span of time [From, To). A zero To is open-ended.
type Validity struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// Contains reports whether the span contains an instant.
func (v Validity) Contains(at time.Time) bool {
	return !at.Before(v.From) && (v.To.IsZero() || at.Before(v.To))
}
