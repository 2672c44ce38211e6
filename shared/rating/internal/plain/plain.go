// Package plain is a second implementation of rating, written for readability: maps, time.Time and one rule after
// the other. Tests compare the fast implementation with it.
package plain

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Result is the price of one passage.
type Result struct {
	List, Net money.Ore
	Carrier   int         // index of the passage that carries the window's charge; its own outside other windows
	Count, Of int         // number in the month, 0 when not counted
	Cut       money.Ore   // reduction by the daily maximum
	Freed     rating.Rule // duplicate, pair, annul or waive when that rule made it free
	Pending   bool
	Missing   bool
}

// passage is an input with all data that depend on it alone.
type passage struct {
	rating.Input
	place   int // index in the result
	order   int // index of its station
	station tariff.Station
	version *tariff.Version
	class   toll.Class
	list    money.Ore
	price   money.Ore
	free    bool // exempt, or not charged in this direction
}

func (p *passage) have() tariff.Needs { return tariff.Have(p.Agreement, p.TagRead) }

// Rate prices one vehicle's passages, given in any order. Passages before the instant known are complete.
func Rate(book *tariff.Book, inputs []rating.Input, known time.Time) []Result {
	r := rater{results: make([]Result, len(inputs)), known: known}
	for i, in := range inputs {
		p, err := alone(book, in)
		r.results[i] = Result{Carrier: i, Missing: err != nil}
		if err == nil {
			p.place = i
			r.results[i].List, r.results[i].Net = p.list, p.price
			r.passages = append(r.passages, p)
		}
	}
	slices.SortStableFunc(r.passages, func(a, b *passage) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.order, b.order), cmp.Compare(a.Key, b.Key))
	})
	r.duplicates()
	r.pairs()
	r.hourRule()
	r.waivers()
	r.hourRule()
	r.dailyMaximum()
	r.monthlyCap()
	return r.results
}

// rater is the state of rating one vehicle's passages.
type rater struct {
	passages []*passage // in the order of time
	results  []Result
	known    time.Time
}

// taking returns the passages that are charged and not freed so far.
func (r *rater) taking() (list []*passage) {
	for _, p := range r.passages {
		if !p.free && r.results[p.place].Freed == "" {
			list = append(list, p)
		}
	}
	return list
}

func (r *rater) set(p *passage, freed rating.Rule) {
	res := &r.results[p.place]
	res.Freed, res.Net, res.Carrier = freed, 0, p.place
}

// alone returns the price of one passage on its own.
func alone(book *tariff.Book, in rating.Input) (*passage, error) {
	p := &passage{Input: in}
	scheme := p.find(book)
	if scheme == nil {
		return nil, fault.New(fault.StationUnknown)
	}
	local := oslo.In(in.At)
	day := oslo.DayOf(in.At)
	p.version = scheme.Version(day)
	if p.version == nil {
		return nil, errors.New("no version")
	}
	have := p.have()
	p.class = p.version.Class(in.Facts, have)
	if !p.station.Charges(in.Direction) {
		p.free = true
		return p, nil
	}
	band := p.version.BandAt(p.station.PriceZone, p.version.KindOf(day), local.Hour()*60+local.Minute())
	fares, sized := int64(1), true
	// A ferry has no bands of the day; its bands are lengths, and a fare may be a multiple of another.
	if scheme.Ferry {
		band, sized = p.version.FareBand(p.class, in.LengthMM, in.TrailerMM)
		band, fares = tariff.Fare(band)
	}
	if !sized {
		return nil, errors.New("no length")
	}
	list, ok := p.version.Price(p.station.PriceZone, band, p.class)
	part := p.version.TollPart(p.station.PriceZone)
	if ok {
		p.list = list*money.Ore(fares) + part
	}
	if p.exempt(have) {
		p.free = true
		return p, nil
	}
	if !ok {
		return nil, errors.New("no price")
	}
	p.price = discounted(p, list)*money.Ore(fares) + part
	return p, nil
}

// find returns the scheme of the passage's station and sets the station and its position in the book, by which
// passages at one instant are ordered.
func (p *passage) find(book *tariff.Book) *tariff.Scheme {
	for _, scheme := range book.Schemes {
		for _, st := range scheme.Stations {
			if st.ID == p.Station {
				p.station = st
				return scheme
			}
			p.order++
		}
	}
	return nil
}

// exempt reports whether the passage is exempt under the version. Motorcycles are exempt by their class; the
// exemption of disabled people applies only at stations that are free for them.
func (p *passage) exempt(have tariff.Needs) bool {
	kind := p.Exempt
	if p.class == toll.Motorcycle {
		kind = tariff.ExemptMotorcycle
	}
	if kind == toll.ExemptDisabled && !p.station.DisabledFree {
		return false
	}
	return p.version.Exempts(kind, have)
}

// discounted returns the price after discounts. A supplementary agreement replaces the tag discount, the share of
// zero-emission vehicles applies to the rest, and the result is rounded once.
func discounted(p *passage, list money.Ore) money.Ore {
	num, den := int64(1), int64(1)
	off, ok := p.version.TagDiscount(p.class, p.have())
	if s, held := p.version.Supplement(p.Products, p.class, p.have()); held {
		off, ok = s.Off, true
	}
	if ok {
		num, den = num*(off.Den-off.Num), den*off.Den
	}
	if pays, ok := p.version.ZeroShare(p.class, p.have()); ok {
		num, den = num*pays.Num, den*pays.Den
	}
	return list.Share(num, den)
}

// window is the open window of a passage group.
type window struct {
	until   time.Time
	rule    *tariff.HourRule
	carrier *passage
	price   money.Ore
	members []int
}

// hourRule charges the passages of one window once. The first passage that is outside the window of the group
// begins the next one. In mode dearest, the most expensive passage is the one that is charged.
func (r *rater) hourRule() {
	open := map[string]*window{}
	for _, p := range r.taking() {
		res := &r.results[p.place]
		res.Net, res.Carrier = p.price, p.place
		rule := p.version.HourRule(p.station.HourGroup)
		if p.price == 0 || rule == nil || !rule.Covers(p.class, p.have()) {
			continue
		}
		group := string(p.station.Scheme) + "/" + p.station.HourGroup
		w := open[group]
		// Windows do not overlap: one opens with the first passage after the previous window.
		if w == nil || p.At.After(w.until) || p.At.Equal(w.until) && !w.rule.Included {
			until := p.At.Add(time.Duration(rule.Minutes) * time.Minute)
			open[group] = &window{until: until, rule: rule, carrier: p, price: p.price, members: []int{p.place}}
			continue
		}
		w.members = append(w.members, p.place)
		if w.rule.Mode == tariff.Dearest && p.price > w.price {
			w.carrier, w.price = p, p.price
		}
		// The carrier may have changed, so the whole window is written again.
		for _, m := range w.members {
			r.results[m].Carrier, r.results[m].Net = w.carrier.place, 0
		}
		r.results[w.carrier.place].Net = w.price
	}
}
