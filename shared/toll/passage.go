package toll

import (
	"encoding/hex"
	"strconv"
	"time"

	"bompass/shared/digest"
)

// PassageID identifies a passage permanently: a UUID derived from station, lane, epoch and sequence.
type PassageID string

// Direction is the direction of travel through a station, as the station names it.
type Direction string

// The directions. A station charges in, out or both. A passage in an unknown direction is charged.
const (
	Inbound          Direction = "in"
	Outbound         Direction = "out"
	DirectionUnknown Direction = ""
)

// Observation is one passage as a station reports it. Station, Lane, Epoch and Sequence identify it:
// reports with the same four values are the same passage. Epoch changes when a station restarts its count.
type Observation struct {
	Station   StationID `json:"station"`
	Lane      int       `json:"lane"`
	Epoch     int64     `json:"epoch"`
	Sequence  int64     `json:"sequence"`
	At        time.Time `json:"at"` // instant used for rating, after clock correction
	Direction Direction `json:"direction,omitempty"`
	Tag       TagID     `json:"tag,omitempty"`     // empty when no tag was read
	Country   string    `json:"country,omitempty"` // of the plate, ISO 3166 alpha-2
	Plate     string    `json:"plate,omitempty"`   // as read by the camera; empty when not read

	// A later report of the same passage: a corrected instant, or a withdrawal. The highest revision is in
	// force. Revision 0 is the first report.
	Revision  int    `json:"revision,omitempty"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Key returns the identity as text, station/lane/epoch/sequence. It is the message id of the passage.
func (o Observation) Key() string {
	b := make([]byte, 0, 48)
	b = append(b, o.Station...)
	b = append(b, '/')
	b = strconv.AppendInt(b, int64(o.Lane), 10)
	b = append(b, '/')
	b = strconv.AppendInt(b, o.Epoch, 10)
	b = append(b, '/')
	b = strconv.AppendInt(b, o.Sequence, 10)
	return string(b)
}

// UUID returns the passage's identity as 16 bytes: an RFC 9562 version 8 UUID over Key.
func (o Observation) UUID() [16]byte {
	sum := digest.Sum([]byte(o.Key()))
	id := [16]byte(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ID returns UUID in its text form.
func (o Observation) ID() PassageID { return FormatPassageID(o.UUID()) }

// FormatPassageID returns a UUID in its text form of 36 characters.
func FormatPassageID(id [16]byte) PassageID {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return PassageID(b[:])
}

// MatchedBy is how the payer of a passage was found.
type MatchedBy string

// The methods, in the order in which they are tried.
const (
	ByTag   MatchedBy = "tag"   // tag read, agreement in force
	ByPlate MatchedBy = "plate" // tag not read, plate on an agreement in force
	ByOwner MatchedBy = "owner" // no agreement: the registered owner, full price
	ByNone  MatchedBy = "none"  // vehicle unknown: kept in the unknown-vehicle queue
)
