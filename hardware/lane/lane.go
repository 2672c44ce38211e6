// Package lane joins what a lane's tag reader, cameras and loops detected into one passage per vehicle.
// Every device has its own clock. The package also detects deaf lanes.
//
// Joining is never a guess: when two assignments are nearly equally likely, tags and plates stay separate
// and are flagged for manual review.
package lane

import (
	"time"

	"bompass/hardware"
)

// Passage is one vehicle, joined from the lane's devices.
type Passage struct {
	hardware.Sighting
	Loop   bool                 // a loop detected it too
	Doubt  Doubt                // why tag and plate were not joined, when there was a reason to join them
	Others []hardware.PlateRead // with Ambiguous: the plates that may be the tag's
	Why    string               // explanation of a passage that needs review for another reason
	Events []int64              // the ids that were passed to Add for the events of this passage
}

// Doubt says why a passage may be incomplete.
type Doubt string

// Doubts.
const (
	NoDoubt   Doubt = ""
	Ambiguous Doubt = "ambiguous" // more than one assignment is likely
	Unfitted  Doubt = "unfitted"  // the clock offset of the devices is not known well enough
)

// Rules are the parameters of joining.
type Rules struct {
	Margin         float64       // minimum cost difference between the best assignment and the next, in nats
	UnmatchedCost  float64       // cost of leaving a tag or a plate unmatched, in nats
	ClockSpreadMax time.Duration // maximum offset between two devices' clocks
	Hold           time.Duration // how long after an event another device may still report the same vehicle
	HoldMax        time.Duration // after which an uninterrupted row of vehicles is decided
	FitMax         time.Duration // how long vehicles wait while the clock offset is unknown
}

// Standard returns the rules that the figures of the tests were measured with.
func Standard() Rules {
	return Rules{Margin: 5, UnmatchedCost: 9, ClockSpreadMax: 5 * time.Second, Hold: 2 * time.Second, HoldMax: 20 * time.Second, FitMax: time.Minute}
}

// eventsMax is the maximum number of waiting events in a lane. Beyond it, everything is decided at once.
const eventsMax = 512

// samePlate is the maximum time between two reads of a plate by front and rear camera.
const samePlate = 3 * time.Second

// event is one report of one device.
type event struct {
	hardware.Sighting
	ids     []int64
	plate   hardware.PlateRead // normalized, of the camera or else of the tag
	arrived time.Time          // arrival time by the host's clock
}

// Joiner joins the events of one lane. It has no clock and no goroutine, and must not be used concurrently.
type Joiner struct {
	rules  Rules
	clock  clockFit
	tags   []*event
	plates []*event
	loops  []*event
	second []Passage // second tags of vehicles, for review
}

// NewJoiner returns a Joiner with an unknown clock offset.
func NewJoiner(r Rules) *Joiner { return &Joiner{rules: r, clock: clockFit{spread: r.ClockSpreadMax}} }

// Offset returns the camera's clock minus the tag reader's, including the driving time between them, and
// whether it is known.
func (j *Joiner) Offset() (offset time.Duration, known bool) {
	return seconds(j.clock.offset), j.clock.fitted
}

// Add adds a sighting that arrived now: a tag, a plate, or with neither the pulse of a loop. The same plate
// twice is the front and the rear of one vehicle. The ids are returned in the Events of the passage.
func (j *Joiner) Add(s hardware.Sighting, now time.Time, ids ...int64) {
	e := &event{Sighting: s, arrived: now, ids: ids, plate: s.Plate.Normalized()}
	normalized := s
	switch {
	case !s.Tag.IsZero():
		e.plate = s.Tag.Plate.Normalized()
		normalized.Tag.Plate = e.plate
		// Two tags with the plate of one vehicle: only one can be charged, and which one is decided by hand.
		for _, other := range j.tags {
			if other.Tag.PAN != s.Tag.PAN && other.plate.Same(e.plate) && other.At.Sub(s.At).Abs() < samePlate {
				j.second = append(j.second, Passage{Sighting: s, Events: ids, Why: "second tag with the plate of a reported vehicle"})
				return
			}
		}
		j.tags = append(j.tags, e)
		j.clock.addTag(normalized)
	case s.Plate.Text != "":
		for _, p := range j.plates {
			if p.plate.Same(e.plate) && p.At.Sub(s.At).Abs() < samePlate {
				p.ids = append(p.ids, ids...)
				p.Images = append(p.Images, s.Images...)
				return
			}
		}
		j.plates = append(j.plates, e)
		normalized.Plate = e.plate
		j.clock.addPlate(normalized)
	default:
		j.loops = append(j.loops, e)
	}
}

// Ready returns the passages that no later event can change, oldest first. With closing it returns all.
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
	out, j.second = append(out, j.second...), nil
	byTime(out)
	return out
}

// complete reports whether no further event of a group can arrive. While the clock offset is unknown, a
// group waits longer, because the offset may be fitted from it.
func (j *Joiner) complete(g group, now time.Time) bool {
	oldest, newest := time.Duration(0), time.Duration(1<<62)
	for _, e := range append(g.tags, g.plates...) {
		age := now.Sub(e.arrived)
		oldest, newest = max(oldest, age), min(newest, age)
	}
	if !j.clock.fitted && len(g.tags) > 0 && len(g.plates) > 0 {
		return oldest >= j.rules.FitMax
	}
	return newest >= j.rules.Hold || oldest >= j.rules.HoldMax
}
