// Package uplink delivers passages from the roadside to the server. It numbers them, stores them on disk
// until the server has answered for them, and sends them in batches, at least once.
//
// An Observation holds only what charging needs. The server detects a passage sent twice by station, lane,
// epoch and sequence.
package uplink

import "time"

// Observation is one passage in the wire format, a line of a station's batch. Append sets Epoch and
// Sequence.
type Observation struct {
	Station   string    `json:"station"`
	Lane      int       `json:"lane"`
	Epoch     int64     `json:"epoch"`
	Sequence  int64     `json:"sequence"`
	At        time.Time `json:"at"`
	Direction string    `json:"direction,omitempty"` // in, out, or empty when unknown
	Tag       string    `json:"tag,omitempty"`       // the PAN, empty when no tag was read
	Country   string    `json:"country,omitempty"`   // of the plate, ISO 3166-1 alpha-2
	Plate     string    `json:"plate,omitempty"`     // empty when the camera read none
}
