package toll

import (
	"encoding/hex"
	"strconv"
	"time"

	"bompass/shared/digest"
)

// PassageID identifies a passage for ever: a UUID made from where and in which order it was seen.
type PassageID string

// Direction is the way of travel through a station, as the station names it.
type Direction string

// The directions. A station charges in, out or both; unknown is charged as if it were charged.
const (
	Inbound          Direction = "in"
	Outbound         Direction = "out"
	DirectionUnknown Direction = ""
)

// Observation is one passage as a station reports it. Station, Lane, Epoch and Sequence identify it:
// the same four are the same passage, however often it is sent. Epoch changes when a station starts
// its count anew.
type Observation struct {
	Station   StationID `json:"station"`
	Lane      int       `json:"lane"`
	Epoch     int64     `json:"epoch"`
	Sequence  int64     `json:"sequence"`
	At        time.Time `json:"at"` // the instant the rating uses, after clock correction
	Direction Direction `json:"direction,omitempty"`
	Tag       TagID     `json:"tag,omitempty"`     // empty when no tag was read
	Country   string    `json:"country,omitempty"` // of the plate, ISO 3166 alpha-2
	Plate     string    `json:"plate,omitempty"`   // as the camera read it; empty when unread

	// What a station reports of the same passage later, the highest revision being in force: another
	// instant, or that it did not happen. Revision 0 is the passage itself.
	Revision  int    `json:"revision,omitempty"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Key is the identity in words: station/lane/epoch/sequence, the message id of the passage.
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

// UUID is the passage's identity in 16 bytes: an RFC 9562 version 8 UUID over Key.
func (o Observation) UUID() [16]byte {
	sum := digest.Sum([]byte(o.Key()))
	id := [16]byte(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ID is UUID in its written form.
func (o Observation) ID() PassageID { return FormatPassageID(o.UUID()) }

// FormatPassageID writes a UUID in its usual form of 36 characters.
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

// MatchedBy says how the payer of a passage was found, tolling.md A.0 step 2.
type MatchedBy string

// The ways to find a payer.
const (
	ByTag   MatchedBy = "tag"   // tag read, agreement in force
	ByPlate MatchedBy = "plate" // tag not read, plate on an agreement in force
	ByOwner MatchedBy = "owner" // no agreement: the registered owner, full price
	ByNone  MatchedBy = "none"  // vehicle unknown: waits in the unknown-vehicle queue
)
