package efc

import (
	"encoding/hex"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
)

// storeAttributes stores the attributes of a response. The number is stored once, so that an unauthenticated
// response cannot replace an authenticated number.
func (m *Machine) storeAttributes(attributes []dsrc.Attribute) {
	for _, a := range attributes {
		switch v := a.Value.Value.(type) {
		case dsrc.PaymentMeans:
			if m.number == hardware.Unreadable {
				m.read.PAN, m.number = checkNumber(v, m.now)
				m.stamp.PAN = v.PAN
			}
		case dsrc.LicencePlate:
			m.read.Plate = hardware.PlateRead{Country: v.Country.Code(), Text: v.Number.Text()}
		case dsrc.EquipmentOBUId:
			m.read.OBU = strings.ToUpper(hex.EncodeToString(v.Octets))
		case dsrc.EquipmentStatus:
			m.noteBattery(int(v))
		case dsrc.ReceiptData1:
			m.receipts[0] = v.Time
		case dsrc.ReceiptData2:
			m.receipts[1] = v.Time
		}
	}
}

func (m *Machine) noteBattery(status int) {
	m.read.LowBattery = m.read.LowBattery || status&int(m.profile.LowBattery) != 0
}

// findingOf returns the finding for a return status.
func findingOf(status dsrc.Status) hardware.Finding {
	switch status {
	case dsrc.NoError:
		return hardware.Read
	case dsrc.AccessDenied:
		return hardware.AccessDenied
	}
	return hardware.Unreadable
}

// checkNumber returns a tag's number and whether it can be charged.
func checkNumber(v dsrc.PaymentMeans, now time.Time) (pan string, f hardware.Finding) {
	pan, ok := v.PAN.Digits()
	switch {
	case !ok || !hardware.ValidCheckDigit(pan):
		return pan, hardware.WrongNumber
	case v.Expiry.Ended(now):
		return pan, hardware.Expired
	}
	return pan, hardware.Read
}

// ComparePlate returns the finding of a tag whose vehicle's plate a camera has read. It is PlateDiffers when
// both plates are known and differ.
func ComparePlate(read hardware.TagRead, seen hardware.PlateRead) hardware.Finding {
	on, by := read.Plate.Normalized().Text, seen.Normalized().Text
	if read.Finding == hardware.Read && on != "" && by != "" && on != by {
		return hardware.PlateDiffers
	}
	return read.Finding
}
