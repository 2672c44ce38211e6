// Package plain is the rating written for reading only: maps, time.Time and one rule after the
// other. Tests hold the fast rating to it.
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

// Result is what one passage costs.
type Result struct {
	List, Net money.Ore
	Carrier   int // place of the passage that carries the window's charge; its own when it is in no other's
	Count, Of int // number in the month, 0 when not counted
	Missing   bool
}

// passage is an input with all that is known of it alone.
type passage struct {
	rating.Input
	place   int // in the answer
	order   int // of its station
	station tariff.Station
	version *tariff.Version
	class   toll.Class
	list    money.Ore
	price   money.Ore
	free    bool // exempt, or not charged in this direction
}

// Rate prices one vehicle's passages, given in any order.
func Rate(book *tariff.Book, inputs []rating.Input) []Result {
	results := make([]Result, len(inputs))
	var known []*passage
	for i, in := range inputs {
		p, err := alone(book, in)
		results[i] = Result{Carrier: i, Missing: err != nil}
		if err == nil {
			p.place = i
			results[i].List, results[i].Net = p.list, p.price
			known = append(known, p)
		}
	}
	slices.SortStableFunc(known, func(a, b *passage) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.order, b.order), cmp.Compare(a.Key, b.Key))
	})
	hourRule(known, results)
	monthlyCap(known, results)
	return results
}

// alone finds the price of one passage on its own.
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
	have := tariff.Have(in.Agreement, in.TagRead)
	p.class = p.version.Class(in.Facts, have)
	band := p.version.BandAt(p.station.PriceZone, tariff.KindOf(day), local.Hour()*60+local.Minute())
	list, ok := p.version.Price(p.station.PriceZone, band, p.class)
	if !p.station.Charges(in.Direction) {
		p.free = true
		return p, nil
	}
	p.list = list
	if p.exempt(have) {
		p.free = true
		return p, nil
	}
	if !ok {
		return nil, errors.New("no price")
	}
	p.price = discounted(p.version, p.class, have, list)
	return p, nil
}

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

func discounted(v *tariff.Version, class toll.Class, have tariff.Needs, list money.Ore) money.Ore {
	num, den := int64(1), int64(1)
	if off, ok := v.TagDiscount(class, have); ok {
		num, den = num*(off.Den-off.Num), den*off.Den
	}
	if pays, ok := v.ZeroShare(class, have); ok {
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

func hourRule(known []*passage, results []Result) {
	open := map[string]*window{}
	for _, p := range known {
		rule := p.version.HourRule(p.station.HourGroup)
		if p.free || p.price == 0 || rule == nil || !rule.Covers(p.class, tariff.Have(p.Agreement, p.TagRead)) {
			continue
		}
		group := string(p.station.Scheme) + "/" + p.station.HourGroup
		w := open[group]
		if w == nil || p.At.After(w.until) || p.At.Equal(w.until) && !w.rule.Included {
			until := p.At.Add(time.Duration(rule.Minutes) * time.Minute)
			open[group] = &window{until: until, rule: rule, carrier: p, price: p.price, members: []int{p.place}}
			continue
		}
		w.members = append(w.members, p.place)
		if w.rule.Mode == tariff.Dearest && p.price > w.price {
			w.carrier, w.price = p, p.price
		}
		for _, m := range w.members {
			results[m].Carrier, results[m].Net = w.carrier.place, 0
		}
		results[w.carrier.place].Net = w.price
	}
}

func monthlyCap(known []*passage, results []Result) {
	type month struct {
		group string
		month oslo.Month
	}
	paid := map[month]int{}
	for _, p := range known {
		rule := p.version.Cap(p.station.CapGroup)
		r := &results[p.place]
		if r.Net == 0 || rule == nil || !rule.Covers(p.class, tariff.Have(p.Agreement, p.TagRead)) {
			continue
		}
		m := month{string(p.station.Scheme) + "/" + p.station.CapGroup, oslo.MonthOf(p.At)}
		paid[m]++
		r.Count, r.Of = paid[m], rule.N
		if r.Count > r.Of {
			r.Net = 0
		}
	}
}
