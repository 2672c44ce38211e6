package demo

import (
	"time"
)

// CustomerRow is a party as GORM writes it.
type CustomerRow struct {
	ID, Kind, Name, Email, Country, Language string
}

// AgreementRow is an agreement as GORM writes it.
type AgreementRow struct {
	ID, Number, CustomerID, Issuer, Charger string
	ValidFrom                               time.Time
	ValidTo                                 *time.Time
	Blocked                                 bool
}

// VehicleRow is a vehicle without its facts.
type VehicleRow struct {
	ID, Country, Plate string
	OwnerID            *string
}

// VehicleFactsRow is what the vehicle register said for a time.
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

// TagRow is a tag under its agreement.
type TagRow struct {
	ID, AgreementID, Status string
}

// MountRow is a vehicle on an agreement for a time.
type MountRow struct {
	ID                     int64 `gorm:"primaryKey"`
	VehicleID, AgreementID string
	TagID                  *string
	ValidFrom              time.Time
	ValidTo                *time.Time
}

// ExemptionRow is a vehicle's exemption for a time.
type ExemptionRow struct {
	ID              int64 `gorm:"primaryKey"`
	VehicleID, Kind string
	ValidFrom       time.Time
	ValidTo         *time.Time
}

// SupplementRow is a vehicle's supplementary agreement for a time.
type SupplementRow struct {
	ID                 int64 `gorm:"primaryKey"`
	VehicleID, Product string
	ValidFrom          time.Time
	ValidTo            *time.Time
}

// StationKeyRow is an API key by its hash, with the stations it may report for.
type StationKeyRow struct {
	Name     string `gorm:"primaryKey"`
	KeyHash  []byte
	Stations string `gorm:"type:text[]"` // PostgreSQL's array notation
}

// TableName is the table that customers are in.
func (CustomerRow) TableName() string { return "customer" }

// TableName is the table that agreements are in.
func (AgreementRow) TableName() string { return "agreement" }

// TableName is the table that vehicles are in.
func (VehicleRow) TableName() string { return "vehicle" }

// TableName is the table that the register's facts are in.
func (VehicleFactsRow) TableName() string { return "vehicle_facts" }

// TableName is the table that tags are in.
func (TagRow) TableName() string { return "tag" }

// TableName is the table that says which vehicle is on which agreement.
func (MountRow) TableName() string { return "mount" }

// TableName is the table that exemptions are in.
func (ExemptionRow) TableName() string { return "exemption" }

// TableName is the table that supplementary agreements are in.
func (SupplementRow) TableName() string { return "supplement" }

// TableName is the table that stations' keys are in.
func (StationKeyRow) TableName() string { return "station_key" }

// Rows is one value of every row type of the pipeline, for the test that compares them with the schema.
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
