// Package rating prices passages. It is a pure function from a price plan and one vehicle's passages to charges,
// each with its reasons.
//
// Its input is the set of passages, independent of their order of arrival. When a passage is late, moved or
// withdrawn, the set is rated again. The package uses no clock, no database and no texts.
//
// Decisions where the sources leave a question open: a passage that costs nothing (exempt, uncharged direction,
// price 0) neither opens nor joins a window, nor counts towards a cap. The conditions of a rule apply to each
// passage. A window keeps the rule of the passage that opened it. A passage counts in the calendar month in which
// it happened, and only the passage that carries a window's charge counts. For the hour rule, a passage freed by
// linked stations does not exist. A passage that is twice in a set is charged once.
package rating

import (
	"slices"
	"time"

	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Core is the number of this rating core. It is increased by every change of the code that gives another price, or
// other steps, for the same passages and the same price lists, so that builds before and after it do not post in
// turn.
const Core = 1

// Plan is a compiled book of tariffs. It is immutable and safe for concurrent use.
type Plan struct {
	stations []tariff.Station // by StationIndex
	index    map[toll.StationID]StationIndex
	places   []place // by StationIndex
	versions []version
	clockOf  []uint16               // (version, profile, kind of day) → clock
	clocks   [][minutesPerDay]uint8 // minute of the day → band
	rows     []row                  // (version, profile, band, class, what the passage has) → price
	hours    []hourRule             // index 0 means none
	caps     []capRule              // index 0 means none
	days     calendar
	longest  int64              // window of an hour rule, in milliseconds
	tied     int64              // the longest reach of linked stations
	products []tariff.ProductID // by their bit in Products
}

// StationIndex is the index of a station in Plan.Stations, which fast callers store instead of its id.
type StationIndex uint16

// place is the data of a station that resolving needs.
type place struct {
	first, end   uint16 // its scheme's versions
	profile      uint16 // (price zone, passage group, cap group) within the scheme
	charged      Direction
	special      special
	disabledFree bool
}

// special is a set of flags for stations with rare rules.
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
	cars     tariff.Needs            // conditions under which an M1 over 3,500 kg counts as light
	own      bool                    // own calendar instead of the plain Norwegian one: see ResolveWith
	exempt   [kindCount]tariff.Needs // conditions of each kind of exemption; never when it is not honoured
	id       string
	names    []string // of bands
	source   *tariff.Version
	block    int32        // number of rows without a supplement; each product has the same number
	products []supplement // in the order of the file
	links    []link
	kinds    []uint8 // kinds of the days of its own calendar; nil for the Norwegian one
}

// supplement is a supplementary discount of a version: its conditions and its block of rows.
type supplement struct {
	group   tariff.Group
	needs   tariff.Needs
	product uint8 // in Plan.products
	block   int32 // from 1
}

// row is the price of a passage considered alone.
type row struct {
	list, tag, zero, net int32  // øre: list price, reductions by tag and zero emission, remaining price
	hour, cap            uint16 // indices of the rules that apply, 0 for none
}

// hourRule is a compiled hour rule. In mode dearest, the most expensive passage of a window is charged, otherwise
// the first.
type hourRule struct {
	group   uint16
	dearest bool
	minutes int32
	span    int64 // milliseconds
}

// capRule is a compiled monthly cap or daily maximum of a cap group.
type capRule struct {
	group uint16
	daily bool                         // has a Day
	n     int32                        // maximum of passages in a month, 0 for none
	day   [1 + tariff.SeasonsMax]int32 // maximum of a day by season, 0 for none
}

const (
	minutesPerDay = 24 * 60
	states        = 4                      // tariff.Needs a passage can have
	never         = tariff.Needs(1 << 7)   // condition that no passage meets
	classCount    = int32(toll.ClassCount) // price classes
	unpriced      = -1
)

// Station returns a station of the tariff.
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

// Stations returns every station, ordered by scheme and then as in its file. The caller must not modify the slice.
func (p *Plan) Stations() []tariff.Station { return p.stations }

// Longest returns the maximum distance over which passages affect each other: the longest window of any hour rule
// plus, where stations are linked, the longest link window. A set to rate begins after a gap of at least this
// length, or at the vehicle's first passage.
func (p *Plan) Longest() time.Duration { return time.Duration(p.longest+p.tied) * time.Millisecond }

// Products returns the set of the given supplementary products. Products that no tariff contains are left out.
func (p *Plan) Products(held []tariff.ProductID) (set Products) {
	for _, id := range held {
		if i := slices.Index(p.products, id); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// Version returns the tariff version of a passage's price, such as oslo@2023-03-01.
func (p *Plan) Version(c Crossing) string { return p.version(c).id }

// version searches the few versions of the station's scheme.
func (p *Plan) version(c Crossing) *version {
	pl := &p.places[c.station]
	n := int(pl.end) - 1
	for n > int(pl.first) && p.versions[n].rows > int32(c.price) {
		n--
	}
	return &p.versions[n]
}
