// Package hardware defines the interface between roadside devices and the station: a Reader reports one
// Sighting for every vehicle, whatever device is behind it.
//
// The package holds only these types. The tag transaction is in efc and dsrc, the delivery of passages to
// the server in uplink. Prices are the server's business.
package hardware

import (
	"context"
	"errors"
	"time"
)

// Reader watches one or more lanes until its context ends and reconnects to its device by itself. Run calls
// emit from one goroutine; emit returns once the sighting is stored safely, and its error ends Run.
type Reader interface {
	Run(ctx context.Context, emit func(Sighting) error) error
	Health() Health
}

// ErrInvalid is wrapped by errors of emit and of storage for a sighting that can never be stored, whatever is
// tried. Such a sighting is quarantined, so that it does not hold up those behind it.
var ErrInvalid = errors.New("sighting cannot be stored")

// Health is the state of a reader. A reader that is Up may still be deaf: compare Tags with Vehicles.
type Health struct {
	Up       bool      `json:"up"`
	Since    time.Time `json:"since"`            // when Up last changed
	Vehicles int64     `json:"vehicles"`         // number of vehicles since the start
	Tags     int64     `json:"tags"`             // number of them identified by their tag
	Fault    string    `json:"fault,omitempty"`  // text of the oldest active fault
	Faults   []Fault   `json:"faults,omitempty"` // active faults, oldest first

	Offset time.Duration `json:"offset,omitempty"` // the device's clock minus the host's, as last measured
}

// Fault is an active fault of a device.
type Fault struct {
	Key   string    `json:"key"` // identifies the cause, such as antenna/2
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}
