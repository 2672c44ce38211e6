package efc

import (
	"encoding/hex"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
)

func (m *Machine) bst(now time.Time) dsrc.PDU {
	return dsrc.BST{
		RSU: m.profile.Beacon, Time: uint32(now.Unix()),
		Mandatory: []dsrc.Application{{AID: dsrc.AIDToll}}, ProfileList: []int{},
	}
}

// onVST chooses the first contract that is accepted here and asks for its attributes.
func (m *Machine) onVST(answer dsrc.PDU) dsrc.PDU {
	vst, ok := answer.(dsrc.VST)
	if !ok {
		return m.release(hardware.Unreadable)
	}
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
		m.read.Mark = toll.Mark
		if !m.profile.accepts(toll.Mark) {
			finding = hardware.UnknownIssuer
			continue
		}
		m.eid, m.state = a.EID.Value, asked
		return dsrc.GetRequest{EID: m.eid, Attributes: m.profile.Attributes}
	}
	return m.release(finding)
}

// onAttributes reads the tag's number and what else was asked for, and gives the signal.
func (m *Machine) onAttributes(answer dsrc.PDU, now time.Time) dsrc.PDU {
	response, ok := answer.(dsrc.GetResponse)
	if !ok || response.EID != m.eid {
		return m.release(hardware.Unreadable)
	}
	switch status := response.Return; {
	case status.Value == dsrc.AccessDenied:
		return m.release(hardware.AccessDenied)
	case status.Value != dsrc.NoError:
		return m.release(hardware.Unreadable)
	}
	finding := hardware.Unreadable
	for _, a := range response.Attributes {
		switch v := a.Value.Value.(type) {
		case dsrc.PaymentMeans:
			m.read.PAN, finding = judge(v, now)
		case dsrc.LicencePlate:
			m.read.Plate = hardware.PlateRead{Country: v.Country.Code(), Text: v.Number.Text()}
		case dsrc.EquipmentOBUId:
			m.read.OBU = strings.ToUpper(hex.EncodeToString(v.Octets))
		}
	}
	return m.signal(finding)
}

// signal tells the driver how it went.
func (m *Machine) signal(f hardware.Finding) dsrc.PDU {
	m.read.Finding, m.state = f, signalled
	signal := m.profile.Signal
	if f != hardware.Read {
		signal = dsrc.SignalNotOK
	}
	return dsrc.ActionRequest{Confirm: true, EID: m.eid, Type: dsrc.SetMMI, Parameter: dsrc.Container{Value: signal}}
}

// judge looks whether a number can be charged.
func judge(v dsrc.PaymentMeans, now time.Time) (pan string, f hardware.Finding) {
	pan, ok := v.PAN.Digits()
	switch {
	case !ok || !luhn(pan):
		return pan, hardware.WrongNumber
	case v.Expiry.Ended(now):
		return pan, hardware.Expired
	}
	return pan, hardware.Read
}

// luhn tells whether the last digit of a number is its modulus 10 check digit.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}
