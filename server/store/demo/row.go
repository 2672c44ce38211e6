package demo

import (
	"time"
)

// CustomerRow is a row of customer.
type CustomerRow struct {
	ID, Kind, Name, Email, Country, Language string
	MergedInto                               *string // the same person's other customer
}

// AgreementRow is a row of agreement.
type AgreementRow struct {
	ID, Number, CustomerID, Issuer, Charger string
	ValidFrom                               time.Time
	ValidTo                                 *time.Time
	Blocked                                 bool
	BlockedAt                               *time.Time // a trigger sets it
	Reference                               string
	Address                                 string
}

// VehicleRow is a row of vehicle.
type VehicleRow struct {
	ID, Country, Plate string
	OwnerID            *string
}

// VehicleFactsRow is a row of vehicle_facts: the facts of a vehicle for a period.
type VehicleFactsRow struct {
	VehicleID string    `gorm:"primaryKey"`
	ValidFrom time.Time `gorm:"primaryKey"`
	ValidTo   *time.Time
	Category  string
	WeightKg  int
	Fuel      string
	PlugIn    bool
	Euro      int
	Source    string
	LengthMm  int
}

// TagRow is a row of tag.
type TagRow struct {
	ID, AgreementID, Status string
	Deposit                 int
	ReceivedAt              *time.Time
}

// MountRow is a row of mount: a vehicle on an agreement for a period.
type MountRow struct {
	ID                     int64 `gorm:"primaryKey"`
	VehicleID, AgreementID string
	TagID                  *string
	ValidFrom              time.Time
	ValidTo                *time.Time
}

// ExemptionRow is a row of exemption.
type ExemptionRow struct {
	ID              int64 `gorm:"primaryKey"`
	VehicleID, Kind string
	ValidFrom       time.Time
	ValidTo         *time.Time
}

// SupplementRow is a row of supplement: a supplementary agreement for a period.
type SupplementRow struct {
	ID                 int64 `gorm:"primaryKey"`
	VehicleID, Product string
	ValidFrom          time.Time
	ValidTo            *time.Time
}

// StationKeyRow is a row of station_key: the hash of an API key, and the stations it may report for.
type StationKeyRow struct {
	Name     string `gorm:"primaryKey"`
	KeyHash  []byte
	Stations string `gorm:"type:text[]"` // in the array notation of PostgreSQL
}

// TableName returns the table of the row.
func (CustomerRow) TableName() string { return "customer" }

// TableName returns the table of the row.
func (AgreementRow) TableName() string { return "agreement" }

// TableName returns the table of the row.
func (VehicleRow) TableName() string { return "vehicle" }

// TableName returns the table of the row.
func (VehicleFactsRow) TableName() string { return "vehicle_facts" }

// TableName returns the table of the row.
func (TagRow) TableName() string { return "tag" }

// TableName returns the table of the row.
func (MountRow) TableName() string { return "mount" }

// TableName returns the table of the row.
func (ExemptionRow) TableName() string { return "exemption" }

// TableName returns the table of the row.
func (SupplementRow) TableName() string { return "supplement" }

// TableName returns the table of the row.
func (StationKeyRow) TableName() string { return "station_key" }

// Rows returns one value of every type that GORM writes, for the test that compares them with the schema.
func Rows() []any {
	return []any{
		CustomerRow{},
		AgreementRow{},
		VehicleRow{},
		VehicleFactsRow{},
		TagRow{},
		MountRow{},
		ExemptionRow{},
		StationKeyRow{},
		SupplementRow{},
	}
}
