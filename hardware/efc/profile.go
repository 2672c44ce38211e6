// Package efc implements the electronic fee collection transaction between a beacon and a tag (EN 15509, EN
// ISO 14906): the order of messages and the meaning of the answers. Machine is a pure state machine without
// radio, clock or keys; Host connects it to all three.
package efc

import (
	"slices"

	"bompass/hardware/dsrc"
)

// Profile is the transaction of one toll domain, as data.
type Profile struct {
	Beacon     dsrc.BeaconID
	AIDs       []int       // application ids in the BST; empty offers toll collection only
	Marks      []dsrc.Mark // accepted contracts; empty accepts every issuer
	Stamp      Stamp       // the zero value requests no authenticator
	Attributes []int       // attributes of the one GET; empty sends no GET
	LowBattery uint16      // bits of EquipmentStatus that mean a low battery; they depend on the manufacturer
	Receipt    *Receipt    // nil writes no receipt
	Signal     dsrc.SetMMIRequest
}

// Stamp is the GET_STAMPED request. PaymentMeans must be among the attributes, because the tag's key is
// derived from its number.
type Stamp struct {
	Attributes []int
	KeyRef     int
	Required   bool // a tag whose authenticator cannot be checked is not chargeable
}

// Receipt is the receipt written into the tag. It is the same for every tag of a lane, apart from time and
// contract.
type Receipt struct {
	Charger   dsrc.Provider
	Station   int
	Lane      int
	Ascending bool
	FeeUnit   dsrc.Octets2
}

// Standard returns the profile of a free-flow station at security level 0. It reads number, plate and
// manufacturer's number of every issuer's tag and gives a signal.
func Standard(beacon dsrc.BeaconID, marks ...dsrc.Mark) Profile {
	return Profile{
		Beacon: beacon, Marks: marks, Signal: dsrc.SignalOK,
		Attributes: []int{dsrc.AttrPaymentMeans, dsrc.AttrLicencePlate, dsrc.AttrEquipmentOBUId},
	}
}

// Secure returns the profile of a station with keys. It reads the number with an authenticator and the other
// attributes without, writes the receipt over the older of the tag's two, and gives a signal.
func Secure(beacon dsrc.BeaconID, keyRef int, receipt *Receipt, marks ...dsrc.Mark) Profile {
	return Profile{
		Beacon: beacon, Marks: marks, Signal: dsrc.SignalOK, Receipt: receipt,
		Stamp: Stamp{Attributes: []int{dsrc.AttrPaymentMeans}, KeyRef: keyRef, Required: true},
		Attributes: []int{
			dsrc.AttrLicencePlate, dsrc.AttrVehicleClass, dsrc.AttrEquipmentOBUId, dsrc.AttrEquipmentStatus,
			dsrc.AttrReceiptData1, dsrc.AttrReceiptData2,
		},
	}
}

func (p *Profile) accepts(m dsrc.Mark) bool {
	return len(p.Marks) == 0 || slices.Contains(p.Marks, m)
}

// applications returns the applications that the beacon announces, by default toll collection only.
func (p *Profile) applications() []dsrc.Application {
	if len(p.AIDs) == 0 {
		return []dsrc.Application{{AID: dsrc.AIDToll}}
	}
	list := make([]dsrc.Application, len(p.AIDs))
	for i, aid := range p.AIDs {
		list[i].AID = aid
	}
	return list
}
