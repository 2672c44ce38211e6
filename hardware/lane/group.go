package lane

import (
	"math"
	"slices"
	"time"

	"bompass/hardware"
)

// Costs of comparing two plates, in nats.
const (
	textEqual = -10.0
	textNear  = -3.0 // one character differs, a usual reading error
	textOther = 12.0 // the tag may be in another vehicle
)

// sigmasMax is the maximum distance of a tag and a plate that are candidates for joining, in standard
// deviations.
const sigmasMax = 6.5

// strangeClock is the minimum distance of a plate from every tag at which the plate is certainly alone,
// while the clock offset is unknown.
const strangeClock = 30 * time.Second

// group is a connected set of tags and plates that may belong together.
type group struct{ tags, plates []*event }

// cost returns the cost of joining a tag and a plate, or infinity when they are not candidates.
func (j *Joiner) cost(tag, plate *event) float64 {
	gap := plate.At.Sub(tag.At)
	text := textCost(tag.plate, plate.plate)
	if !j.clock.fitted {
		if gap.Abs() > j.rules.ClockSpreadMax {
			return math.Inf(1)
		}
		return min(text, 2) // without a known offset only the plates count
	}
	z := j.clock.distance(tag.At, plate.At)
	if math.Abs(z) > sigmasMax && (text != textEqual || gap.Abs() > j.rules.ClockSpreadMax) {
		return math.Inf(1)
	}
	return min(z*z/2, sigmasMax*sigmasMax/2) + text
}

// textCost returns the cost of two normalized plates.
func textCost(a, b hardware.PlateRead) float64 {
	switch {
	case a.Text == "" || b.Text == "":
		return 0
	case a.Text == b.Text && (a.Country == b.Country || a.Country == "" || b.Country == ""):
		return textEqual
	case a.Text == b.Text: // a camera may misread the country
		return textNear
	case differInOnePlace(a.Text, b.Text):
		return textNear
	}
	return textOther
}

// differInOnePlace reports whether two texts of equal length differ in exactly one place.
func differInOnePlace(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	wrong := 0
	for i := range a {
		if a[i] != b[i] {
			wrong++
		}
	}
	return wrong == 1
}

// groups returns the connected components of the graph of candidates.
func (j *Joiner) groups() []group {
	// The number of the group of each tag and plate, from 1; 0 is not visited yet.
	ofTag, ofPlate := make([]int, len(j.tags)), make([]int, len(j.plates))
	var groups []group
	var visitTag func(i int)
	visitPlate := func(k int) {
		n := len(groups)
		ofPlate[k] = n
		groups[n-1].plates = append(groups[n-1].plates, j.plates[k])
		for i, tag := range j.tags {
			if ofTag[i] == 0 && !math.IsInf(j.cost(tag, j.plates[k]), 1) {
				visitTag(i)
			}
		}
	}
	visitTag = func(i int) {
		n := len(groups)
		ofTag[i] = n
		groups[n-1].tags = append(groups[n-1].tags, j.tags[i])
		for k, plate := range j.plates {
			if ofPlate[k] == 0 && !math.IsInf(j.cost(j.tags[i], plate), 1) {
				visitPlate(k)
			}
		}
	}
	for i := range j.tags {
		if ofTag[i] == 0 {
			groups = append(groups, group{})
			visitTag(i)
		}
	}
	for k := range j.plates {
		if ofPlate[k] == 0 {
			groups = append(groups, group{})
			visitPlate(k)
		}
	}
	return groups
}

// decide joins the tags and plates of a group and removes its events.
func (j *Joiner) decide(g group) []Passage {
	joined, doubt := j.match(g)
	var out []Passage
	taken := map[*event]bool{}
	for i, tag := range g.tags {
		p := Passage{Sighting: tag.Sighting, Events: tag.ids}
		switch {
		case joined[i] >= 0:
			plate := g.plates[joined[i]]
			taken[plate] = true
			p.Plate, p.Events = plate.Plate, append(p.Events, plate.ids...)
			p.Images = append(p.Images, plate.Images...)
			j.clock.addPair(tag.At, plate.At, sigmasMax)
		case doubt[i] != NoDoubt:
			p.Doubt, p.Others = doubt[i], j.candidatePlates(tag, g)
		case j.clock.fitted && len(j.plates) > 0:
			j.clock.countMiss()
		}
		out = append(out, p)
	}
	for _, plate := range g.plates {
		if !taken[plate] {
			p := Passage{Sighting: plate.Sighting, Events: plate.ids, Doubt: j.plateDoubt(plate, g, out)}
			p.At = p.At.Add(-seconds(j.clock.offset)) // passages have the tag reader's time
			out = append(out, p)
		}
	}
	gone := func(list []*event) func(*event) bool {
		return func(e *event) bool { return slices.Contains(list, e) }
	}
	j.tags, j.plates = slices.DeleteFunc(j.tags, gone(g.tags)), slices.DeleteFunc(j.plates, gone(g.plates))
	return out
}

// candidatePlates returns the plates that may belong to a tag.
func (j *Joiner) candidatePlates(tag *event, g group) (plates []hardware.PlateRead) {
	for _, p := range g.plates {
		if !math.IsInf(j.cost(tag, p), 1) {
			plates = append(plates, p.Plate)
		}
	}
	return plates
}

// plateDoubt returns the doubt of a plate that is not joined: that of any tag it may belong to. passages are
// those of the group's tags.
func (j *Joiner) plateDoubt(plate *event, g group, passages []Passage) Doubt {
	for i, tag := range g.tags {
		if d := passages[i].Doubt; d != NoDoubt && !math.IsInf(j.cost(tag, plate), 1) {
			return d
		}
	}
	for _, s := range j.clock.tags {
		if !j.clock.fitted && s.At.Sub(plate.At).Abs() < strangeClock {
			return Unfitted // a clock may be off by more than ClockSpreadMax
		}
	}
	return NoDoubt
}
