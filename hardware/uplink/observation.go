// Package uplink delivers passages from the roadside to the server. It numbers them, stores them on disk
// until the server has answered for them, and sends them in batches, at least once.
//
// An Observation holds what charging needs, and the proof that a dispute needs. The server detects a passage
// sent twice by station, lane, epoch and sequence.
package uplink

import (
	"time"

	"bompass/hardware"
)

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

	Proof *Proof `json:"proof,omitempty"` // nil when there is nothing to prove
}

// Proof is the evidence of a passage: what the tag sent, the signal strength, the offsets of the clocks,
// and which pictures there are. It is never used for charging.
type Proof struct {
	Finding      hardware.Finding   `json:"finding,omitempty"`
	Verified     bool               `json:"verified,omitempty"` // the authenticator was checked and is correct
	Number       string             `json:"number,omitempty"`   // the PAN as read, also when it is not chargeable
	OBU          string             `json:"obu,omitempty"`
	Mark         string             `json:"mark,omitempty"` // EFC context mark, hexadecimal
	TagPlate     hardware.PlateRead `json:"tag_plate,omitzero"`
	LowBattery   bool               `json:"low_battery,omitempty"`
	RSSI         int8               `json:"rssi,omitempty"` // dBm
	Device       time.Time          `json:"device,omitzero"`
	OffsetMS     int64              `json:"clock_offset_ms,omitempty"` // the device's clock minus the host's
	CorrectionMS int64              `json:"correction_ms,omitempty"`   // added to the device's time to give At
	Stamp        hardware.Stamp     `json:"stamp,omitzero"`
	Raw          []hardware.Message `json:"raw,omitempty"` // every T-APDU as transmitted
	Images       []hardware.Image   `json:"images,omitempty"`
}
