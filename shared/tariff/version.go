package tariff

import (
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Version is the prices and rules of a scheme from a day until the next version or its own end.
type Version struct {
	Origin
	ID        string   // "oslo@2023-03-01", as used in explanations
	From      oslo.Day // first day
	To        oslo.Day // first day no longer in force; 0 when the next version ends it
	Source    string   // the price list that it was taken from
	HeavyCars *Rule    // conditions under which an M1 over 3,500 kg counts as light
	Bands     []Band
	Prices    []Price
	Aliases   []Alias
	Missing   []Missing
	Tags      []Discount
	Shares    []Share
	Hours     []HourRule
	Links     []Link
	Caps      []Cap
	Exempt    []Exempt

	Seasons     []Season
	Supplements []Supplement
	PlateMatch  bool     // the tag discount is given on a plate match too
	Tolls       []Toll   // of ferries
	Trailer     *Trailer // of ferries; nil: by total length
	VAT         Fraction // of ferries; included in the prices, relative to the fare without it

	Clock string // time zone of the scheme
	Ferry bool   // the scheme is a ferry: bands are fare classes
}

// Rule is a rule that applies to passages that meet its conditions.
type Rule struct {
	Origin
	Needs Needs
}

// Band is a named part of the day with prices of its own. The time outside every band is base time.
type Band struct {
	Origin
	Name        string
	Days        [7]bool // by time.Weekday
	Spans       []Span
	NotHolidays bool
	NotEves     bool // not on the day before a public holiday
	NotJuly     bool
	Season      string   // only in this season; empty is all year
	Zones       []string // price zones that have it; empty is all
}

// Span is a half-open part of a day in minutes after midnight on the wall clock.
type Span struct{ From, To int }

// Base is the name of the time outside every band.
const Base = "base"

// Price is one amount of a price list.
type Price struct {
	Origin
	Zone string
	For  Target
	Band string
	Ore  money.Ore
}

// Alias makes a class pay the price of another class.
type Alias struct {
	Origin
	Class, Pays toll.Class
}

// Missing declares that the source has no price for a class, or for a whole price zone. Such passages cannot be
// priced.
type Missing struct {
	Origin
	For  Target
	Zone string // the whole zone, when not empty
}

// String returns the class or zone without a price in the notation of files.
func (m Missing) String() string {
	if m.Zone != "" {
		return "zone " + m.Zone
	}
	return m.For.String()
}

// Discount is the share of the list price that the tag discount deducts.
type Discount struct {
	Origin
	Group Group
	Off   Fraction
	Needs Needs
}

// Share is the share of the price after the tag discount that zero-emission vehicles pay.
type Share struct {
	Origin
	For   Target
	Pays  Fraction
	Needs Needs
}

// Mode is how the charge of an hour-rule window is determined.
type Mode string

// The modes.
const (
	First    Mode = "first"    // the first passage's price
	Dearest  Mode = "dearest"  // the highest price in the window
	Standard Mode = "standard" // as first
	None     Mode = "none"     // every passage is charged
)

// HourRule limits a passage group to one charge per window.
type HourRule struct {
	Origin
	Mode     Mode
	Minutes  int
	Groups   []Group
	Needs    Needs
	In       []string // passage groups; empty for all
	Included bool     // the window includes its last instant; otherwise it is half-open
}

// Cap is the number of paid passages in a calendar month after which passages are free, or the maximum cost of a
// calendar day.
type Cap struct {
	Origin
	CapGroup   string
	N          int       // passages of a month; 0 for a daily cap
	Day        money.Ore // maximum cost of a day, for a daily cap
	Daily      bool
	Season     string // of a daily cap: only in this season; empty is all year
	PerStation bool   // each station is counted separately
	Groups     []Group
	Needs      Needs
}

// Exempt is a kind of exemption that is honoured for passages that meet its conditions.
type Exempt struct {
	Origin
	Kind  toll.ExemptionKind
	Needs Needs
}

// ExemptMotorcycle is the exemption of every motorcycle and moped, which needs no registration.
const ExemptMotorcycle toll.ExemptionKind = "motorcycle"

// BandAt returns the name of the time band at a minute after midnight.
func (v *Version) BandAt(zone string, day DayKind, minute int) string {
	for _, b := range v.Bands {
		if b.covers(zone, day, minute) {
			return b.Name
		}
	}
	return Base
}

// BandsOn returns the bands of a price zone on a kind of day.
func (v *Version) BandsOn(zone string, day DayKind) (list []Band) {
	for _, b := range v.Bands {
		if b.On(day) && in(b.Zones, zone) {
			list = append(list, b)
		}
	}
	return list
}

// covers reports whether a minute of a kind of day in a zone belongs to the band.
func (b Band) covers(zone string, day DayKind, minute int) bool {
	if !b.On(day) || !in(b.Zones, zone) {
		return false
	}
	for _, s := range b.Spans {
		if minute >= s.From && minute < s.To {
			return true
		}
	}
	return false
}

// On reports whether the band exists on a kind of day.
func (b Band) On(day DayKind) bool {
	if b.NotHolidays && day.Holiday || b.NotEves && day.Eve || b.NotJuly && day.July {
		return false
	}
	return b.Days[day.Weekday] && (b.Season == "" || b.Season == day.Season)
}

// in reports whether a list contains a name. An empty list contains every name.
func in(list []string, name string) bool {
	if len(list) == 0 {
		return true
	}
	for _, n := range list {
		if n == name {
			return true
		}
	}
	return false
}
