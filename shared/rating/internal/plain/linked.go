package plain

import (
	"slices"
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// duplicates makes every passage free that equals an earlier one in instant, station and key.
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

// pairs applies pairs and annulments by passages at other stations within the window.
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

// waivers frees passages that a charged passage elsewhere waives.
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

// linkOf returns the first link of one of the kinds that applies to the passage.
func linkOf(p *passage, kinds ...tariff.LinkKind) *tariff.Link {
	for i := range p.version.Links {
		if l := &p.version.Links[i]; slices.Contains(kinds, l.Kind) && l.IsAt(p.Station, p.have()) {
			return l
		}
	}
	return nil
}
