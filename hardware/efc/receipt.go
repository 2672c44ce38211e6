package efc

import (
	"bompass/hardware"
	"bompass/hardware/dsrc"
)

// conclude ends the reading. A chargeable tag is committed before anything is written to it.
func (m *Machine) conclude() dsrc.PDU {
	m.read.Finding = m.number
	if m.number != hardware.Read {
		return m.signal()
	}
	m.need = Commit
	return nil
}

// writeReceipt returns the SET request with the receipt, or the signal when the profile has no receipt.
func (m *Machine) writeReceipt() dsrc.PDU {
	if m.profile.Receipt == nil {
		return m.signal()
	}
	m.state = stateSetSent
	return dsrc.SetRequest{
		Confirm: true, EID: m.eid, Credentials: m.credentials, Attributes: []dsrc.Attribute{m.receipt()},
	}
}

// receipt returns the receipt attribute that replaces the older of the tag's two.
func (m *Machine) receipt() dsrc.Attribute {
	r, mark := m.profile.Receipt, m.toll.Mark
	data := dsrc.ReceiptData{
		Time: dsrc.DateAndTimeOf(m.now), Charger: r.Charger, Station: r.Station, Ascending: r.Ascending, Lane: r.Lane,
		FeeUnit: r.FeeUnit, Issuer: mark.Provider(), Contract: mark.Contract(), Version: mark.Version(),
	}
	if m.receipts[1].Before(m.receipts[0]) {
		return dsrc.Attribute{ID: dsrc.AttrReceiptData2, Value: dsrc.Container{Value: dsrc.ReceiptData2{ReceiptData: data}}}
	}
	return dsrc.Attribute{ID: dsrc.AttrReceiptData1, Value: dsrc.Container{Value: dsrc.ReceiptData1{ReceiptData: data}}}
}

// signal returns the SET_MMI request that tells the driver the outcome.
func (m *Machine) signal() dsrc.PDU {
	m.state = stateMMISent
	signal := m.profile.Signal
	if m.read.Finding != hardware.Read {
		signal = dsrc.SignalNotOK
	}
	return dsrc.ActionRequest{Confirm: true, EID: m.eid, Type: dsrc.SetMMI, Parameter: dsrc.Container{Value: signal}}
}
