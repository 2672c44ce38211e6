package rating

import (
	"cmp"
	"slices"
	"time"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Crossing is a passage resolved against a plan: 24 bytes that hold all that rating asks. It is
// only of use with the plan that made it. Instants are kept in whole milliseconds.
type Crossing struct {
	at      int64 // Unix milliseconds
	key     uint32
	price   uint32 // row
	station StationIndex
	hour    uint16 // hour rule, 0 when it takes no part
	cap     uint16 // cap rule, 0 when it takes no part
	month   uint8  // local calendar month, modulo 256
	fate    fate
}

// fate says whether a passage is charged at all: charged, tied (charged, but linked stations or a
// daily maximum may have a say), otherway, or exemptBy + Kind.
type fate uint8

const (
	charged fate = iota
	tied
	otherway
	exemptBy
)

// At is the passage's instant.
func (c Crossing) At() time.Time { return time.UnixMilli(c.at).UTC() }

// UnixMilli is the passage's instant as ResolveAt was given it.
func (c Crossing) UnixMilli() int64 { return c.at }

// Station is the passage's station in the plan's list.
func (c Crossing) Station() StationIndex { return c.station }

// Compare is the order that sets are rated in: by instant, then by station and Key, so that passages
// of one instant have the same order however they arrived. Crossings that compare equal are equal.
func (c Crossing) Compare(d Crossing) int {
	if c.at != d.at {
		return cmp.Compare(c.at, d.at)
	}
	return cmp.Or(
		cmp.Compare(c.station, d.station), cmp.Compare(c.key, d.key), cmp.Compare(c.price, d.price),
		cmp.Compare(c.hour, d.hour), cmp.Compare(c.cap, d.cap), cmp.Compare(c.fate, d.fate),
	)
}

// Sort puts a set in the order that Rate needs.
func Sort(set []Crossing) { slices.SortFunc(set, Crossing.Compare) }

// SortIndex orders positions of a set, for callers that keep something beside each crossing.
func SortIndex(order []int, set []Crossing) {
	slices.SortStableFunc(order, func(a, b int) int { return set[a].Compare(set[b]) })
}

// KeyOf makes an Input.Key from a passage's identity (FNV-1a).
func KeyOf(id toll.PassageID) uint32 {
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return h
}

func (c *Crossing) chargeable() bool { return c.fate <= tied }

// same tells whether a passage is the one before it once more: same instant, station and Key.
func (c *Crossing) same(d *Crossing) bool {
	return c.at == d.at && c.station == d.station && c.key == d.key
}

// Way is a direction in one byte; 0 is unknown.
type Way uint8

// WayOf returns the way of a direction.
func WayOf(d toll.Direction) Way {
	switch d {
	case toll.Inbound:
		return 1
	case toll.Outbound:
		return 2
	case toll.DirectionUnknown:
	}
	return 0
}

// Kind is a kind of exemption in one byte; 0 is none.
type Kind uint8

const (
	noKind Kind = iota
	motorcycle
	disabled
	emergency
	transit
	embassy
	kindCount
)

// kindNames are the published words, by Kind.
func kindNames() [kindCount]toll.ExemptionKind {
	return [kindCount]toll.ExemptionKind{
		motorcycle: tariff.ExemptMotorcycle, disabled: toll.ExemptDisabled, emergency: toll.ExemptEmergency,
		transit: toll.ExemptTransit, embassy: toll.ExemptEmbassy,
	}
}

// KindOf returns the kind of an exemption; one that no tariff knows is none.
func KindOf(k toll.ExemptionKind) Kind {
	if k == "" {
		return noKind
	}
	names := kindNames()
	for i := noKind + 1; i < kindCount; i++ {
		if names[i] == k {
			return i
		}
	}
	return noKind
}
