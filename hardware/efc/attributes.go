package efc

import (
	"encoding/hex"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
)

// storeAttributes keeps what a tag said. Its number is taken once: what was vouched for is not said over again.
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

// findingOf reads a status.
func findingOf(status dsrc.Status) hardware.Finding {
	switch status {
	case dsrc.NoError:
		return hardware.Read
	case dsrc.AccessDenied:
		return hardware.AccessDenied
	}
	return hardware.Unreadable
}

// checkNumber looks whether a number can be charged.
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

// ComparePlate looks at a tag with the plate that the camera read. A tag that was made for another plate is
// a finding for people; an unread plate on either side tells nothing.
func ComparePlate(read hardware.TagRead, seen hardware.PlateRead) hardware.Finding {
	on, by := normalizePlate(read.Plate.Text), normalizePlate(seen.Text)
	if read.Finding == hardware.Read && on != "" && by != "" && on != by {
		return hardware.PlateDiffers
	}
	return read.Finding
}

// normalizePlate leaves a plate's letters and digits.
func normalizePlate(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(text))
}
