// Package lane makes one passage of what a lane's tag reader, cameras and loops saw of one vehicle, each
// by its own clock, and notices when a lane has gone deaf.
//
// It never guesses: where two joinings are nearly as good as each other, tags and plates stay apart and
// are marked for a person. What a passage costs nobody here knows.
package lane

import (
	"time"

	"bompass/hardware"
)

// Passage is one vehicle as the lane's devices together saw it.
type Passage struct {
	hardware.Sighting
	Loop   bool                 // a loop felt it, too
	Doubt  Doubt                // why tag and plate were not joined, if there was a reason to
	Others []hardware.PlateRead // with Ambiguous: the plates that may be the tag's
	Events []int64              // the numbers that Add was given for what became this passage
}

// Doubt says why a passage is half of what it might be.
type Doubt string

// The doubts.
const (
	NoDoubt   Doubt = ""
	Ambiguous Doubt = "ambiguous" // more than one joining is likely
	Unfitted  Doubt = "unfitted"  // the devices' clocks are not known well enough yet
)

// Rules are the numbers that joining goes by.
type Rules struct {
	Margin  float64       // how much better the best joining must be than the next, in nats
	UnmatchedCost   float64       // what it costs to leave a tag or a plate alone, in nats
	ClockSpreadMax  time.Duration // the most that two devices' clocks may differ
	Hold    time.Duration // how long after an event another device may still tell of the same vehicle
	HoldMax time.Duration // after which a row of vehicles without a gap is decided as it stands
	FitMax  time.Duration // how long vehicles may wait for clocks that are not known yet
}

// Standard is what the figures in the tests were measured with.
func Standard() Rules {
	return Rules{Margin: 5, UnmatchedCost: 9, ClockSpreadMax: 5 * time.Second, Hold: 2 * time.Second, HoldMax: 20 * time.Second, FitMax: time.Minute}
}

// eventsMax bounds what waits in one lane: beyond it the oldest are decided at once.
const eventsMax = 512

// samePlate is how close in time the same plate is the same vehicle seen by another camera.
const samePlate = 3 * time.Second

// event is one device's word.
type event struct {
	hardware.Sighting
	ids   []int64
	heard time.Time // by the host's clock
}

// Joiner joins the events of one lane. It has no clock and no goroutine of its own.
type Joiner struct {
	rules  Rules
	clock  clockFit
	tags   []*event
	plates []*event
	loops  []*event
}

// NewJoiner starts with clocks that are not known.
func NewJoiner(r Rules) *Joiner { return &Joiner{rules: r, clock: clockFit{spread: r.ClockSpreadMax}} }

// Offset is the camera's clock less the tag reader's, the way between them included, and whether it is
// known.
func (j *Joiner) Offset() (offset time.Duration, known bool) {
	return seconds(j.clock.offset), j.clock.fitted
}

// Add takes what a device saw, heard now: a tag, a plate, or with neither a loop that felt a vehicle.
// The same plate twice is the front and the rear of one vehicle. ids are the caller's own, and come
// back with the passage.
func (j *Joiner) Add(s hardware.Sighting, now time.Time, ids ...int64) {
	e := &event{Sighting: s, heard: now, ids: ids}
	switch {
	case !s.Tag.IsZero():
		j.tags = append(j.tags, e)
		j.clock.addTag(s)
	case s.Plate.Text != "":
		for _, p := range j.plates {
			if p.Plate == s.Plate && p.At.Sub(s.At).Abs() < samePlate {
				p.ids = append(p.ids, ids...)
				return
			}
		}
		j.plates = append(j.plates, e)
		j.clock.addPlate(s)
	default:
		j.loops = append(j.loops, e)
	}
}

// Ready returns the passages that nothing later can change, oldest first; all of them when the lane
// closes.
func (j *Joiner) Ready(now time.Time, closing bool) []Passage {
	if !j.clock.fitted {
		j.clock.search()
	}
	if len(j.tags)+len(j.plates) > eventsMax {
		closing = true
	}
	var out []Passage
	for _, g := range j.groups() {
		if closing || j.complete(g, now) {
			out = append(out, j.decide(g)...)
		}
	}
	out = j.assignLoops(out, now, closing)
	byTime(out)
	return out
}

// complete tells whether nothing that belongs to a group can come any more. While the clocks are unknown
// a group waits longer: it may be what they are fitted from.
func (j *Joiner) complete(g group, now time.Time) bool {
	oldest, newest := time.Duration(0), time.Duration(1<<62)
	for _, e := range append(g.tags, g.plates...) {
		age := now.Sub(e.heard)
		oldest, newest = max(oldest, age), min(newest, age)
	}
	if !j.clock.fitted && len(g.tags) > 0 && len(g.plates) > 0 {
		return oldest >= j.rules.FitMax
	}
	return newest >= j.rules.Hold || oldest >= j.rules.HoldMax
}
