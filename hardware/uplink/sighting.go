package uplink

import (
	"encoding/hex"
	"strings"

	"bompass/hardware"
)

// FromSighting returns the observation of a sighting. The tag is set only when it is chargeable; otherwise the
// plate identifies the vehicle. What the devices reported beyond that is the proof.
func FromSighting(station string, s hardware.Sighting) Observation {
	o := Observation{
		Station: station, Lane: s.Lane, At: s.At.UTC(), Direction: s.Direction, Country: s.Plate.Country, Plate: s.Plate.Text,
		Proof: proofOf(s),
	}
	if s.Tag.Finding.Chargeable() {
		o.Tag = s.Tag.PAN
	}
	return o
}

// proofOf returns the evidence of a sighting, nil if there is none beyond the observation itself.
func proofOf(s hardware.Sighting) *Proof {
	p := Proof{OffsetMS: s.Offset.Milliseconds(), CorrectionMS: s.Correction.Milliseconds(), Images: s.Images}
	if t := s.Tag; !t.IsZero() {
		p.Finding, p.Verified, p.Number, p.OBU, p.TagPlate = t.Finding, t.Verified, t.PAN, t.OBU, t.Plate
		p.LowBattery, p.RSSI, p.Device, p.Stamp, p.Raw = t.LowBattery, t.RSSI, t.Device, t.Stamp, t.Raw
		if t.Mark != [6]byte{} {
			p.Mark = strings.ToUpper(hex.EncodeToString(t.Mark[:]))
		}
		return &p
	}
	if p.OffsetMS == 0 && p.CorrectionMS == 0 && len(p.Images) == 0 {
		return nil
	}
	return &p
}
