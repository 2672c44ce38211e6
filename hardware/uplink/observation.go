// Package uplink brings passages from the roadside to the server: it numbers them, keeps them on disk
// until the server has answered for them, and sends them in batches, at least once.
//
// Of a sighting it takes what the bill needs and no more. The server counts a passage sent twice as one, by station,
// lane, epoch and sequence.
package uplink

import "time"

// Observation is one passage as it goes over the wire, a line of the station's batch. Append gives
// it Epoch and Sequence.
type Observation struct {
	Station   string    `json:"station"`
	Lane      int       `json:"lane"`
	Epoch     int64     `json:"epoch"`
	Sequence  int64     `json:"sequence"`
	At        time.Time `json:"at"`
	Direction string    `json:"direction,omitempty"` // in, out, or empty when unknown
	Tag       string    `json:"tag,omitempty"`       // the PAN, empty when no tag was read
	Country   string    `json:"country,omitempty"`   // of the plate, ISO 3166 alpha-2
	Plate     string    `json:"plate,omitempty"`     // empty when the camera read none
}
