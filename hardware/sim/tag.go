// Package sim simulates a road without hardware: tags, a radio channel with bit errors, beacons with the
// host link, cameras with reading errors, and traffic. All randomness comes from seeds.
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

// Tag is a simulated toll tag. NewTag returns one at security level 0 without faults; change its fields for
// other kinds. A Tag must not be used concurrently.
type Tag struct {
	Number  dsrc.PAN
	OBU     dsrc.Octets
	Mark    dsrc.Mark
	Plate   hardware.PlateRead
	Class   int
	Expiry  dsrc.DateCompact
	Status  uint16     // EquipmentStatus; the low-battery bits depend on the manufacturer
	Others  []Contract // listed in the VST before the tag's own contract
	Refuses bool       // answers every request with access denied

	Keys   *seal.TagKeys // nil when the tag cannot sign
	Access bool          // security level 1: answers only with access credentials
	KeyRef uint16        // of the access key

	Mute bool          // never answers
	Slow time.Duration // delay of every answer

	Released func() // called when a beacon releases the tag; may be nil

	Receipts [2]dsrc.ReceiptData // as written by the roadside

	served dsrc.BeaconID // the beacon that released it last
	beacon dsrc.BeaconID // the beacon of the current transaction
	open   bool
	called uint32 // number of BSTs answered, the seed of its random number
	random dsrc.Octets4
}

// Contract is a further application in a tag: another issuer's contract, or not a toll application.
type Contract struct {
	AID  int
	EID  int
	Mark dsrc.Mark
}

// tollEID is the element id of the tag's own contract.
const tollEID = 2

// NorwegianMark returns the context mark of Norway, issuer 1, contract type 1, version 2.
func NorwegianMark() dsrc.Mark { return dsrc.Mark{0x30, 0xC0, 0x01, 0x00, 0x01, 0x02} }

// NewTag returns a tag with a PAN of 19 digits, issued for a plate.
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

// Secure stores keys in the tag and raises it to security level 1.
func (t *Tag) Secure(keys *seal.KeySet) *Tag {
	t.Keys, t.Access, t.KeyRef = keys.TagKeys(t.Mark, t.Number), true, binary.BigEndian.Uint16(t.Number[6:])
	return t
}

// Answer returns the answer to a message, both with the fragmentation octet, or nil when the tag stays
// silent.
func (t *Tag) Answer(in []byte) []byte {
	// A tag does not answer what it cannot decode, which a beacon cannot tell from no tag.
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

// DirectAntenna is an antenna without a radio channel: messages go directly to a tag's answer function.
type DirectAntenna func(in []byte) []byte

var _ efc.Antenna = DirectAntenna(nil)

// Find implements efc.Antenna.
func (a DirectAntenna) Find(_ context.Context, bst []byte) ([]byte, time.Time, error) {
	return a(bst), time.Time{}, nil
}

// Exchange implements efc.Antenna.
func (a DirectAntenna) Exchange(_ context.Context, apdu []byte, _ bool) ([]byte, error) {
	return a(apdu), nil
}

// Exchange runs one transaction of a profile with a tag. answer is the tag's side and returns nil for
// silence.
func Exchange(p efc.Profile, answer func([]byte) []byte, now time.Time) (hardware.TagRead, error) {
	h := efc.Host{Antenna: DirectAntenna(answer), Now: func() time.Time { return now }}
	return h.Run(context.Background(), efc.New(p, dsrc.Octets4{}))
}
