package link

import (
	"slices"
	"time"

	"bompass/hardware"
)

// How long a tag found again in the same lane is the same passage. A tag with a number: as long as a vehicle
// may crawl through. A tag without a number: as long as it takes to be found again, because the next vehicle
// may follow within a second. A tag that broke off is held until a lost line may be back.
const (
	rereadWindow         = 10 * time.Second
	rereadWindowNoNumber = 500 * time.Millisecond
	holdTime             = 2 * time.Second
	recentMax            = 16 // tags kept at a time
)

// outageMax is the longest outage after which the vehicles in the lane may still be the same.
const outageMax = time.Minute

// recentTags are the last tags of a lane.
type recentTags struct{ last []recentTag }

type recentTag struct {
	key        string
	mark       [6]byte
	at         time.Time
	unreleased bool // emitted but not released: it may answer the next BST
}

// tagKey returns a key that identifies a tag, by its number or else by its finding, and the time for which
// it is the same passage.
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

// extendAfterOutage refreshes the tags that were in the lane when the line went down.
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

// markReleased records how the transaction of an emitted tag ended.
func (v *recentTags) markReleased(t hardware.TagRead, now time.Time, released bool) {
	name, _ := tagKey(t)
	for i, old := range v.last {
		if old.key == name {
			v.last[i].unreleased, v.last[i].at = !released, now
		}
	}
}

// mayBeRecent reports whether a tag that broke off may be one emitted before: one that was not released, or
// that was released a moment ago and may have missed the release.
func (v *recentTags) mayBeRecent(t hardware.TagRead, now time.Time) bool {
	return slices.ContainsFunc(v.last, func(old recentTag) bool {
		within := rereadWindowNoNumber
		if old.unreleased {
			within = rereadWindow
		}
		return old.mark == t.Mark && now.Sub(old.at) < within
	})
}
