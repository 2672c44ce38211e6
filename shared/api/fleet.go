package api

import (
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// FleetLine is a vehicle on an agreement with its tag, a vehicle without a tag, or a tag without a vehicle.
type FleetLine struct {
	Agreement string         `json:"agreement"` // its number
	Vehicle   toll.VehicleID `json:"vehicle,omitempty"`
	Plate     toll.Plate     `json:"plate,omitzero"`
	Class     string         `json:"class,omitempty"` // toll.Class in words
	Facts     toll.Facts     `json:"facts,omitzero"`
	Tag       toll.TagID     `json:"tag,omitempty"`
	Status    toll.TagStatus `json:"status,omitempty"`    // of the tag; ordered where one is on its way
	Since     time.Time      `json:"since,omitzero"`      // the vehicle has been on the agreement, with this tag
	Version   int64          `json:"version,omitempty"`   // of the latest change; sent with the next one
	Returned  money.Ore      `json:"returned,omitempty"`  // deposit that is paid back when the tag is settled
	Net       money.Ore      `json:"net,omitempty"`       // what the vehicle has cost under the agreement this month
	Passages  int            `json:"passages,omitempty"`  // this month
	Centre    string         `json:"centre,omitempty"`    // cost centre or department, by the customer
	Reference string         `json:"reference,omitempty"` // of the customer
}

// FleetAgreement is an agreement that vehicles can be added to.
type FleetAgreement struct {
	Number  string         `json:"number"`
	Charger toll.ChargerID `json:"charger"`
	Full    bool           `json:"full,omitempty"` // a private agreement with as many vehicles as it may have
}

// FleetReply lists the tags and vehicles of the customer's agreements, ordered by plate; tags without a vehicle are last.
// Settled tags are left out.
type FleetReply struct {
	Key        string           `json:"key"` // of the next change that the page sends
	Lines      []FleetLine      `json:"lines"`
	Agreements []FleetAgreement `json:"agreements"` // in force
}

// VehicleLookupRequest asks the register for a vehicle.
type VehicleLookupRequest struct {
	Country string `json:"country"`
	Plate   string `json:"plate"`
}

// VehicleLookupReply is what the register says about a plate.
type VehicleLookupReply struct {
	Plate  toll.Plate    `json:"plate"`
	Found  *VehicleFound `json:"found,omitempty"`
	Silent bool          `json:"silent,omitempty"` // the register is unavailable
	Meant  *toll.Plate   `json:"meant,omitempty"`  // the register has not the plate, but this one, which is much like it
	Looked string        `json:"looked"`           // the answer of the register, sealed for FleetChangeRequest
}

// FleetChangeRequest changes a tag or a vehicle. The request is idempotent: sent again with the same key, it returns the
// same change.
type FleetChangeRequest struct {
	Key       string                 `json:"key"` // a UUID of the page
	Kind      toll.ChangeKind        `json:"kind"`
	Reason    toll.ChangeReason      `json:"reason,omitempty"`
	Tag       toll.TagID             `json:"tag,omitempty"`
	Vehicle   toll.VehicleID         `json:"vehicle,omitempty"` // that leaves its agreement without a tag
	Country   string                 `json:"country,omitempty"` // with Plate, the vehicle that gets the tag or joins the agreement
	Plate     string                 `json:"plate,omitempty"`
	Stated    *toll.StatedVehicle    `json:"stated,omitempty"`  // where no register has that vehicle
	Looked    string                 `json:"looked,omitempty"`  // VehicleLookupReply.Looked, so that the register is not asked again
	At        time.Time              `json:"at,omitzero"`       // from when on the change counts; zero is now
	Keep      bool                   `json:"keep,omitempty"`    // the vehicle that the tag is taken from stays on the agreement
	Version   int64                  `json:"version,omitempty"` // FleetLine.Version as the page showed it
	End       bool                   `json:"end,omitempty"`     // the agreement ends, too: its last vehicle leaves it
	Agreement string                 `json:"agreement,omitempty"`
	OrderTag  bool                   `json:"order_tag,omitempty"` // of ChangeAdd
	Terms     map[toll.TermsKind]int `json:"terms,omitempty"`     // of ChangeAdd
}

// FleetEvent is a change of a tag or a vehicle, as the history has it.
type FleetEvent struct {
	ID        int64             `json:"id"`
	Key       string            `json:"key"`
	Kind      toll.ChangeKind   `json:"kind"`
	Reason    toll.ChangeReason `json:"reason,omitempty"`
	At        time.Time         `json:"at"`              // when it was made
	Effective time.Time         `json:"effective"`       // from when on it counts
	Actor     string            `json:"actor,omitempty"` // name of the person; empty if the person is not here any more
	Party     string            `json:"party"`           // whom the person acted for
	Agreement string            `json:"agreement"`       // its number
	Tag       toll.TagID        `json:"tag,omitempty"`
	From      *toll.Plate       `json:"from,omitempty"` // the vehicle before
	To        *toll.Plate       `json:"to,omitempty"`   // the vehicle after
	Before    toll.TagStatus    `json:"before,omitempty"`
	After     toll.TagStatus    `json:"after,omitempty"`
	Kept      bool              `json:"kept,omitempty"`     // the vehicle before stayed on the agreement
	Ended     bool              `json:"ended,omitempty"`    // the agreement ended
	Ordered   bool              `json:"ordered,omitempty"`  // a tag was ordered
	Returned  money.Ore         `json:"returned,omitempty"` // deposit to be paid back
	Awaits    bool              `json:"awaits,omitempty"`   // it is paid back when the tag has been received
	Was       string            `json:"was,omitempty"`      // label, or number of the agreement, before
	Became    string            `json:"became,omitempty"`   // after
}

// FleetPrice is what the passages of a vehicle between the instant from which a change counts and the change cost.
type FleetPrice struct {
	Plate    toll.Plate `json:"plate"`
	Passages int        `json:"passages"` // now
	Before   money.Ore  `json:"before"`
	Now      money.Ore  `json:"now"`
}

// BulkMax is the maximum number of vehicles of a FleetBulkRequest.
const BulkMax = 100

// FleetBulkRequest changes many vehicles: the agreement that they are on, or else their labels. A label that is nil stays
// as it is. The request is idempotent.
type FleetBulkRequest struct {
	Key       string           `json:"key"` // a UUID of the page
	Vehicles  []toll.VehicleID `json:"vehicles"`
	Agreement string           `json:"agreement,omitempty"` // number of the one that they go to
	Centre    *string          `json:"centre,omitempty"`
	Reference *string          `json:"reference,omitempty"`
}

// FleetBulkReply is the result of a FleetBulkRequest.
type FleetBulkReply struct {
	Changed int            `json:"changed"` // vehicles that are now as requested
	Refused []FleetRefusal `json:"refused,omitempty"`
}

// FleetRefusal is a vehicle that was not changed, with the reason.
type FleetRefusal struct {
	Vehicle toll.VehicleID `json:"vehicle"`
	Plate   toll.Plate     `json:"plate,omitzero"`
	Fault   fault.Error    `json:"fault"`
}

// FleetReceipt confirms a change, or says what one would do that is only tried.
type FleetReceipt struct {
	FleetEvent
	Prices  []FleetPrice `json:"prices,omitempty"`
	Pending bool         `json:"pending,omitempty"` // passages are still being priced again
	Usual   *UsualCost   `json:"usual,omitempty"`   // of a ChangeAdd that is tried
}

// UsualCost is what the customer's usual month would cost with a vehicle: as the vehicle with Plate drove in Month. Of a customer
// who has not driven, it is one passage at Station instead.
type UsualCost struct {
	Month    oslo.Month `json:"month"`
	Plate    toll.Plate `json:"plate,omitzero"`
	Station  string     `json:"station,omitempty"` // its name
	Passages int        `json:"passages"`
	With     money.Ore  `json:"with"`    // a tag
	Without  money.Ore  `json:"without"` // one
}

// FleetReceiptRequest names a change by its key.
type FleetReceiptRequest struct {
	Key string `json:"key"`
}

// FleetExportRequest asks for vehicles and tags as a file: xlsx or csv. Vehicles are the bytes of the ids of those wanted in
// base64 for addresses; all if it is empty.
type FleetExportRequest struct {
	Format   string `json:"format"`
	Vehicles string `json:"vehicles,omitempty"`
}

// FleetHistoryRequest selects the changes of an agreement, a vehicle or a tag, or of all if all are empty.
type FleetHistoryRequest struct {
	Agreement string         `json:"agreement,omitempty"`
	Vehicle   toll.VehicleID `json:"vehicle,omitempty"`
	Tag       toll.TagID     `json:"tag,omitempty"`
	Before    string         `json:"before,omitempty"` // FleetHistoryReply.Next of the previous page
}

// FleetHistoryReply is a page of changes, the latest first.
type FleetHistoryReply struct {
	Events []FleetEvent `json:"events"`
	Next   string       `json:"next,omitempty"` // empty on the last page
}

// The routes of changes of tags and vehicles.
var (
	Fleet         = customer[Empty, FleetReply]("fleet", "GET", "/api/v1/fleet", role.SeeOverview)
	VehicleLookup = customer[VehicleLookupRequest, VehicleLookupReply]("fleet.lookup", "POST", "/api/v1/fleet/lookup", role.Change)
	FleetCheck    = customer[FleetChangeRequest, FleetReceipt]("fleet.check", "POST", "/api/v1/fleet/check", role.Change)
	FleetChange   = customer[FleetChangeRequest, FleetReceipt]("fleet.change", "POST", "/api/v1/fleet/changes", role.Change)
	FleetBulk     = customer[FleetBulkRequest, FleetBulkReply]("fleet.bulk", "POST", "/api/v1/fleet/bulk", role.Change)
	FleetConfirm  = customer[FleetReceiptRequest, FleetReceipt]("fleet.receipt", "GET", "/api/v1/fleet/changes", role.SeeOverview)
	FleetExport   = customer[FleetExportRequest, Empty]("fleet.export", "GET", "/api/v1/fleet/export", role.SeeOverview)
	FleetHistory  = customer[FleetHistoryRequest, FleetHistoryReply]("fleet.history", "GET", "/api/v1/fleet/history", role.SeeOverview)
)
