package tariff

import (
	"slices"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Ferries: a crossing is priced by the vehicle's length instead of the time of day. The fare classes are stored as
// bands, so that all code for prices applies to them.

// Toll is the toll part of a ferry crossing. It is paid once whatever the trailer, outside VAT and discounts.
type Toll struct {
	Origin
	Zone string
	Ore  money.Ore
}

// Trailer is the rule for light vehicles of at most Single with a trailer: one fare up to a total length of
// Single, two up to Double, three beyond. Lengths are in millimetres.
type Trailer struct {
	Origin
	Single, Double int
}

// Supplement is the discount of a supplementary agreement's product. It replaces the tag discount.
type Supplement struct {
	Origin
	Product ProductID
	Group   Group
	Off     Fraction
	Needs   Needs
}

// ProductID is the name of a supplementary agreement's product, such as a prepaid account.
type ProductID string

// fareClass is a length class: its name and its maximum length in millimetres.
type fareClass struct {
	name string
	to   int
}

// fareClasses returns the length classes AP1 to AP9 of ferry fares, with their maximum length in millimetres.
func fareClasses() []fareClass {
	return []fareClass{
		{"ap1", 6_000},
		{"ap2", 8_000},
		{"ap3", 10_000},
		{"ap4", 12_000},
		{"ap5", 14_000},
		{"ap6", 17_500},
		{"ap7", 19_500},
		{"ap8", 22_000},
		{"ap9", LengthMax},
	}
}

// LengthMax is the maximum length of a vehicle with its trailer, in millimetres.
const LengthMax = 60_000

// The fares of a short vehicle that exceeds the single length with its trailer.
const (
	doubleFare = "ap1-double"
	tripleFare = "ap1-triple"
)

// FareBands returns the fare classes that are stored as bands.
func FareBands() []string {
	var list []string
	for _, f := range fareClasses() {
		list = append(list, f.name)
	}
	return append(list, doubleFare, tripleFare)
}

// Fare returns the fare class in the file of a fare band, and how many times it is paid.
func Fare(band string) (written string, times int64) {
	switch band {
	case doubleFare:
		return "ap1", 2
	case tripleFare:
		return "ap1", 3
	}
	return band, 1
}

// FareBand returns the fare class of a vehicle and its trailer, with lengths in millimetres. It returns false when
// the length is unknown or beyond every class. Motorcycles have one fare whatever their length.
func (v *Version) FareBand(c toll.Class, length, trailer int) (string, bool) {
	if c == toll.Motorcycle {
		return "ap1", true
	}
	total := length + trailer
	if length <= 0 || trailer < 0 || total > LengthMax {
		return "", false
	}
	if t := v.Trailer; t != nil && trailer > 0 && c.Light() && length <= t.Single && total > t.Single {
		if total <= t.Double {
			return doubleFare, true
		}
		return tripleFare, true
	}
	for _, f := range fareClasses() {
		if total <= f.to {
			return f.name, true
		}
	}
	return "", false
}

// TollPart returns the toll part of a crossing in a price zone.
func (v *Version) TollPart(zone string) money.Ore {
	for _, t := range v.Tolls {
		if t.Zone == zone {
			return t.Ore
		}
	}
	return 0
}

// Supplement returns the discount of the first supplement in the file whose product is held.
func (v *Version) Supplement(products []ProductID, c toll.Class, have Needs) (Supplement, bool) {
	have = v.ForDiscount(have)
	for _, s := range v.Supplements {
		if s.Group == GroupOf(c) && slices.Contains(products, s.Product) && s.Needs.Met(have) {
			return s, true
		}
	}
	return Supplement{}, false
}

// Products returns the supplementary products of all schemes, each once, in the order of the book.
func (b *Book) Products() (list []ProductID) {
	for _, s := range b.Schemes {
		for i := range s.Versions {
			for _, sup := range s.Versions[i].Supplements {
				if !slices.Contains(list, sup.Product) {
					list = append(list, sup.Product)
				}
			}
		}
	}
	return list
}

// fares checks the lines that only ferries have.
func (c *checker) fares(s *Scheme, v *Version) {
	if !s.Ferry {
		if len(v.Tolls) > 0 || v.Trailer != nil || v.VAT.Num > 0 {
			c.problem(v.Line, "version %s has lines for a ferry; add: kind ferry, or take toll, trailer and vat away", v.ID)
		}
		return
	}
	if len(v.Bands) > 0 {
		c.problem(v.Bands[0].Line, "a ferry is priced by length, not by the time of day; take band %s away", v.Bands[0].Name)
	}
	for _, t := range v.Tolls {
		c.known(t.Line, "price zone", t.Zone, s.Zones())
	}
	if len(v.Links) > 0 {
		c.problem(v.Links[0].Line, "a ferry has no linked stations; take the line away")
	}
	for _, h := range v.Hours {
		if h.Mode != None {
			c.problem(h.Line, "a ferry has no hour rule; write: hour-rule none")
		}
	}
}
