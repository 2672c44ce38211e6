// Package rating owns what passages cost: a pure function from a price plan and one vehicle's
// passages to charges, each with its reasons.
//
// It is given the set of passages, never their order of arrival: every late, moved or withdrawn
// passage is rated anew together with the others. It knows no clock, no database and no words.
//
// What is open in the sources is decided so: a passage that costs nothing (exempt, uncharged
// direction, price 0) neither opens nor joins a window nor counts; the needs of a rule are asked of
// each passage; a window keeps the rule of the passage that opened it; a passage counts in the
// calendar month in which it happened, and only the one that carries a window's charge counts. A
// passage that linked stations free is as if it had not happened for the hour rule; the same passage
// twice in a set is charged once.
package rating

import (
	"slices"
	"time"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Plan is a compiled book of tariffs. It is never changed and may be used by many at once.
type Plan struct {
	stations []tariff.Station // by StationIndex
	index    map[toll.StationID]StationIndex
	places   []place // by StationIndex
	versions []version
	clockOf  []uint16               // (version, profile, kind of day) → clock
	clocks   [][minutesPerDay]uint8 // minute of the day → band
	rows     []row                  // (version, profile, band, class, what the passage has) → price
	hours    []hourRule             // 0 takes no part
	caps     []capRule              // 0 takes no part
	days     calendar
	longest  int64              // window of an hour rule, in milliseconds
	tied     int64              // the longest reach of linked stations
	products []tariff.ProductID // by their place in Products
}

// StationIndex is a station's place in Plan.Stations: what a fast caller keeps instead of its id.
type StationIndex uint16

// place is what resolving asks of a station.
type place struct {
	first, end   uint16 // its scheme's versions
	profile      uint16 // (price zone, passage group, cap group) within the scheme
	charged      Way
	special      special
	disabledFree bool
}

// special says in one byte what makes resolving look closer.
type special uint8

const (
	oneWay     special = 1 << iota // charged in one direction
	neighbours                     // linked to other stations, or under a daily maximum
)

// version is a tariff version with the offsets of its parts in the plan's flat tables.
type version struct {
	from, to int64 // milliseconds, half-open
	clocks   int32 // in clockOf
	rows     int32
	bands    int32
	cars     tariff.Needs            // whom a heavy M1 is light for
	own      bool                    // not by the clock of the plain Norwegian calendar: see ResolveWith
	exempt   [kindCount]tariff.Needs // needs of each kind of exemption; never when it is not honoured
	id       string
	names    []string // of bands
	source   *tariff.Version
	block    int32        // rows without a supplement; each product has as many again
	products []supplement // in the order of the file
	links    []link
	kinds    []uint8 // of the days of its own calendar; nil: the Norwegian one
}

// supplement is a line of a version: who has its discount, and in which block of rows.
type supplement struct {
	group   tariff.Group
	needs   tariff.Needs
	product uint8 // in Plan.products
	block   int32 // from 1
}

// row is the price of a passage on its own.
type row struct {
	list, tag, zero, net int32  // øre: list price, what the tag and the zero-emission share take off, what is left
	hour, cap            uint16 // rules it takes part in, 0 for none
}

type hourRule struct {
	group   uint16
	dearest bool
	minutes int32
	span    int64 // milliseconds
}

type capRule struct {
	group uint16
	daily bool                         // has a Day
	n     int32                        // passages of a month, 0 when they are not bounded
	day   [1 + tariff.SeasonsMax]int32 // most of a day by season, 0 when it is not bounded
}

const (
	minutesPerDay = 24 * 60
	states        = 4                      // tariff.Needs a passage can have
	never         = tariff.Needs(1 << 7)   // no passage has it
	classCount    = int32(toll.ClassCount) // price classes
	unpriced      = -1
)

// Station returns a station as the tariff knows it.
func (p *Plan) Station(id toll.StationID) (tariff.Station, bool) {
	i, ok := p.index[id]
	if !ok {
		return tariff.Station{}, false
	}
	return p.stations[i], true
}

// StationIndex returns the index that ResolveAt takes.
func (p *Plan) StationIndex(id toll.StationID) (StationIndex, bool) {
	i, ok := p.index[id]
	return i, ok
}

// Stations lists every station, ordered by scheme and then as in its file. The list is the plan's: read it only.
func (p *Plan) Stations() []tariff.Station { return p.stations }

// Longest is how far passages can bear on each other: the longest window of any hour rule and, where
// stations are linked, their window on top. A set to rate begins where at least this much
// lies between its first passage and the one before it, or at the vehicle's first passage.
func (p *Plan) Longest() time.Duration { return time.Duration(p.longest+p.tied) * time.Millisecond }

// Products tells a plan which supplementary products a passage has; those that no tariff knows are left out.
func (p *Plan) Products(held []tariff.ProductID) (set Products) {
	for _, id := range held {
		if i := slices.Index(p.products, id); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// Version names the tariff version that a passage is priced by, such as oslo@2023-03-01.
func (p *Plan) Version(c Crossing) string { return p.version(c).id }

// version looks among the few of the station's scheme, whose rows follow each other.
func (p *Plan) version(c Crossing) *version {
	pl := &p.places[c.station]
	n := int(pl.end) - 1
	for n > int(pl.first) && p.versions[n].rows > int32(c.price) {
		n--
	}
	return &p.versions[n]
}
