// Package sim is a road without hardware: tags that answer octets, antennas that talk to them, cameras
// that read plates, and traffic that drives past. It is seeded: the same seed drives the same cars.
//
// Tag and beacon exchange real messages; only the radio between them is left out.
package sim

import (
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
)

// Tag is a simulated toll tag at security level 0.
type Tag struct {
	Number  dsrc.PAN
	OBU     dsrc.Octets
	Mark    dsrc.Mark
	Plate   hardware.PlateRead
	Expiry  dsrc.DateCompact
	Refuses bool // answers every request with access denied

	served dsrc.BeaconID // the beacon that released it last
	beacon dsrc.BeaconID // the one it is talking to
	open   bool
}

// tollEID addresses the tag's one contract.
const tollEID = 2

// norwegianMark is Norway, issuer 1, contract type 1, version 2.
var norwegianMark = dsrc.Mark{0x30, 0xC0, 0x01, 0x00, 0x01, 0x02}

// NewTag makes a tag with a number of 19 digits for a plate.
func NewTag(pan string, plate hardware.PlateRead) (*Tag, error) {
	number, err := dsrc.ParsePAN(pan)
	if err != nil {
		return nil, err
	}
	return &Tag{
		Number: number, OBU: dsrc.Octets(number[5:9]).Clone(), Mark: norwegianMark, Plate: plate,
		Expiry: dsrc.DateCompact{Year: 2035, Month: 12, Day: 31},
	}, nil
}

// Answer takes a message with its fragmentation octet and returns the tag's, or nil when it is silent.
func (t *Tag) Answer(in []byte) []byte {
	number, apdu, err := dsrc.CutFragment(in)
	if err != nil {
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

func (t *Tag) answer(request dsrc.PDU) dsrc.PDU {
	if bst, ok := request.(dsrc.BST); ok {
		return t.onBST(bst)
	}
	if !t.open {
		return nil
	}
	switch p := request.(type) {
	case dsrc.GetRequest:
		return t.onGet(p)
	case dsrc.ActionRequest:
		return t.onAction(p)
	case dsrc.SetRequest:
		if p.Confirm {
			return dsrc.SetResponse{EID: p.EID, Return: dsrc.Some(dsrc.AccessDenied)}
		}
	case dsrc.EventReportRequest:
		if p.Type == dsrc.EventRelease {
			t.open, t.served = false, t.beacon
		}
	}
	return nil
}

// onBST answers a beacon that is not the one that has just released it.
func (t *Tag) onBST(bst dsrc.BST) dsrc.PDU {
	if bst.RSU == t.served {
		return nil
	}
	t.open, t.beacon = true, bst.RSU
	parameter := dsrc.TollParameter{Mark: t.Mark}
	return dsrc.VST{
		Applications: []dsrc.Application{{
			AID: dsrc.AIDToll, EID: dsrc.Some(tollEID),
			Parameter: dsrc.Container{Value: dsrc.OctetString{Octets: parameter.Octets()}},
		}},
		OBE: dsrc.ObeConfiguration{EquipmentClass: 1, Manufacturer: 2, Status: dsrc.Some(0)},
	}
}

func (t *Tag) onGet(p dsrc.GetRequest) dsrc.PDU {
	if t.Refuses || p.EID != tollEID {
		return dsrc.GetResponse{EID: p.EID, Return: dsrc.Some(dsrc.AccessDenied)}
	}
	response := dsrc.GetResponse{EID: p.EID}
	for _, id := range p.Attributes {
		value := t.attribute(id)
		if value == nil {
			response.Return = dsrc.Some(dsrc.ArgumentError)
			continue
		}
		response.Attributes = append(response.Attributes, dsrc.Attribute{ID: id, Value: dsrc.Container{Value: value}})
	}
	return response
}

func (t *Tag) attribute(id int) dsrc.Value {
	switch id {
	case dsrc.AttrPaymentMeans:
		return dsrc.PaymentMeans{PAN: t.Number, Expiry: t.Expiry}
	case dsrc.AttrEquipmentOBUId:
		return dsrc.EquipmentOBUId{Octets: t.OBU}
	case dsrc.AttrLicencePlate:
		text, _ := dsrc.Latin1(t.Plate.Text)
		return dsrc.LicencePlate{Country: dsrc.CountryOf(t.Plate.Country), Number: text}
	case dsrc.AttrVehicleClass:
		return dsrc.VehicleClass(1)
	case dsrc.AttrEquipmentStatus:
		return dsrc.EquipmentStatus(0)
	}
	return nil
}

func (t *Tag) onAction(p dsrc.ActionRequest) dsrc.PDU {
	if !p.Confirm {
		return nil
	}
	response := dsrc.ActionResponse{EID: p.EID}
	switch p.Type {
	case dsrc.SetMMI:
	case dsrc.Echo:
		response.Parameter = p.Parameter
	default:
		response.Return = dsrc.Some(dsrc.ArgumentError)
	}
	return response
}

// Exchange carries out one transaction between a profile's antenna and a tag, octet by octet. answer
// is the tag's side; it returns nil when nothing comes back.
func Exchange(p efc.Profile, answer func([]byte) []byte, now time.Time) (hardware.TagRead, error) {
	m := efc.New(p)
	var in []byte
	for {
		out, done, err := m.Step(in, now)
		if err != nil {
			return hardware.TagRead{}, err
		}
		in = nil
		if out != nil {
			in = answer(out)
		}
		if done {
			return m.Result(), nil
		}
	}
}
