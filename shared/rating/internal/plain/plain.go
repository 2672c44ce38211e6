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
	Carrier   int         // place of the passage that carries the window's charge; its own when it is in no other's
	Count, Of int         // number in the month, 0 when not counted
	Cut       money.Ore   // what the daily maximum took off
	Freed     rating.Rule // duplicate, pair, annul or waive, when one of them made it free
	Pending   bool
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

func (p *passage) have() tariff.Needs { return tariff.Have(p.Agreement, p.TagRead) }

// capGroup is what the passage is counted in.
func (p *passage) capGroup(k *tariff.Cap) string {
	group := string(p.station.Scheme) + "/" + p.station.CapGroup
	if k.PerStation {
		group += "/" + string(p.station.ID)
	}
	return group
}

// Rate prices one vehicle's passages, given in any order, when those before an instant are all known.
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

type rater struct {
	passages []*passage // in the order of time
	results  []Result
	known    time.Time
}

// taking lists the passages that still take part: charged, and freed by nothing so far.
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

func (r *rater) duplicates() {
	type seen struct {
		at      int64
		station toll.StationID
		key     uint32
	}
	first := map[seen]bool{}
	for _, p := range r.passages {
		s := seen{p.At.UnixMilli(), p.Station, p.Key}
		if first[s] && !p.free {
			r.set(p, rating.RuleDuplicate)
		}
		first[s] = true
	}
}

// pairs settles pairs and annulments: what a passage at another station within the window does.
func (r *rater) pairs() {
	there := r.taking()
	for _, p := range there {
		l := linkOf(p, tariff.Pair, tariff.Annul)
		if l == nil {
			continue
		}
		together := slices.ContainsFunc(there, func(o *passage) bool {
			return within(l, p.At.Sub(o.At).Abs()) && l.IsWith(p.Station, o.Station)
		})
		if together == (l.Kind == tariff.Annul) {
			r.set(p, rating.Rule(l.Kind))
		}
		r.results[p.place].Pending = !together && r.open(p, l)
	}
}

// waivers frees passages for the sake of one that carries a charge elsewhere.
func (r *rater) waivers() {
	there := r.taking()
	paid := map[*passage]bool{}
	for _, p := range there {
		paid[p] = r.results[p.place].Net > 0
	}
	for _, p := range there {
		l := linkOf(p, tariff.Waive)
		if l == nil || p.price == 0 {
			continue
		}
		waived := slices.ContainsFunc(there, func(o *passage) bool {
			earlier := !o.At.After(p.At)
			return paid[o] && slices.Contains(l.With, o.Station) && within(l, p.At.Sub(o.At).Abs()) && (earlier || l.Before)
		})
		if waived {
			r.set(p, rating.RuleWaive)
		} else if l.Before && r.open(p, l) {
			r.results[p.place].Pending = true
		}
	}
}

func (r *rater) open(p *passage, l *tariff.Link) bool {
	end := p.At.Add(time.Duration(l.Minutes) * time.Minute)
	return end.After(r.known) || l.Included && end.Equal(r.known)
}

func within(l *tariff.Link, apart time.Duration) bool {
	window := time.Duration(l.Minutes) * time.Minute
	return apart < window || l.Included && apart == window
}

func linkOf(p *passage, kinds ...tariff.LinkKind) *tariff.Link {
	for i := range p.version.Links {
		if l := &p.version.Links[i]; slices.Contains(kinds, l.Kind) && l.IsAt(p.Station, p.have()) {
			return l
		}
	}
	return nil
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
	have := p.have()
	p.class = p.version.Class(in.Facts, have)
	if !p.station.Charges(in.Direction) {
		p.free = true
		return p, nil
	}
	band := p.version.BandAt(p.station.PriceZone, p.version.KindOf(day), local.Hour()*60+local.Minute())
	fares, sized := int64(1), true
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
			r.results[m].Carrier, r.results[m].Net = w.carrier.place, 0
		}
		r.results[w.carrier.place].Net = w.price
	}
}

func (r *rater) dailyMaximum() {
	type day struct {
		group string
		day   oslo.Day
	}
	spent := map[day]money.Ore{}
	for _, p := range r.taking() {
		res := &r.results[p.place]
		on := oslo.DayOf(p.At)
		if !p.everUnderMaximum() {
			continue
		}
		rule := p.version.DayCap(p.station.CapGroup, p.version.KindOf(on).Season)
		d := day{p.capGroup(p.anyMaximum()), on}
		if rule != nil && rule.Covers(p.class, p.have()) {
			left := max(0, rule.Day-spent[d])
			res.Cut = max(0, res.Net-left)
			res.Net -= res.Cut
		}
		spent[d] += res.Net
	}
}

// everUnderMaximum tells whether some season has a daily maximum for the passage: then it is counted.
func (p *passage) everUnderMaximum() bool { return p.anyMaximum() != nil && p.price > 0 }

func (p *passage) anyMaximum() *tariff.Cap {
	for i := range p.version.Caps {
		k := &p.version.Caps[i]
		if k.Daily && k.CapGroup == p.station.CapGroup && k.Covers(p.class, p.have()) {
			return k
		}
	}
	return nil
}

func (r *rater) monthlyCap() {
	type month struct {
		group string
		month oslo.Month
	}
	paid := map[month]int{}
	for _, p := range r.taking() {
		rule := p.version.Cap(p.station.CapGroup)
		res := &r.results[p.place]
		if res.Net == 0 || rule == nil || !rule.Covers(p.class, p.have()) {
			continue
		}
		m := month{p.capGroup(rule), oslo.MonthOf(p.At)}
		paid[m]++
		res.Count, res.Of = paid[m], rule.N
		if res.Count > res.Of {
			res.Net = 0
		}
	}
}
