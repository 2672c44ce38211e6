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
	rereadWindow = 10 * time.Second
	rereadWindowNoNumber = 500 * time.Millisecond
	holdTime    = 2 * time.Second
	recentMax  = 16 // remembered at a time
)

// outageMax is how long a line may be down for the cars in the lane still to be those of before.
const outageMax = time.Minute

// recentTags remembers the last tags of a lane.
type recentTags struct{ last []recentTag }

type recentTag struct {
	key  string
	mark [6]byte
	at   time.Time
	unreleased bool // it was kept, but not released: it may be called again
}

// tagKey tells tags apart: by their number, or by what was found instead.
func tagKey(t hardware.TagRead) (string, time.Duration) {
	if t.PAN != "" {
		return t.PAN, rereadWindow
	}
	return string(t.Finding) + string(t.Mark[:]) + t.OBU, rereadWindowNoNumber
}

func (v *recentTags) refresh(t hardware.TagRead, now time.Time) bool {
	name, within := tagKey(t)
	for i, old := range v.last {
		if old.key == name && now.Sub(old.at) < within {
			v.last[i].at = now
			return true
		}
	}
	return false
}

// extendAfterOutage goes on after an outage: who was in the lane when the line went down still is.
func (v *recentTags) extendAfterOutage(down, now time.Time) {
	if now.Sub(down) > outageMax {
		return
	}
	for i, old := range v.last {
		if down.Sub(old.at) < rereadWindow {
			v.last[i].at = now
		}
	}
}

func (v *recentTags) add(t hardware.TagRead, now time.Time) {
	name, _ := tagKey(t)
	if len(v.last) == recentMax {
		v.last = v.last[1:]
	}
	v.last = append(v.last, recentTag{key: name, mark: t.Mark, at: now, unreleased: true})
}

// markReleased tells how the transaction of a tag that was kept ended.
func (v *recentTags) markReleased(t hardware.TagRead, now time.Time, released bool) {
	name, _ := tagKey(t)
	for i, old := range v.last {
		if old.key == name {
			v.last[i].unreleased, v.last[i].at = !released, now
		}
	}
}

// mayBeRecent tells whether a tag that broke off is one that was kept before and not released; or was,
// this very moment, for a tag may not hear its release.
func (v *recentTags) mayBeRecent(t hardware.TagRead, now time.Time) bool {
	return slices.ContainsFunc(v.last, func(old recentTag) bool {
		within := rereadWindowNoNumber
		if old.unreleased {
			within = rereadWindow
		}
		return old.mark == t.Mark && now.Sub(old.at) < within
	})
}
