package sim

import (
	"math/rand/v2"
	"time"

	"bompass/hardware"
)

// Camera reads the plates of a lane, some wrong, some not at all, and by a clock of its own.
type Camera struct {
	Lane   int
	Rand   *rand.Rand
	Wrong  float64       // share of plates with a letter or digit wrong
	Missed float64       // share of vehicles not seen
	Skew   time.Duration // of its clock to the road's
	Jitter time.Duration // of the instant, one standard deviation
}

// See makes the sighting of a vehicle that passes at an instant; false is one the camera missed.
func (c *Camera) See(plate hardware.PlateRead, at time.Time) (hardware.Sighting, bool) {
	if c.Rand.Float64() < c.Missed {
		return hardware.Sighting{}, false
	}
	if c.Rand.Float64() < c.Wrong {
		plate.Text = misread(c.Rand, plate.Text)
	}
	late := time.Duration(c.Rand.NormFloat64() * float64(c.Jitter))
	return hardware.Sighting{Lane: c.Lane, At: at.Add(c.Skew + late), Plate: plate}, true
}
