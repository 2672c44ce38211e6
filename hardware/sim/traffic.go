package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
)

// tagsRead is the share of vehicles with a tag whose tag is read, reader.md 1.5 and S19.
const tagsRead = 0.91

// Vehicle is a car that may come by; without a PAN it has no tag.
type Vehicle struct {
	PAN   string
	Plate hardware.PlateRead
	Gates []Gate // where it may come by
}

// Gate is a lane and the way through it.
type Gate struct {
	Lane      int
	Direction string
}

// Arrival is a vehicle that comes by.
type Arrival struct {
	After   time.Duration // since the one before
	Vehicle Vehicle
	Gate    Gate
	TagRead bool // the radio will work this time
	Plate   hardware.PlateRead
	Speed   float64 // km/h
}

// Stay is how long the vehicle is in a zone of some metres.
func (a Arrival) Stay(metres float64) time.Duration {
	return time.Duration(metres / (a.Speed / 3.6) * float64(time.Second))
}

// Traffic is a Poisson stream of vehicles past a station, some of them in platoons.
type Traffic struct {
	Vehicles []Vehicle
	Rate     float64                 // vehicles per second
	Day      func(time.Time) float64 // the rate's share of Rate at an instant; nil is always 1
	Misread  float64                 // share of plates with a letter or digit wrong
	Follow   float64                 // share of vehicles that follow the one before closely, in its lane
	Speed    float64                 // km/h in the middle; 0 is 80
	Rand     *rand.Rand

	before Arrival
}

// Traffic as it flows: how close a follower is, in seconds, how much speeds differ, and the slowest.
const (
	followMin   = 0.9
	followMore  = 1.1
	usualSpeed  = 80
	speedSpread = 0.1 // of the speed in the middle
	crawl       = 5   // km/h
)

// NewRand are the random numbers of a seed; streams of one seed do not resemble one another.
func NewRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// Next draws the vehicle after an instant.
func (t *Traffic) Next(now time.Time) Arrival {
	rate := t.Rate
	if t.Day != nil {
		rate *= t.Day(now)
	}
	v := t.Vehicles[t.Rand.IntN(len(t.Vehicles))]
	a := Arrival{
		After:   time.Duration(t.Rand.ExpFloat64() / rate * float64(time.Second)),
		Vehicle: v, Gate: v.Gates[t.Rand.IntN(len(v.Gates))], Plate: v.Plate,
	}
	a.TagRead = v.PAN != "" && t.Rand.Float64() < tagsRead
	if t.Rand.Float64() < t.Misread {
		a.Plate.Text = misread(t.Rand, a.Plate.Text)
	}
	a.Speed = t.speed()
	t.follow(&a)
	return a
}

func (t *Traffic) speed() float64 {
	middle := t.Speed
	if middle == 0 {
		middle = usualSpeed
	}
	return max(middle*(1+speedSpread*t.Rand.NormFloat64()), crawl)
}

// follow may put a vehicle close behind the one before, as slow as that.
func (t *Traffic) follow(a *Arrival) {
	if t.Follow > 0 && t.before.Speed > 0 && t.Rand.Float64() < t.Follow && slices.Contains(a.Vehicle.Gates, t.before.Gate) {
		gap := followMin + followMore*t.Rand.Float64()
		a.After, a.Gate, a.Speed = time.Duration(gap*float64(time.Second)), t.before.Gate, t.before.Speed
	}
	t.before = *a
}

// misread takes one character for one that looks like it.
func misread(dice *rand.Rand, text string) string {
	const alike = "0OO01II18BB85SS52ZZ2"
	if text == "" {
		return ""
	}
	i := dice.IntN(len(text))
	wrong := byte('8')
	if at := strings.IndexByte(alike, text[i]); at >= 0 {
		wrong = alike[at^1]
	}
	return text[:i] + string(wrong) + text[i+1:]
}

// CommuterDay is a day with a peak in the morning and one in the afternoon, and little at night, by the
// instant's own clock.
func CommuterDay(at time.Time) float64 {
	switch h := at.Hour(); {
	case h < 5 || h == 23:
		return 0.1
	case h == 7 || h == 8 || h == 15 || h == 16:
		return 1.6
	case h == 6 || h == 9 || h == 14 || h == 17:
		return 1.2
	}
	return 0.8
}
