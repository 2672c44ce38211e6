package rating

import (
	"cmp"
	"slices"
	"time"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Crossing is a passage resolved against a plan: 24 bytes with all data that rating needs. It is only valid with
// the plan that made it. Instants are in whole milliseconds.
type Crossing struct {
	at        int64 // Unix milliseconds
	key       uint32
	price     uint32 // row
	station   StationIndex
	hour      uint16 // hour rule, 0 when it takes no part
	cap       uint16 // cap rule, 0 when it takes no part
	month     uint8  // local calendar month, modulo 256
	treatment treatment
}

// treatment is whether a passage is charged: charged, tied (charged, but subject to linked stations or a daily
// maximum), otherDirection, or exemptBy + Exemption.
type treatment uint8

const (
	charged treatment = iota
	tied
	otherDirection
	exemptBy
)

// At returns the passage's instant.
func (c Crossing) At() time.Time { return time.UnixMilli(c.at).UTC() }

// UnixMilli returns the passage's instant as given to ResolveAt.
func (c Crossing) UnixMilli() int64 { return c.at }

// Station returns the index of the passage's station in the plan.
func (c Crossing) Station() StationIndex { return c.station }

// Compare orders a set for rating: by instant, then station, then Key, so that passages of one instant have the
// same order whatever the order of arrival. Crossings that compare equal are equal.
func (c Crossing) Compare(d Crossing) int {
	if c.at != d.at {
		return cmp.Compare(c.at, d.at)
	}
	return cmp.Or(
		cmp.Compare(c.station, d.station), cmp.Compare(c.key, d.key), cmp.Compare(c.price, d.price),
		cmp.Compare(c.hour, d.hour), cmp.Compare(c.cap, d.cap), cmp.Compare(c.treatment, d.treatment),
	)
}

// Sort orders a set as Rate requires.
func Sort(set []Crossing) { slices.SortFunc(set, Crossing.Compare) }

// SortIndex sorts indices of a set, for callers with parallel slices.
func SortIndex(order []int, set []Crossing) {
	slices.SortStableFunc(order, func(a, b int) int { return set[a].Compare(set[b]) })
}

// KeyOf returns the Input.Key of a passage's identity (FNV-1a).
func KeyOf(id toll.PassageID) uint32 {
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return h
}

func (c *Crossing) chargeable() bool { return c.treatment <= tied }

// same reports whether a passage repeats the one before it: same instant, station and Key.
func (c *Crossing) same(d *Crossing) bool {
	return c.at == d.at && c.station == d.station && c.key == d.key
}

// Direction is a direction of travel in one byte. 0 is unknown.
type Direction uint8

// DirectionOf returns the compact form of a direction.
func DirectionOf(d toll.Direction) Direction {
	switch d {
	case toll.Inbound:
		return 1
	case toll.Outbound:
		return 2
	case toll.DirectionUnknown:
	}
	return 0
}

// Exemption is a kind of exemption in one byte, 0 for no exemption.
type Exemption uint8

const (
	noKind Exemption = iota
	motorcycle
	disabled
	emergency
	transit
	embassy
	kindCount
)

// kindNames holds the published names, by Exemption.
func kindNames() [kindCount]toll.ExemptionKind {
	return [kindCount]toll.ExemptionKind{
		motorcycle: tariff.ExemptMotorcycle, disabled: toll.ExemptDisabled, emergency: toll.ExemptEmergency,
		transit: toll.ExemptTransit, embassy: toll.ExemptEmbassy,
	}
}

// ExemptionOf returns the compact form of a kind of exemption. A kind that no tariff supports counts as no exemption.
func ExemptionOf(k toll.ExemptionKind) Exemption {
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
