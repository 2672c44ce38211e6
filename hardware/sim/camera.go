package sim

import (
	"math/rand/v2"
	"time"

	"bompass/hardware"
)

// Camera is a simulated plate reader with reading errors and a clock of its own.
type Camera struct {
	Lane   int
	Rand   *rand.Rand
	Wrong  float64       // share of plates with one wrong character
	Missed float64       // share of vehicles not seen
	Skew   time.Duration // of its clock from the road's
	Jitter time.Duration // standard deviation of the time
}

// See returns the sighting of a vehicle that passes at a time, and false when the camera misses it.
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
