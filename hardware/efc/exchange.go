package efc

import (
	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

func (m *Machine) bst() dsrc.PDU {
	return dsrc.BST{
		RSU: m.profile.Beacon, Time: uint32(m.now.Unix()), Mandatory: m.profile.applications(), ProfileList: []int{},
	}
}

// onVST selects the first contract that the profile accepts.
func (m *Machine) onVST(apdu []byte) dsrc.PDU {
	var vst dsrc.VST
	if err := vst.Decode(apdu); err != nil { // a tag whose VST does not decode is asked again
		return m.repeatRequest()
	}
	m.noteBattery(vst.OBE.Status.Value)
	finding := hardware.NoContract
	for _, a := range vst.Applications {
		parameter, ok := a.Parameter.Value.(dsrc.OctetString)
		if a.AID != dsrc.AIDToll || !a.EID.Present || !ok {
			continue
		}
		toll, err := dsrc.ParseTollParameter(parameter.Octets)
		if err != nil {
			finding = hardware.Unreadable
			continue
		}
		m.read.Mark, m.read.AccessKey = toll.Mark, toll.KeyRef
		if !m.profile.accepts(toll.Mark) {
			finding = hardware.UnknownIssuer
			continue
		}
		m.eid, m.toll = a.EID.Value, toll
		if toll.Access {
			m.need = Credentials
			return nil
		}
		return m.requestContractData()
	}
	return m.release(finding)
}

// refused releases a tag that refused a request. Access denied to credentials may mean that they were computed
// from a stale VST: then the tag is called once more, before it is released and ignores this beacon.
func (m *Machine) refused(f hardware.Finding) dsrc.PDU {
	if f != hardware.AccessDenied || m.credentials == nil || m.denied != nil {
		return m.release(f)
	}
	denied := m.read
	denied.Finding = f
	m.denied = &denied
	m.read, m.credentials = hardware.TagRead{}, nil
	m.state = stateBSTSent
	return m.bst()
}

// requestContractData requests the authenticated attributes, or plain ones when the profile has no stamp.
func (m *Machine) requestContractData() dsrc.PDU {
	want := m.profile.Stamp
	if want.KeyRef == 0 {
		return m.getAttributes()
	}
	m.state = stateStampSent
	return dsrc.ActionRequest{
		Confirm: true, EID: m.eid, Type: dsrc.GetStamped, Credentials: m.credentials,
		Parameter: dsrc.Container{Value: dsrc.GetStampedRequest{
			Attributes: want.Attributes, Nonce: m.nonce[:], KeyRef: want.KeyRef,
		}},
	}
}

func (m *Machine) getAttributes() dsrc.PDU {
	m.state = stateGetSent
	return dsrc.GetRequest{EID: m.eid, Credentials: m.credentials, Attributes: m.profile.Attributes}
}

// onStamped stores the attributes of a GET_STAMPED response and asks for the check of their authenticator.
func (m *Machine) onStamped(apdu []byte) dsrc.PDU {
	answer, err := dsrc.Decode(apdu)
	response, ok := answer.(dsrc.ActionResponse)
	// An answer to another request, or of another tag, is treated like a garbled one.
	if err != nil || !ok || response.EID != m.eid {
		return m.repeatRequest()
	}
	if finding := findingOf(response.Return.Value); finding != hardware.Read {
		return m.refused(finding)
	}
	v, ok := response.Parameter.Value.(dsrc.GetStampedResponse)
	if !ok {
		return m.repeatRequest()
	}
	m.stamp = seal.Stamp{
		Mark: m.toll.Mark, KeyRef: m.profile.Stamp.KeyRef, List: v.Received, Nonce: m.nonce[:], Authenticator: v.Authenticator,
	}
	m.read.Stamp = hardware.Stamp{KeyRef: m.stamp.KeyRef, List: m.stamp.List, Nonce: m.stamp.Nonce, Authenticator: m.stamp.Authenticator}
	m.storeAttributes(v.Attributes)
	// Without an account number there is nothing that could be charged.
	if m.stamp.PAN == (dsrc.PAN{}) {
		return m.release(hardware.Unreadable)
	}
	m.need = StampCheck
	return nil
}

// onAttributes stores the attributes of a GET response.
func (m *Machine) onAttributes(apdu []byte) dsrc.PDU {
	var response dsrc.GetResponse
	if err := response.Decode(apdu); err != nil || response.EID != m.eid {
		return m.repeatRequest()
	}
	if finding := findingOf(response.Return.Value); finding != hardware.Read && m.number == hardware.Unreadable {
		return m.refused(finding)
	}
	m.storeAttributes(response.Attributes)
	return m.conclude()
}
