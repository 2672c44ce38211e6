package efc

import (
	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

// Need is what a machine waits for before it says more.
type Need uint8

// The needs. Each is met by the method that it names; then Step goes on, without an answer.
const (
	Nothing     Need = iota
	Credentials      // the tag wants them: see Challenge, answer with Grant
	StampCheck          // the tag has vouched: see Stamp, answer with Judge
	Commit           // see Result; answer with Committed once the passage cannot be lost

	unmet Need = 0x80
)

// CheckResult is the verdict on an authenticator.
type CheckResult uint8

// The judgements.
const (
	Unchecked CheckResult = iota // nobody here holds the key
	Invalid
	Valid
)

// Need tells what the machine waits for.
func (m *Machine) Need() Need { return m.need &^ unmet }

// Challenge is what credentials are to be made over.
func (m *Machine) Challenge() seal.Challenge {
	return seal.Challenge{Mark: m.toll.Mark, KeyRef: m.toll.KeyRef, Random: m.toll.Random}
}

// Stamp is what is to be judged.
func (m *Machine) Stamp() seal.Stamp { return m.stamp }

// SetCredentials gives the credentials; nil when there are none, and the tag will refuse.
func (m *Machine) SetCredentials(credentials dsrc.Octets) {
	m.credentials = credentials
	m.need &^= unmet
}

// SetCheckResult gives the verdict on the authenticator.
func (m *Machine) SetCheckResult(j CheckResult) {
	m.read.Verified = j == Valid
	if j == Invalid || j == Unchecked && m.profile.Stamp.Required {
		m.number = hardware.Unproven
	}
	m.need &^= unmet
}

// ConfirmCommit says that the passage is kept. Only then is a receipt written: one on the tag that nobody
// has a passage for is the worse loss.
func (m *Machine) ConfirmCommit() { m.need &^= unmet }

// resume goes on where a need was met.
func (m *Machine) resume(met Need) dsrc.PDU {
	switch met {
	case Credentials:
		return m.requestContractData()
	case StampCheck:
		if m.number != hardware.Unproven && len(m.profile.Attributes) > 0 {
			return m.getAttributes()
		}
		return m.conclude()
	default:
		return m.writeReceipt()
	}
}
