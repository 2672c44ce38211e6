package passage

import (
	"context"

	"bompass/shared/toll"
)

// RegisterSource reads the register of vehicles, tags and agreements.
type RegisterSource interface {
	// RegisterVersion returns a number that every change of the register increases.
	RegisterVersion(ctx context.Context) (int64, error)
	Register(ctx context.Context) (Register, error)
}

// Register is one version of everything that a payer is found by.
type Register struct {
	Version     int64
	Agreements  []toll.Agreement
	Vehicles    []toll.Vehicle // without Facts
	Facts       []DatedFacts
	Tags        []toll.Tag
	Mounts      []toll.Mount
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
	Keys        []StationKey
}

// DatedFacts is what the vehicle register says of a vehicle for a period.
type DatedFacts struct {
	Vehicle  toll.VehicleID
	Facts    toll.Facts
	LengthMM int // 0 if unknown
	toll.Validity
}

// StationKey is the stations that an API key may report for. The key itself is not stored.
type StationKey struct {
	Hash     [32]byte // SHA-256
	Stations []string // "*" means all
}
