package uplink

import "bompass/hardware"

// FromSighting returns the observation of a sighting. The tag is set only when it is chargeable; otherwise
// the plate identifies the vehicle.
func FromSighting(station string, s hardware.Sighting) Observation {
	o := Observation{
		Station: station, Lane: s.Lane, At: s.At.UTC(), Direction: s.Direction, Country: s.Plate.Country, Plate: s.Plate.Text,
	}
	if s.Tag.Finding.Chargeable() {
		o.Tag = s.Tag.PAN
	}
	return o
}
