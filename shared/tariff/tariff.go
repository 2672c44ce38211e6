// Package tariff represents price plans as data: schemes with their stations and dated versions. It parses the text
// format that toll officers edit, and checks that a plan is complete. Package rating computes prices from it.
package tariff

import (
	"cmp"
	"slices"

	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Book is a set of schemes, ordered by id.
type Book struct {
	Schemes []*Scheme
}

// Scheme (bompengeanlegg) is a set of stations with one toll charger and common rules.
type Scheme struct {
	Origin
	File        string
	ID          toll.SchemeID
	Name        string
	Charger     toll.ChargerID
	ChargerName string
	Contact     toll.Contact // of the toll charger's customer service
	Office      toll.Office  // of the toll charger
	Clock       string       // the zone whose wall clock and calendar decide bands, days and months
	Currency    string       // currency of all amounts: NOK or SEK; amounts are in hundredths
	Ferry       bool         // priced by length
	Stations    []Station    // in the order of the file
	Versions    []Version    // ordered by From
}

// Station is a charge point of a price list.
type Station struct {
	Origin
	ID           toll.StationID
	Number       int // the operator's own number
	Name         string
	Scheme       toll.SchemeID
	Charger      toll.ChargerID
	ChargerName  string
	Charged      toll.Direction // the direction that is charged; DirectionUnknown is both
	HourGroup    string         // passage group of the hour rule; empty for none
	CapGroup     string         // group whose paid passages the monthly cap counts; empty for none
	PriceZone    string         // which of the version's prices apply
	DisabledFree bool           // free with a disabled-parking permit
	Currency     string         // of its prices: NOK or SEK
	Ferry        bool           // priced by length: see rating.Extra
	Lat, Lon     int32          // millionths of a degree; both 0 when unknown
}

// Charges reports whether a passage in a direction is charged. An unknown direction is charged.
func (s Station) Charges(d toll.Direction) bool {
	return s.Charged == toll.DirectionUnknown || d == toll.DirectionUnknown || d == s.Charged
}

// Origin is the position of an entry in its file.
type Origin struct{ Line int }

func (o Origin) line() int { return o.Line }

// NewBook returns a book of the schemes, ordered by id.
func NewBook(schemes ...*Scheme) *Book {
	b := &Book{Schemes: slices.Clone(schemes)}
	slices.SortFunc(b.Schemes, func(a, c *Scheme) int { return cmp.Compare(a.ID, c.ID) })
	return b
}

// Version returns the version in force on a day, or nil in a gap.
func (s *Scheme) Version(day oslo.Day) *Version {
	for i := len(s.Versions) - 1; i >= 0; i-- {
		if v := &s.Versions[i]; day >= v.From {
			if day < s.End(i) {
				return v
			}
			return nil
		}
	}
	return nil
}

// End returns the first day on which version i is no longer in force, or Forever.
func (s *Scheme) End(i int) oslo.Day {
	end := Forever
	if i+1 < len(s.Versions) {
		end = s.Versions[i+1].From
	}
	if to := s.Versions[i].To; to != 0 && to < end {
		end = to
	}
	return end
}

// Contact returns how the customer services of all toll chargers are reached, each number and address once, in the
// order of the book.
func (b *Book) Contact() (all toll.Contact) {
	for _, s := range b.Schemes {
		all.Phones = addNew(all.Phones, s.Contact.Phones)
		all.Emails = addNew(all.Emails, s.Contact.Emails)
	}
	return all
}

// ContactOf returns how the customer services of some toll chargers are reached.
func (b *Book) ContactOf(chargers ...toll.ChargerID) (found toll.Contact) {
	for _, s := range b.Schemes {
		if slices.Contains(chargers, s.Charger) {
			found.Phones = addNew(found.Phones, s.Contact.Phones)
			found.Emails = addNew(found.Emails, s.Contact.Emails)
		}
	}
	return found
}

// Chargers returns the toll chargers, each once, in the order of the book, with what its schemes say of them.
func (b *Book) Chargers() (list []toll.Charger) {
	for _, s := range b.Schemes {
		at := slices.IndexFunc(list, func(c toll.Charger) bool { return c.ID == s.Charger })
		if at < 0 {
			at, list = len(list), append(list, toll.Charger{ID: s.Charger, Name: s.ChargerName})
		}
		c := &list[at]
		c.Contact.Phones = addNew(slices.Clip(c.Contact.Phones), s.Contact.Phones)
		c.Contact.Emails = addNew(slices.Clip(c.Contact.Emails), s.Contact.Emails)
		c.Office.Site, c.Office.Address = cmp.Or(c.Office.Site, s.Office.Site), cmp.Or(c.Office.Address, s.Office.Address)
		if len(c.Office.Hours) == 0 {
			c.Office.Hours = s.Office.Hours
		}
	}
	return list
}

// addNew appends the texts of more that list does not have.
func addNew(list, more []string) []string {
	for _, text := range more {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// Zones lists the price zones that stations name, in the order of the file.
func (s *Scheme) Zones() []string {
	return named(s.Stations, func(st Station) string { return st.PriceZone })
}

// HourGroups lists the passage groups that stations name.
func (s *Scheme) HourGroups() []string {
	return named(s.Stations, func(st Station) string { return st.HourGroup })
}

// CapGroups lists the cap groups that stations name.
func (s *Scheme) CapGroups() []string {
	return named(s.Stations, func(st Station) string { return st.CapGroup })
}

// named returns the different names of stations by a function, in order of first appearance.
func named(stations []Station, name func(Station) string) []string {
	var names []string
	for _, st := range stations {
		if n := name(st); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// Forever is the end of a version that nothing ends.
const Forever oslo.Day = 1 << 30
