package lane

import (
	"slices"
	"time"

	"bompass/hardware"
	"bompass/hardware/once"
)

// mergeHold is how long a passage that lacks a tag or a plate waits for the other half from another lane. A
// vehicle that changes lanes inside the zone is detected by the tag reader of one lane and the camera of
// another.
const mergeHold = 3 * time.Second

// merger combines the passages of a station's lanes. Only equal plates combine, so a merge is never a guess.
type merger struct {
	window  time.Duration // between two detections of one plate
	waiting []heldPassage
	done    []heldPassage // complete passages, kept for duplicates of their plate
}

// heldPassage is a passage that waits for passages of neighbouring lanes which may be of the same vehicle.
type heldPassage struct {
	Passage
	since time.Time
	drop  string // why the passage is not emitted; empty emits it
	flag  string // why the passage needs review; empty needs none
}

// add takes passages and returns those that are ready, oldest first.
func (m *merger) add(passages []Passage, now time.Time, hold time.Duration, closing bool) (ready []heldPassage) {
	for _, p := range passages {
		m.waiting = append(m.waiting, heldPassage{Passage: p, since: now, flag: p.Why})
	}
	m.combine()
	var left []heldPassage
	for _, p := range m.waiting {
		if closing || p.drop != "" || p.flag != "" || p.complete() || now.Sub(p.since) >= hold {
			ready = append(ready, p)
			if p.Plate.Text != "" && p.drop == "" && p.flag == "" {
				m.done = append(m.done, p)
			}
			continue
		}
		left = append(left, p)
	}
	m.waiting = left
	// Passages that were emitted are kept while another sighting of the same vehicle can still arrive.
	for len(m.done) > 0 && now.Sub(m.done[0].since) > max(hold, mergeHold)+m.window {
		m.done = m.done[1:]
	}
	return ready
}

func (p heldPassage) complete() bool { return !p.Tag.IsZero() && p.Plate.Text != "" }

// near reports whether two passages may be of one vehicle by lane, direction and time.
func (m *merger) near(p, q heldPassage) bool {
	if p.Direction != "" && q.Direction != "" && p.Direction != q.Direction {
		return false
	}
	return p.At.Sub(q.At).Abs() < m.window
}

// combine joins tags with plates of other lanes and finds repeated plates and second tags.
func (m *merger) combine() {
	for i := range m.waiting {
		if tag := &m.waiting[i]; !tag.Tag.IsZero() && tag.Plate.Text == "" && tag.drop == "" && tag.flag == "" {
			m.joinPlate(tag)
		}
	}
	m.flagMisread()
	for i := range m.waiting {
		if p := &m.waiting[i]; !p.complete() && p.drop == "" {
			m.findRepeated(p, i)
		}
	}
}

// joinPlate joins a tag with the same plate from another lane.
func (m *merger) joinPlate(tag *heldPassage) {
	for k := range m.waiting {
		plate := &m.waiting[k]
		if !plate.Tag.IsZero() || plate.drop != "" || !tag.Tag.Plate.Same(plate.Plate) || !m.near(*tag, *plate) {
			continue
		}
		tag.Plate, tag.Doubt, tag.Others, tag.Loop = plate.Plate, NoDoubt, nil, tag.Loop || plate.Loop
		tag.Images = append(tag.Images, plate.Images...)
		tag.Events, plate.Events = append(tag.Events, plate.Events...), nil // settled together
		plate.drop = "joined with the tag of another lane"
		return
	}
}

// findRepeated drops or flags passage i, which lacks a tag or a plate, when its vehicle is reported by another.
func (m *merger) findRepeated(p *heldPassage, i int) {
	for _, q := range append(slices.Clone(m.done), m.waiting[:i]...) {
		if p.Tag.IsZero() && !q.complete() && q.drop == "" && p.Plate.Same(q.Plate) && m.near(*p, q) {
			p.drop = "plate of a vehicle seen by the camera of another lane"
		}
	}
	for _, q := range append(slices.Clone(m.done), m.waiting...) {
		if !q.complete() || q.drop != "" || !m.near(*p, q) {
			continue
		}
		switch {
		case p.Tag.IsZero() && p.Plate.Same(q.Plate):
			p.drop = "plate of a vehicle reported in another lane"
		case p.Tag.IsZero() && misreadOf(p.Plate, q.Plate):
			p.flag = "plate may be misread from a vehicle reported in another lane"
		case !p.Tag.IsZero() && p.Tag.Plate.Same(q.Plate):
			p.flag = "second tag of a reported vehicle"
		}
	}
}

// flagMisread flags plates that differ in one place from the plate of a tag in another lane. The vehicle is
// reported by its tag.
func (m *merger) flagMisread() {
	for i := range m.waiting {
		plate := &m.waiting[i]
		if !plate.Tag.IsZero() || plate.Plate.Text == "" || plate.drop != "" {
			continue
		}
		for k := range m.waiting {
			tag := &m.waiting[k]
			if !tag.complete() && !tag.Tag.IsZero() && m.near(*plate, *tag) && misreadOf(plate.Plate, tag.Tag.Plate) {
				plate.flag = "plate may be misread from the vehicle of a tag in another lane"
			}
		}
	}
}

// misreadOf reports whether two plates differ in exactly one place.
func misreadOf(a, b hardware.PlateRead) bool {
	return differInOnePlace(a.Normalized().Text, b.Normalized().Text)
}

func newMerger() *merger { return &merger{window: once.Standard().Plate} }
