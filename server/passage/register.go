package passage

import (
	"context"

	"bompass/shared/toll"
)

// RegisterSource reads the register of vehicles, tags and agreements by key. Nothing reads the whole register: it can
// have millions of vehicles.
type RegisterSource interface {
	// RegisterVersion returns a number that every change of the register increases.
	RegisterVersion(ctx context.Context) (int64, error)
	// Register returns the part of the register that the keys lead to, as of one instant.
	Register(ctx context.Context, keys RegisterKeys) (Register, error)
	// RegisterFeed returns what has changed after a version. The feed is incomplete if the version is too old.
	RegisterFeed(ctx context.Context, after int64) (RegisterFeed, error)
	// StationKeys returns the API keys of all stations.
	StationKeys(ctx context.Context) ([]StationKey, error)
}

// RegisterKeys are the vehicles, plates and tags that are looked up together.
type RegisterKeys struct {
	Vehicles []ID
	Plates   []toll.Plate
	Tags     []toll.TagID
}

// AddObservation adds what the payer of a passage is found by.
func (k *RegisterKeys) AddObservation(o *toll.Observation) {
	if o.Tag != "" {
		k.Tags = append(k.Tags, o.Tag)
	}
	if o.Plate != "" {
		k.Plates = append(k.Plates, toll.Plate{Country: o.Country, Text: o.Plate})
	}
}

// AddVehicle adds the vehicle of a matched passage.
func (k *RegisterKeys) AddVehicle(r *Record) {
	if r.HasVehicle() {
		k.Vehicles = append(k.Vehicles, r.Vehicle)
	}
}

// Empty reports whether there is nothing to look up.
func (k *RegisterKeys) Empty() bool { return len(k.Vehicles)+len(k.Plates)+len(k.Tags) == 0 }

// Register is the part of the register that a set of keys leads to: the vehicles that were named, those of the plates,
// and those that have or had one of the tags; with all that is dated of each.
type Register struct {
	Version     int64
	Agreements  []toll.Agreement
	Vehicles    []toll.Vehicle // without Facts
	Facts       []DatedFacts
	Tags        []toll.Tag // those that were asked for
	Mounts      []toll.Mount
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
}

// RegisterFeed is what has changed in the register between two versions.
type RegisterFeed struct {
	Version     int64 // up to which the feed reaches
	Incomplete  bool  // whether any key may have changed, because changes are missing from the feed
	Changes     []RegisterKeyChange
	StationKeys bool // whether a station's API key has changed
}

// RegisterKeyChange is a key whose part of the register changed: exactly one of the keys is set.
type RegisterKeyChange struct {
	Version int64
	Vehicle ID
	Plate   toll.Plate
	Tag     toll.TagID
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
