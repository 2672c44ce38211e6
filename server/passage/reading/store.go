package reading

import (
	"context"
	"time"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Store reads stored passages and their charges.
type Store interface {
	Passages(ctx context.Context, q Query) (Page, error)
	MonthTotal(ctx context.Context, customer toll.CustomerID, month oslo.Month) (money.Ore, error)
	// RecheckData returns at most limit rows of vehicles in a span of time.
	RecheckData(ctx context.Context, span FleetSpan, limit int) (RecheckData, error)
	TrialStore
	// RecheckVehicles returns the vehicles with passages that the customer pays for, in the order of their ids.
	RecheckVehicles(ctx context.Context, q VehicleQuery) ([]RecheckVehicle, error)
}

// TrialStore reads what a change that is tried can concern.
type TrialStore interface {
	// Register returns the part of the register that keys lead to.
	Register(ctx context.Context, keys passage.RegisterKeys) (passage.Register, error)
	// UnknownPassages returns the passages in a span of time that no vehicle is known of, by their plate or their tag.
	UnknownPassages(ctx context.Context, plate toll.Plate, tag toll.TagID, from, to time.Time) ([]passage.Record, error)
}

// Query selects a customer's passages, newest first.
type Query struct {
	Customer  toll.CustomerID
	Vehicle   toll.VehicleID   // empty selects all
	Agreement toll.AgreementID // empty selects all, also passages without an agreement
	First     oslo.Day         // with Last, both included; zero selects any time
	Last      oslo.Day
	Invoice   string       // number of a document of the customer, on which they stand; empty selects all
	IDs       []passage.ID // only these, if not nil
	After     api.Cursor   // continues after this row; zero starts at the newest
	Limit     int
	WithCount bool // whether Count and Total of the Page are read; IDs and After do not limit them
}

// Page is the result of a Query. Its lines lack the names of stations and toll companies.
type Page struct {
	Lines []api.PassageLine
	Count int
	Total money.Ore
}

// FleetSpan is a span of time of several vehicles, its end excluded.
type FleetSpan struct {
	Vehicles []passage.ID
	From, To time.Time
}

// VehicleQuery selects a customer's vehicles with passages between two days, both included.
type VehicleQuery struct {
	Customer    toll.CustomerID
	Agreement   toll.AgreementID // empty selects all
	First, Last oslo.Day
	After       toll.VehicleID // continues after this vehicle
	Limit       int
}

// RecheckVehicle is a vehicle with its number of passages.
type RecheckVehicle struct {
	Vehicle  toll.VehicleID
	Plate    toll.Plate
	Passages int
}

// RecheckData is the input of rechecks: the vehicles' passages in a span with their current charges, and the facts of the
// vehicles.
type RecheckData struct {
	Rows        []RecheckRow // in order of vehicle and time
	Facts       []passage.DatedFacts
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
}

// RecheckRow is a stored passage with its charge. Revision is 0 if nothing has been posted.
type RecheckRow struct {
	passage.Record
	Revision          int16
	List, Net, Posted money.Ore // Posted is the sum of all postings
	Steps             []rating.Step
}
