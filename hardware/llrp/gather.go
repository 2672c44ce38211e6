package llrp

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
)

// Bounds of gathering.
const (
	goneAfter   = time.Second      // a tag unseen for so long has left the zone
	longestStay = 5 * time.Second  // after which a tag that stays is told of all the same
	rememberFor = 10 * time.Minute // so that what a reader says again is known
	contactsMax = 8192             // remembered at once
)

// gather makes one sighting of the many reports that a tag gives while it is in a lane's zone. What is
// told twice, or told late after a lost line, belongs to the contact it came from.
type gather struct {
	lanes    map[uint16]Lane
	number   Numbering
	contacts map[contactKey][]*contact
	open     []*contact // not told yet, oldest first
	count    int
}

type contactKey struct {
	lane int
	epc  string
}

// contact is a tag's stay in a lane. first and last are the reader's time, heard the host's.
type contact struct {
	key         contactKey
	direction   string
	first, last time.Time
	at          time.Time // when it was strongest
	rssi        int8
	began       time.Time
	heard       time.Time
	told        bool
}

func newGather(lanes map[uint16]Lane, number Numbering) *gather {
	return &gather{lanes: lanes, number: number, contacts: map[contactKey][]*contact{}}
}

// add takes a report in. It is false when the antenna belongs to no lane.
func (g *gather) add(t TagReport, now time.Time) bool {
	lane, ok := g.lanes[t.Antenna]
	if !ok || len(t.EPC) == 0 {
		return false
	}
	first, last := cmp.Or(t.First, t.Last, now), cmp.Or(t.Last, t.First, now)
	key := contactKey{lane.Number, string(t.EPC)}
	for _, c := range g.contacts[key] {
		if first.Before(c.last.Add(goneAfter)) && last.After(c.first.Add(-goneAfter)) {
			c.add(t.RSSI, first, last)
			c.heard = now
			return true
		}
	}
	c := &contact{key: key, direction: lane.Direction, first: first, last: last, at: last, rssi: t.RSSI, began: now, heard: now}
	g.contacts[key] = append(g.contacts[key], c)
	g.open = append(g.open, c)
	g.count++
	return true
}

func (c *contact) add(rssi int8, first, last time.Time) {
	if first.Before(c.first) {
		c.first = first
	}
	if last.After(c.last) {
		c.last = last
	}
	if rssi > c.rssi && !c.told {
		c.rssi, c.at = rssi, last
	}
}

// ripe returns the stays that are over at an instant, or all of them, in the order they happened.
func (g *gather) ripe(now time.Time, all bool) []hardware.Sighting {
	var over []hardware.Sighting
	g.open = slices.DeleteFunc(g.open, func(c *contact) bool {
		if !all && now.Sub(c.heard) < goneAfter && now.Sub(c.began) < longestStay {
			return false
		}
		c.told = true
		over = append(over, g.sighting(c))
		return true
	})
	slices.SortStableFunc(over, func(a, b hardware.Sighting) int { return a.At.Compare(b.At) })
	g.forget(now)
	return over
}

// forget lets go of old contacts, and of all that are told when there are too many.
func (g *gather) forget(now time.Time) {
	for key, contacts := range g.contacts {
		left := slices.DeleteFunc(contacts, func(c *contact) bool {
			return c.told && (g.count > contactsMax || now.Sub(c.heard) > rememberFor)
		})
		g.count -= len(contacts) - len(left)
		if g.contacts[key] = left; len(left) == 0 {
			delete(g.contacts, key)
		}
	}
}

func (g *gather) sighting(c *contact) hardware.Sighting {
	read := hardware.TagRead{Finding: hardware.UnknownIssuer, OBU: strings.ToUpper(hex.EncodeToString([]byte(c.key.epc)))}
	if pan, ok := g.number([]byte(c.key.epc)); ok {
		read.PAN, read.Finding = pan, hardware.Read
		if !hardware.ValidCheckDigit(pan) {
			read.Finding = hardware.WrongNumber
		}
	}
	return hardware.Sighting{Lane: c.key.lane, At: c.at, Direction: c.direction, Tag: read}
}
