package tariff

import (
	"time"

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
	Caps      []Cap
	Exempt    []Exempt
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
	NotJuly     bool
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

// Missing says honestly that the source has no price for a class: its passages cannot be priced.
type Missing struct {
	Origin
	For Target
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

// Cap is the number of paid passages in a calendar month after which passages are free, tolling.md A-8.
type Cap struct {
	Origin
	CapGroup string
	N        int
	Groups   []Group
	Needs    Needs
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

func (b Band) covers(zone string, day DayKind, minute int) bool {
	if !b.Days[day.Weekday] || b.NotHolidays && day.Holiday || b.NotJuly && day.July || !in(b.Zones, zone) {
		return false
	}
	for _, s := range b.Spans {
		if minute >= s.From && minute < s.To {
			return true
		}
	}
	return false
}

// DayKind is all that time bands ask of a day.
type DayKind struct {
	Weekday       time.Weekday
	Holiday, July bool
}

// KindOf returns the kind of a Norwegian calendar day.
func KindOf(d oslo.Day) DayKind {
	_, month, _ := d.YMD()
	return DayKind{Weekday: d.Weekday(), Holiday: oslo.Holiday(d), July: month == time.July}
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
