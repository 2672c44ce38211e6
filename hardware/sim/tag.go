// Package sim is a road without hardware: tags that answer octets, a channel that flips their bits,
// beacons that speak the host link, cameras that misread, and traffic that drives past. It is seeded:
// the same seed drives the same cars.
package sim

import (
	"context"
	"encoding/binary"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/seal"
)

// Tag is a simulated toll tag. As made it is at security level 0 and in order; change its fields for a
// stranger one. It belongs to one goroutine.
type Tag struct {
	Number  dsrc.PAN
	OBU     dsrc.Octets
	Mark    dsrc.Mark
	Plate   hardware.PlateRead
	Class   int
	Expiry  dsrc.DateCompact
	Status  uint16     // its flags; which of them means an empty battery is its maker's
	Others  []Contract // listed in the VST before the tag's own contract
	Refuses bool       // answers every request with access denied

	Keys   *seal.TagKeys // what it signs with; nil signs nothing
	Access bool      // security level 1: nothing without credentials
	KeyRef uint16    // of the access key

	Mute bool          // hears and does not answer
	Slow time.Duration // before it answers

	Receipts [2]dsrc.ReceiptData // as the roadside wrote them

	served dsrc.BeaconID // the beacon that released it last
	beacon dsrc.BeaconID // the one it is talking to
	open   bool
	called uint32 // how often it was called: what its random number is made of
	random dsrc.Octets4
}

// Contract is another application in a tag: another issuer's, or one that has nothing to do with toll.
type Contract struct {
	AID  int
	EID  int
	Mark dsrc.Mark
}

// tollEID addresses the tag's own contract.
const tollEID = 2

// NorwegianMark is Norway, issuer 1, contract type 1, version 2.
func NorwegianMark() dsrc.Mark { return dsrc.Mark{0x30, 0xC0, 0x01, 0x00, 0x01, 0x02} }

// NewTag makes a tag with a number of 19 digits for a plate.
func NewTag(pan string, plate hardware.PlateRead) (*Tag, error) {
	number, err := dsrc.ParsePAN(pan)
	if err != nil {
		return nil, err
	}
	never := dsrc.ReceiptData{Time: dsrc.DateAndTime{Date: dsrc.NoDate()}}
	return &Tag{
		Number: number, OBU: dsrc.Octets(number[5:9]).Clone(), Mark: NorwegianMark(), Plate: plate, Class: 1,
		Expiry: dsrc.DateCompact{Year: 2035, Month: 12, Day: 31}, Receipts: [2]dsrc.ReceiptData{never, never},
	}, nil
}

// Secure puts keys into the tag and raises it to security level 1.
func (t *Tag) Secure(keys *seal.KeySet) *Tag {
	t.Keys, t.Access, t.KeyRef = keys.TagKeys(t.Mark, t.Number), true, binary.BigEndian.Uint16(t.Number[6:])
	return t
}

// Answer takes a message with its fragmentation octet and returns the tag's, or nil when it is silent.
func (t *Tag) Answer(in []byte) []byte {
	number, apdu, err := dsrc.CutFragment(in)
	if err != nil || t.Mute {
		return nil
	}
	request, err := dsrc.Decode(apdu)
	if err != nil {
		return nil
	}
	answer := t.answer(request)
	if answer == nil {
		return nil
	}
	out, err := dsrc.AppendFragment(make([]byte, 0, 64), number)
	if err != nil {
		return nil
	}
	if out, err = dsrc.Append(out, answer); err != nil {
		return nil
	}
	return out
}

// DirectAntenna is what a tag answers, without a radio between: the shortest antenna there is.
type DirectAntenna func(in []byte) []byte

var _ efc.Antenna = DirectAntenna(nil)

// Find implements efc.Antenna.
func (a DirectAntenna) Find(_ context.Context, bst []byte) ([]byte, time.Time, error) {
	return a(bst), time.Time{}, nil
}

// Exchange implements efc.Antenna.
func (a DirectAntenna) Exchange(_ context.Context, apdu []byte, _ bool) ([]byte, error) { return a(apdu), nil }

// Exchange carries out one transaction between a profile's antenna and a tag, octet by octet. answer
// is the tag's side; it returns nil when nothing comes back.
func Exchange(p efc.Profile, answer func([]byte) []byte, now time.Time) (hardware.TagRead, error) {
	h := efc.Host{Antenna: DirectAntenna(answer), Now: func() time.Time { return now }}
	return h.Run(context.Background(), efc.New(p, dsrc.Octets4{}))
}
