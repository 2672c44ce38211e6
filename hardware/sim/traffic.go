package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
)

// tagsRead is the share of vehicles identified by their tag, 90.9 % on Norwegian roads in 2022.
const tagsRead = 0.91

// Vehicle is a vehicle that may pass. Without a PAN it has no tag.
type Vehicle struct {
	PAN   string
	Plate hardware.PlateRead
	Gates []Gate // where it may pass
}

// Gate is a lane and its direction.
type Gate struct {
	Lane      int
	Direction string
}

// Arrival is one vehicle passing one gate.
type Arrival struct {
	After   time.Duration // since the previous arrival
	Vehicle Vehicle
	Gate    Gate
	TagRead bool // the tag can be read this time
	Plate   hardware.PlateRead
	Speed   float64 // km/h
}

// Stay returns how long the vehicle is in a zone of the given length.
func (a Arrival) Stay(metres float64) time.Duration {
	return time.Duration(metres / (a.Speed / 3.6) * float64(time.Second))
}

// Traffic generates a Poisson stream of vehicles, some of them in platoons.
type Traffic struct {
	Vehicles []Vehicle
	Rate     float64                 // vehicles per second
	Day      func(time.Time) float64 // factor of Rate at a time of day; nil is always 1
	Misread  float64                 // share of plates with one wrong character
	Follow   float64                 // share of vehicles that follow the previous one closely in its lane
	Speed    float64                 // mean in km/h; 0 is 80
	Rand     *rand.Rand

	before Arrival
}

// Parameters of the traffic: gap of a follower in seconds, spread of speeds, lowest speed.
const (
	followMin   = 0.9
	followMore  = 1.1
	usualSpeed  = 80
	speedSpread = 0.1 // standard deviation as a share of the mean
	crawl       = 5   // km/h
)

// NewRand returns the random source of a seed. Different streams of one seed are independent.
func NewRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// Next returns the next arrival after a time.
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

// follow makes some vehicles follow the previous one at its speed.
func (t *Traffic) follow(a *Arrival) {
	if t.Follow > 0 && t.before.Speed > 0 && t.Rand.Float64() < t.Follow && slices.Contains(a.Vehicle.Gates, t.before.Gate) {
		gap := followMin + followMore*t.Rand.Float64()
		a.After, a.Gate, a.Speed = time.Duration(gap*float64(time.Second)), t.before.Gate, t.before.Speed
	}
	t.before = *a
}

// misread replaces one character by one that looks similar.
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

// CommuterDay is a Traffic.Day with peaks in the morning and the afternoon and little traffic at night, by
// the time's own location.
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
