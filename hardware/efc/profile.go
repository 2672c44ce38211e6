// Package efc owns the toll transaction between a beacon and a tag: which message follows which, and
// what the answers mean. It is a state machine without radio, clock or keys.
package efc

import (
	"slices"

	"bompass/hardware/dsrc"
)

// Profile is what one toll domain wants of a transaction. It is data: another domain is another value.
type Profile struct {
	Beacon     dsrc.BeaconID
	Marks      []dsrc.Mark // contracts accepted here; empty accepts every issuer's
	Attributes []int       // asked for in one GET; PaymentMeans must be among them
	Signal     dsrc.SetMMIRequest
}

// Standard is the profile of a free-flow station at security level 0: number, plate and maker's number
// of every issuer's tag, and a beep.
func Standard(beacon dsrc.BeaconID, marks ...dsrc.Mark) Profile {
	return Profile{
		Beacon: beacon, Marks: marks, Signal: dsrc.SignalOK,
		Attributes: []int{dsrc.AttrPaymentMeans, dsrc.AttrLicencePlate, dsrc.AttrEquipmentOBUId},
	}
}

func (p Profile) accepts(m dsrc.Mark) bool {
	return len(p.Marks) == 0 || slices.Contains(p.Marks, m)
}
