package llrp

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
)

// Limits of tracking.
const (
	leaveTimeout = time.Second      // a tag not reported for this long has left the zone
	stayMax      = 5 * time.Second  // a tag that stays longer is emitted all the same
	keepFor      = 10 * time.Minute // how long visits are kept, so that late and repeated reports are recognized
	visitsMax    = 8192             // maximum number of visits kept
)

// tagTracker makes one sighting of the many reports of a tag while it is in a lane's zone. A report that is
// repeated, or arrives late after a lost connection, belongs to the visit it came from.
type tagTracker struct {
	lanes    map[uint16]Lane
	number   NumberFunc
	contacts map[visitKey][]*tagVisit
	open     []*tagVisit // not emitted yet, oldest first
	count    int
}

type visitKey struct {
	lane int
	epc  string
}

// tagVisit is a tag's stay in a lane. first and last are the reader's time, reported is the host's.
type tagVisit struct {
	key         visitKey
	direction   string
	first, last time.Time
	at          time.Time // time of the strongest signal
	rssi        int8
	began       time.Time
	reported    time.Time
	emitted     bool
}

func newTagTracker(lanes map[uint16]Lane, number NumberFunc) *tagTracker {
	return &tagTracker{lanes: lanes, number: number, contacts: map[visitKey][]*tagVisit{}}
}

// add adds a report and returns false when its antenna belongs to no lane.
func (g *tagTracker) add(t TagReportData, now time.Time) bool {
	lane, ok := g.lanes[t.Antenna]
	if !ok || len(t.EPC) == 0 {
		return false
	}
	first, last := cmp.Or(t.First, t.Last, now), cmp.Or(t.Last, t.First, now)
	key := visitKey{lane.Number, string(t.EPC)}
	for _, c := range g.contacts[key] {
		if first.Before(c.last.Add(leaveTimeout)) && last.After(c.first.Add(-leaveTimeout)) {
			c.add(t.RSSI, first, last)
			c.reported = now
			return true
		}
	}
	c := &tagVisit{key: key, direction: lane.Direction, first: first, last: last, at: last, rssi: t.RSSI, began: now, reported: now}
	g.contacts[key] = append(g.contacts[key], c)
	g.open = append(g.open, c)
	g.count++
	return true
}

func (c *tagVisit) add(rssi int8, first, last time.Time) {
	if first.Before(c.first) {
		c.first = first
	}
	if last.After(c.last) {
		c.last = last
	}
	if rssi > c.rssi && !c.emitted {
		c.rssi, c.at = rssi, last
	}
}

// finished returns the visits that have ended at a time, or all, in their order.
func (g *tagTracker) finished(now time.Time, all bool) []hardware.Sighting {
	var over []hardware.Sighting
	g.open = slices.DeleteFunc(g.open, func(c *tagVisit) bool {
		if !all && now.Sub(c.reported) < leaveTimeout && now.Sub(c.began) < stayMax {
			return false
		}
		c.emitted = true
		over = append(over, g.sighting(c))
		return true
	})
	slices.SortStableFunc(over, func(a, b hardware.Sighting) int { return a.At.Compare(b.At) })
	g.expire(now)
	return over
}

// expire drops old visits, and all emitted ones when there are too many.
func (g *tagTracker) expire(now time.Time) {
	for key, contacts := range g.contacts {
		left := slices.DeleteFunc(contacts, func(c *tagVisit) bool {
			return c.emitted && (g.count > visitsMax || now.Sub(c.reported) > keepFor)
		})
		g.count -= len(contacts) - len(left)
		if g.contacts[key] = left; len(left) == 0 {
			delete(g.contacts, key)
		}
	}
}

func (g *tagTracker) sighting(c *tagVisit) hardware.Sighting {
	read := hardware.TagRead{Finding: hardware.UnknownIssuer, OBU: strings.ToUpper(hex.EncodeToString([]byte(c.key.epc)))}
	if pan, ok := g.number([]byte(c.key.epc)); ok {
		read.PAN, read.Finding = pan, hardware.Read
		if !hardware.ValidCheckDigit(pan) {
			read.Finding = hardware.WrongNumber
		}
	}
	return hardware.Sighting{Lane: c.key.lane, At: c.at, Direction: c.direction, Tag: read}
}
