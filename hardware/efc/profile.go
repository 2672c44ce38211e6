// Package efc owns the toll transaction between a beacon and a tag: which message follows which, and
// what the answers mean. Machine is a state machine without radio, clock or keys; Host lends it all
// three.
package efc

import (
	"slices"

	"bompass/hardware/dsrc"
)

// Profile is what one toll domain wants of a transaction. It is data: another domain is another value.
type Profile struct {
	Beacon     dsrc.BeaconID
	AIDs       []int       // offered in the BST; empty offers toll collection alone
	Marks      []dsrc.Mark // contracts accepted here; empty accepts every issuer's
	Stamp      Stamp       // zero asks for nothing under an authenticator
	Attributes []int       // asked for in one GET; empty asks for none
	LowBattery uint16      // the bits of the equipment status that mean an empty battery
	Receipt    *Receipt    // nil writes none
	Signal     dsrc.SetMMIRequest
}

// Stamp is what a tag has to vouch for. PaymentMeans must be among the attributes: the tag's key hangs
// on its number.
type Stamp struct {
	Attributes []int
	KeyRef     int
	Required   bool // a tag whose authenticator nobody here can check is not charged
}

// Receipt is what the tag is given to keep, the same for every tag of a lane but for time and contract.
type Receipt struct {
	Charger   dsrc.Provider
	Station   int
	Lane      int
	Ascending bool
	FeeUnit   dsrc.Octets2
}

// Standard is the profile of a free-flow station at security level 0: number, plate and maker's number
// of every issuer's tag, and a beep.
func Standard(beacon dsrc.BeaconID, marks ...dsrc.Mark) Profile {
	return Profile{
		Beacon: beacon, Marks: marks, Signal: dsrc.SignalOK,
		Attributes: []int{dsrc.AttrPaymentMeans, dsrc.AttrLicencePlate, dsrc.AttrEquipmentOBUId},
	}
}

// Secure is the profile of a station with keys: the number under an authenticator, what else the
// station wants plainly, a receipt over the older of the tag's two, and a beep.
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
