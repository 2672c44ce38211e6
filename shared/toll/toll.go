// Package toll is the vocabulary of the house: customers, agreements, vehicles, tags, stations and
// passages, with their identities and states.
//
// It holds facts and the rules that need nothing but those facts. What a passage costs is package
// rating's; where things are kept is the server's.
package toll

import "time"

type (
	// CustomerID is a UUID.
	CustomerID string
	// AgreementID is a UUID.
	AgreementID string
	// VehicleID is a UUID; it stays when the plate changes.
	VehicleID string
	// TagID is the tag's number, digits only: its PAN of 19.
	TagID string
	// StationID is the short name of the tariff files, "oslo-104".
	StationID string
	// SchemeID is the short name of a toll scheme, "oslo".
	SchemeID string
	// ChargerID is a toll charger (bompengeselskap): it owns the claim for passages at its stations.
	ChargerID string
	// IssuerID is a toll service provider (utsteder): it issues tags and sends the invoice.
	IssuerID string
	// AccountID is one person's way in, a UUID.
	AccountID string
)

// CustomerKind tells a person from an organisation.
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
	Number   string      `json:"number"` // the customer's own reference, as printed on letters
	Customer CustomerID  `json:"customer"`
	Issuer   IssuerID    `json:"issuer"`
	Charger  ChargerID   `json:"charger"` // the toll company the customer deals with
	Validity
	// Blocked agreements keep their passages but lose discounts, tolling.md A-3.
	Blocked bool `json:"blocked,omitempty"`
}

// Tag is a DSRC transponder handed out under an agreement.
type Tag struct {
	ID        TagID       `json:"id"`
	Agreement AgreementID `json:"agreement"`
	Status    TagStatus   `json:"status"`
}

// TagStatus is the state of a tag.
type TagStatus string

// The states of a tag.
const (
	TagActive  TagStatus = "active"
	TagOnHold  TagStatus = "on-hold" // kept by the customer, on no vehicle
	TagBlocked TagStatus = "blocked"
	TagSettled TagStatus = "settled" // deposit returned, never used again
)

// Vehicle is a registered vehicle.
type Vehicle struct {
	ID    VehicleID  `json:"id"`
	Plate Plate      `json:"plate"`
	Owner CustomerID `json:"owner,omitempty"` // registered owner, charged when there is no agreement
	Facts Facts      `json:"facts"`

	LengthMM int `json:"length_mm,omitempty"` // ferries ask for it, tolling.md A-17; 0 when unknown
}

// Mount says that a vehicle is on an agreement, and with which tag, for a time. A tag is on at most
// one vehicle at any instant, tolling.md A-13.
type Mount struct {
	Vehicle   VehicleID   `json:"vehicle"`
	Agreement AgreementID `json:"agreement"`
	Tag       TagID       `json:"tag,omitempty"`
	Validity
}

// Exemption says that a vehicle's passages are free at stations that honour the kind, for a time.
type Exemption struct {
	Vehicle VehicleID     `json:"vehicle"`
	Kind    ExemptionKind `json:"kind"`
	Validity
}

// Supplement is a supplementary agreement of a vehicle for a time, tolling.md A-14: Product is the name
// that tariffs have for it.
type Supplement struct {
	Vehicle VehicleID `json:"vehicle"`
	Product string    `json:"product"`
	Validity
}

// ExemptionKind is the reason of an exemption, tolling.md A-9.
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

// Contains tells whether an instant lies in the span.
func (v Validity) Contains(at time.Time) bool {
	return !at.Before(v.From) && (v.To.IsZero() || at.Before(v.To))
}
