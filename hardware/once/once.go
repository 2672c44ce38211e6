// Package once decides whether a detection is a new vehicle or one that has been reported already. It owns the
// re-read windows of a station, the decision and its explanation.
//
// A vehicle is detected several times when its tag stands in the field, answers two antennas or two beacons,
// or misses its release, and when two cameras read its plate. Package lane joins different devices' detections
// of one vehicle; this package removes repeated ones. A pair that may be one vehicle or two is Doubtful: it is
// flagged for review and never decided by chance.
package once

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	"bompass/hardware"
)

// Rules are the windows within which two detections are the same vehicle.
type Rules struct {
	Tag      time.Duration // of one tag with a number: as long as a vehicle may crawl through the zone
	NoNumber time.Duration // of a tag without a number: the next vehicle may follow within a second
	Plate    time.Duration // of one plate, read by two cameras
	Outage   time.Duration // longest outage after which the vehicles in a lane may still be the same
}

// Standard returns the rules that the figures of the tests were measured with.
func Standard() Rules {
	return Rules{Tag: 10 * time.Second, NoNumber: 500 * time.Millisecond, Plate: 3 * time.Second, Outage: time.Minute}
}

// Decision says whether a detection is a vehicle that has been reported, and why.
type Decision struct {
	Same     bool   // the vehicle has been reported
	Doubtful bool   // it may be another vehicle; needs review
	Reason   string // for operators
}

// Print returns a fingerprint of a tag that has not sent its number: its context mark and, at security level
// 1, the reference of its access key, which differs between tags of an issuer.
func Print(t hardware.TagRead) string {
	return hex.EncodeToString(t.Mark[:]) + "/" + strconv.Itoa(int(t.AccessKey))
}

// entriesMax is the maximum number of detections kept in a Window, a busy minute of a large station.
const entriesMax = 4096

// Window decides for all lanes of a station. It is safe for concurrent use.
type Window struct {
	rules Rules

	mu     sync.Mutex
	tags   map[string]entry
	plates map[string]entry
	count  struct{ same, doubtful int64 }
}

// entry is the last detection of a tag or plate.
type entry struct {
	lane      int
	direction string
	at        time.Time
}

// NewWindow returns a Window without detections. Zero rules are the standard ones.
func NewWindow(r Rules) *Window {
	if r == (Rules{}) {
		r = Standard()
	}
	return &Window{rules: r, tags: map[string]entry{}, plates: map[string]entry{}}
}

// Counts returns how many detections were the same vehicle and how many were doubtful.
func (w *Window) Counts() (same, doubtful int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count.same, w.count.doubtful
}

// Tag decides about a sighting by its tag's number and records it. Sightings without a number are new.
func (w *Window) Tag(s hardware.Sighting, now time.Time) Decision {
	number := s.Tag.PAN
	if number == "" || !s.Tag.Finding.Chargeable() {
		number = s.Tag.OBU
	}
	if number == "" {
		return Decision{Reason: "the tag has no number"}
	}
	return w.decide(w.tags, "tag", number, s, now, w.rules.Tag)
}

// Plate decides about a sighting by its plate and records it. Sightings without a plate are new.
func (w *Window) Plate(s hardware.Sighting, now time.Time) Decision {
	if s.Plate.Text == "" {
		return Decision{Reason: "no plate"}
	}
	return w.decide(w.plates, "plate", s.Plate.Key(), s, now, w.rules.Plate)
}

// decide compares a detection with the last one of the same key, and stores it. Within the window both are the same
// passage; it is doubtful if they have opposite directions.
func (w *Window) decide(seen map[string]entry, kind, key string, s hardware.Sighting, now time.Time, window time.Duration) (d Decision) {
	w.mu.Lock()
	defer w.mu.Unlock()
	old, known := seen[key]
	age := now.Sub(old.at).Abs() // a clock that was set back must not reopen the window
	switch {
	case !known:
		d.Reason = "first detection of the " + kind
	case age >= window:
		d.Reason = fmt.Sprintf("the %s was last detected %v ago", kind, age.Round(time.Millisecond))
	default:
		d.Same = true
		d.Doubtful = old.direction != "" && s.Direction != "" && old.direction != s.Direction
		d.Reason = fmt.Sprintf("the %s was detected in lane %d %v ago", kind, old.lane, age.Round(time.Millisecond))
	}
	if !d.Same {
		old = entry{lane: s.Lane, direction: s.Direction}
	}
	old.at = now // a vehicle that stays is refreshed
	seen[key] = old
	if d.Doubtful {
		w.count.doubtful++
	} else if d.Same {
		w.count.same++
	}
	if len(seen) > entriesMax {
		w.expire(seen, now, window)
	}
	return d
}

// expire drops detections outside the window, or all when there are too many within it.
func (w *Window) expire(seen map[string]entry, now time.Time, window time.Duration) {
	for key, e := range seen {
		if now.Sub(e.at).Abs() >= window {
			delete(seen, key)
		}
	}
	if len(seen) > entriesMax {
		clear(seen)
	}
}
