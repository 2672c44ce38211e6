package uplink

import "bompass/hardware"

// FromSighting makes a passage of a sighting. The tag counts only when the transaction found nothing strange;
// else the passage is the camera's.
func FromSighting(station string, s hardware.Sighting) Observation {
	o := Observation{
		Station: station, Lane: s.Lane, At: s.At.UTC(), Direction: s.Direction, Country: s.Plate.Country, Plate: s.Plate.Text,
	}
	if s.Tag.Finding.Chargeable() {
		o.Tag = s.Tag.PAN
	}
	return o
}
