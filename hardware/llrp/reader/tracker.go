package reader

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/once"
)

// Limits of tracking.
const (
	leaveTimeout = time.Second      // a tag not reported for this long has left the zone
	stayMax      = 5 * time.Second  // a tag that stays longer is emitted all the same
	keepFor      = 10 * time.Minute // how long visits are kept, so that late and repeated reports are recognized
	visitsMax    = 8192             // maximum number of visits kept
)

// tagReport is a report of one tag, with times by the host's clock as far as they are known.
type tagReport struct {
	epc         string
	lane        Lane
	rssi        int8
	first, last time.Time
	device      time.Time     // last by the reader's own clock, zero when it has none
	correction  time.Duration // what was added to the reader's time
}

// tagTracker makes one sighting of the many reports of a tag while it is in the zones of the reader's
// antennas. The lane is that of the strongest signal. A report that is repeated, or arrives late after a lost
// connection, belongs to the visit it came from.
type tagTracker struct {
	number NumberFunc
	rules  once.Rules
	visits map[string][]*tagVisit
	open   []*tagVisit // not emitted yet, oldest first
	count  int
}

// tagVisit is a tag's stay. reported is the host's time of the last report.
type tagVisit struct {
	tagReport
	at       time.Time // time of the strongest signal
	live     bool      // its reports were not held by the reader
	began    time.Time
	reported time.Time
	emitted  bool
}

func newTagTracker(number NumberFunc) *tagTracker {
	return &tagTracker{number: number, rules: once.Standard(), visits: map[string][]*tagVisit{}}
}

// add adds a report. live reports that it was not held by the reader: then its arrival shows that the tag is
// the one of a moment ago, even when the reader's clock has been set.
func (g *tagTracker) add(r tagReport, now time.Time, live bool) {
	for _, v := range g.visits[r.epc] {
		recent := live && v.live && now.Sub(v.reported) < g.rules.Tag
		if recent || r.first.Before(v.last.Add(g.rules.Tag)) && r.last.After(v.first.Add(-g.rules.Tag)) {
			v.add(r)
			v.reported, v.live = now, live
			return
		}
	}
	v := &tagVisit{tagReport: r, at: r.last, live: live, began: now, reported: now}
	g.visits[r.epc] = append(g.visits[r.epc], v)
	g.open = append(g.open, v)
	g.count++
}

// add adds a report of the tag. The time and lane of the strongest signal count, because the tag is then nearest to
// the antenna.
func (v *tagVisit) add(r tagReport) {
	if r.first.Before(v.first) {
		v.first = r.first
	}
	if r.last.After(v.last) {
		v.last = r.last
	}
	if r.rssi > v.rssi && !v.emitted {
		v.rssi, v.at, v.lane, v.device, v.correction = r.rssi, r.last, r.lane, r.device, r.correction
	}
}

// finished returns the visits that have ended at a time, or all, in their order.
func (g *tagTracker) finished(now time.Time, all bool) []hardware.Sighting {
	var over []hardware.Sighting
	g.open = slices.DeleteFunc(g.open, func(v *tagVisit) bool {
		if !all && now.Sub(v.reported) < leaveTimeout && now.Sub(v.began) < stayMax {
			return false
		}
		v.emitted = true
		over = append(over, g.sighting(v))
		return true
	})
	slices.SortStableFunc(over, func(a, b hardware.Sighting) int { return a.At.Compare(b.At) })
	g.expire(now)
	return over
}

// expire drops old visits, and all emitted ones when there are too many.
func (g *tagTracker) expire(now time.Time) {
	for key, visits := range g.visits {
		left := slices.DeleteFunc(visits, func(v *tagVisit) bool {
			return v.emitted && (g.count > visitsMax || now.Sub(v.reported) > keepFor)
		})
		g.count -= len(visits) - len(left)
		if g.visits[key] = left; len(left) == 0 {
			delete(g.visits, key)
		}
	}
}

// sighting returns the sighting of a tag. A tag whose EPC holds no number of a known issuer is reported by its EPC.
func (g *tagTracker) sighting(v *tagVisit) hardware.Sighting {
	read := hardware.TagRead{
		Finding: hardware.UnknownIssuer, OBU: strings.ToUpper(hex.EncodeToString([]byte(v.epc))), RSSI: v.rssi, Device: v.device,
	}
	if pan, ok := g.number([]byte(v.epc)); ok {
		read.PAN, read.Finding = pan, hardware.Read
		if !hardware.ValidCheckDigit(pan) {
			read.Finding = hardware.WrongNumber
		}
	}
	return hardware.Sighting{Lane: v.lane.Number, At: v.at, Direction: v.lane.Direction, Tag: read, Correction: v.correction}
}
