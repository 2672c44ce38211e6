// Package hardware is what a roadside computer sees of its readers: a Reader reports a Sighting for
// every vehicle, whatever the device behind it.
//
// It owns the shape of what is seen. How a tag is talked to is in efc and dsrc, how passages reach the
// server in uplink; what a passage costs nobody here knows.
package hardware

import (
	"context"
	"time"
)

// Reader watches lanes until its context ends, and reconnects to its device by itself. emit is called
// from one goroutine and returns when the sighting is safe; its error ends Run.
type Reader interface {
	Run(ctx context.Context, emit func(Sighting) error) error
	Health() Health
}

// Health is how a reader fares. A reader that is Up may still be deaf: compare Tags with Vehicles.
type Health struct {
	Up       bool      `json:"up"`
	Since    time.Time `json:"since"`    // when Up last changed
	Vehicles int64     `json:"vehicles"` // seen since the start
	Tags     int64     `json:"tags"`     // of them read by their tag
	Fault    string    `json:"fault,omitempty"`

	Offset time.Duration `json:"offset,omitempty"` // the device's clock less the host's, as last heard
}

// Capabilities that some devices have; ask with a type assertion.
type (
	// ClockSetter can have its clock set.
	ClockSetter interface {
		SetClock(ctx context.Context, now time.Time) error
	}
	// Restarter can start its device anew.
	Restarter interface {
		Restart(ctx context.Context) error
	}
	// Signaller can show a light or sound a horn in the lane.
	Signaller interface {
		Signal(ctx context.Context, lane, signal int) error
	}
)
