package link

import (
	"slices"
	"time"

	"bompass/hardware"
)

// How long a tag that is met again in the same lane is still the same passage: one with a number for as
// long as a car may crawl through; one without for as long as it takes to be called again, since the next
// car may follow in a second. What broke off is held back for as long as a line takes to come back.
const (
	sameNumber = 10 * time.Second
	sameNobody = 500 * time.Millisecond
	heldFor    = 2 * time.Second
	visitsMax  = 16 // remembered at a time
)

// outageMax is how long a line may be down for the cars in the lane still to be those of before.
const outageMax = time.Minute

// visits remembers the last tags of a lane.
type visits struct{ last []visit }

type visit struct {
	who  string
	mark [6]byte
	at   time.Time
	open bool // it was kept, but not released: it may be called again
}

// who tells tags apart: by their number, or by what was found instead.
func who(t hardware.TagRead) (string, time.Duration) {
	if t.PAN != "" {
		return t.PAN, sameNumber
	}
	return string(t.Finding) + string(t.Mark[:]) + t.OBU, sameNobody
}

func (v *visits) again(t hardware.TagRead, now time.Time) bool {
	name, within := who(t)
	for i, old := range v.last {
		if old.who == name && now.Sub(old.at) < within {
			v.last[i].at = now
			return true
		}
	}
	return false
}

// resume goes on after an outage: who was in the lane when the line went down still is.
func (v *visits) resume(down, now time.Time) {
	if now.Sub(down) > outageMax {
		return
	}
	for i, old := range v.last {
		if down.Sub(old.at) < sameNumber {
			v.last[i].at = now
		}
	}
}

func (v *visits) add(t hardware.TagRead, now time.Time) {
	name, _ := who(t)
	if len(v.last) == visitsMax {
		v.last = v.last[1:]
	}
	v.last = append(v.last, visit{who: name, mark: t.Mark, at: now, open: true})
}

// finish tells how the transaction of a tag that was kept ended.
func (v *visits) finish(t hardware.TagRead, now time.Time, released bool) {
	name, _ := who(t)
	for i, old := range v.last {
		if old.who == name {
			v.last[i].open, v.last[i].at = !released, now
		}
	}
}

// unfinished tells whether a tag that broke off is one that was kept before and not released; or was,
// this very moment, for a tag may not hear its release.
func (v *visits) unfinished(t hardware.TagRead, now time.Time) bool {
	return slices.ContainsFunc(v.last, func(old visit) bool {
		within := sameNobody
		if old.open {
			within = sameNumber
		}
		return old.mark == t.Mark && now.Sub(old.at) < within
	})
}
