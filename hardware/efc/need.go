package efc

import (
	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

// Need is what a machine waits for before it returns another message.
type Need uint8

// Needs. After the need is met by the method named here, call Step without an answer.
const (
	Nothing     Need = iota
	Credentials      // access credentials for Challenge; met by SetCredentials
	StampCheck       // the check of the authenticator in Stamp; met by SetCheckResult
	Commit           // safe storage of Result; met by ConfirmCommit

	unmet Need = 0x80
)

// CheckResult is the result of checking an authenticator.
type CheckResult uint8

// Check results.
const (
	Unchecked CheckResult = iota // the station does not hold the key
	Invalid
	Valid
)

// Need returns what the machine waits for.
func (m *Machine) Need() Need { return m.need &^ unmet }

// Challenge returns the data that access credentials are computed over.
func (m *Machine) Challenge() seal.Challenge {
	return seal.Challenge{Mark: m.toll.Mark, KeyRef: m.toll.KeyRef, Random: m.toll.Random}
}

// Stamp returns the attributes and the authenticator to be checked.
func (m *Machine) Stamp() seal.Stamp { return m.stamp }

// SetCredentials sets the access credentials; nil when there are none, in which case the tag refuses access.
func (m *Machine) SetCredentials(credentials dsrc.Octets) {
	m.credentials = credentials
	m.need &^= unmet
}

// SetCheckResult sets the result of the authenticator check.
func (m *Machine) SetCheckResult(j CheckResult) {
	m.read.Verified = j == Valid
	if j == Invalid || j == Unchecked && m.profile.Stamp.Required {
		m.number = hardware.Unproven
	}
	m.need &^= unmet
}

// ConfirmCommit reports that the passage is stored. The receipt is written only after that, because a
// receipt without a passage cannot be repaired.
func (m *Machine) ConfirmCommit() { m.need &^= unmet }

// resume returns the next message after a need was met.
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
