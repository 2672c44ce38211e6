package tariff

import (
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Version is what a scheme charges from a day on, until the next version or its own end.
type Version struct {
	Origin
	ID        string   // "oslo@2023-03-01", as explanations name it
	From      oslo.Day // first day
	To        oslo.Day // first day no longer in force; 0 when the next version, or nothing, ends it
	Source    string   // the price list it was taken from
	HeavyCars *Rule    // whom an M1 over 3,500 kg is light for, tolling.md A-1
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
	PlateMatch  bool     // the tag discount is given on a plate match too, tolling.md A-15
	Tolls       []Toll   // of ferries
	Trailer     *Trailer // of ferries; nil: by total length
	VAT         Fraction // of ferries, on top of the fare without it; the prices include it

	Clock string // the scheme's
	Ferry bool   // the scheme is one: bands are fare classes
}

// Rule is a rule that holds for whoever meets its needs.
type Rule struct {
	Origin
	Needs Needs
}

// Band is a named part of the day with prices of its own. Outside every band it is base time.
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

// Alias says that a class pays what another one pays.
type Alias struct {
	Origin
	Class, Pays toll.Class
}

// Missing says honestly that the source has no price for a class, or for anything in a price zone:
// those passages cannot be priced.
type Missing struct {
	Origin
	For  Target
	Zone string // the whole zone, when not empty
}

// String is what has no price, as files write it.
func (m Missing) String() string {
	if m.Zone != "" {
		return "zone " + m.Zone
	}
	return m.For.String()
}

// Discount is the share of the list price that a tag takes off, tolling.md A-3.
type Discount struct {
	Origin
	Group Group
	Off   Fraction
	Needs Needs
}

// Share is the share that zero-emission vehicles pay of the price after the tag discount, tolling.md A-4.
type Share struct {
	Origin
	For   Target
	Pays  Fraction
	Needs Needs
}

// Mode says which passage of an hour-rule window is charged, tolling.md A-5.
type Mode string

// The modes.
const (
	First    Mode = "first"    // the first passage's price
	Dearest  Mode = "dearest"  // the highest price in the window
	Standard Mode = "standard" // as first
	None     Mode = "none"     // every passage is charged
)

// HourRule is one charge per window inside a passage group.
type HourRule struct {
	Origin
	Mode     Mode
	Minutes  int
	Groups   []Group
	Needs    Needs
	In       []string // passage groups it is for; empty is all
	Included bool     // the window's last instant belongs to it; otherwise windows are half-open
}

// Cap is the number of paid passages in a calendar month after which passages are free, tolling.md
// A-8, or the most that a calendar day costs, tolling.md A-19.
type Cap struct {
	Origin
	CapGroup   string
	N          int       // passages of a month; 0 when Day speaks
	Day        money.Ore // most of a day, when Daily
	Daily      bool
	Season     string // of a daily cap: only in this season; empty is all year
	PerStation bool   // every station counts for itself
	Groups     []Group
	Needs      Needs
}

// Exempt is a kind of exemption that is honoured, for those who meet its needs.
type Exempt struct {
	Origin
	Kind  toll.ExemptionKind
	Needs Needs
}

// ExemptMotorcycle is the exemption that every motorcycle and moped has, without being registered.
const ExemptMotorcycle toll.ExemptionKind = "motorcycle"

// BandAt names the time band at a minute after midnight, tolling.md A-7.
func (v *Version) BandAt(zone string, day DayKind, minute int) string {
	for _, b := range v.Bands {
		if b.covers(zone, day, minute) {
			return b.Name
		}
	}
	return Base
}

// BandsOn lists the bands that a price zone has on a kind of day.
func (v *Version) BandsOn(zone string, day DayKind) (list []Band) {
	for _, b := range v.Bands {
		if b.On(day) && in(b.Zones, zone) {
			list = append(list, b)
		}
	}
	return list
}

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

// On tells whether a kind of day has the band.
func (b Band) On(day DayKind) bool {
	if b.NotHolidays && day.Holiday || b.NotEves && day.Eve || b.NotJuly && day.July {
		return false
	}
	return b.Days[day.Weekday] && (b.Season == "" || b.Season == day.Season)
}

// in tells whether a name is listed; an empty list lists all.
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
