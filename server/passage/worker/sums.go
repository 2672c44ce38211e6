package worker

import (
	"bytes"
	"cmp"
	"slices"

	"bompass/server/passage"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// sums adds up what a round posts.
type sums map[passage.SumKey]*passage.Sum

// of returns the sum of a key.
func (s sums) of(key passage.SumKey) *passage.Sum {
	sum := s[key]
	if sum == nil {
		sum = &passage.Sum{SumKey: key}
		s[key] = sum
	}
	return sum
}

// addPassage counts a new passage, if it has a payer.
func (s sums) addPassage(rec *passage.Record) {
	if rec.Customer == (passage.ID{}) {
		return
	}
	sum := s.of(rec.SumKey())
	sum.Passages++
	if rec.MatchedBy == toll.ByPlate {
		sum.Unread++
	}
}

// addNet adds the amount of a charge to the sum of its passage, if the passage has a payer.
func (s sums) addNet(key passage.SumKey, net money.Ore) {
	if key.Customer != (passage.ID{}) && net != 0 {
		s.of(key).Net += net
	}
}

// list returns the sums, ordered by key, so that transactions lock their rows in one order.
func (s sums) list() []passage.Sum {
	list := make([]passage.Sum, 0, len(s))
	for _, sum := range s {
		list = append(list, *sum)
	}
	slices.SortFunc(list, func(a, b passage.Sum) int {
		return cmp.Or(bytes.Compare(a.Customer[:], b.Customer[:]), cmp.Compare(a.Day, b.Day),
			bytes.Compare(a.Vehicle[:], b.Vehicle[:]), bytes.Compare(a.Agreement[:], b.Agreement[:]))
	})
	return list
}

// capKey returns the key of the count that a passage may have changed.
func capKey(rec *passage.Record) passage.CapKey {
	return passage.CapKey{Customer: rec.Customer, Month: oslo.MonthOf(rec.At), Station: rec.Station}
}

// touchCap notes that a count towards a cap may have changed.
func (e *editedSet) touchCap(key passage.CapKey) {
	if key.Customer != (passage.ID{}) && !slices.Contains(e.caps, key) {
		e.caps = append(e.caps, key)
	}
}

// countCaps posts the counts towards caps that may have changed: the highest in the set, which is a rated whole month.
func (r *round) countCaps(e *editedSet) {
	if len(e.caps) == 0 {
		return
	}
	counts := make([]passage.CapCount, len(e.caps))
	for i, key := range e.caps {
		counts[i] = passage.CapCount{CapKey: key, Vehicle: e.vehicle}
	}
	for i := range e.crossings {
		n, of := r.plan.CapCount(e.crossings[i], e.charges[i])
		if n == 0 {
			continue
		}
		key := passage.CapKey{
			Customer: e.posted[i].customer, Month: oslo.MonthOf(e.crossings[i].At()), Station: r.plan.Stations()[e.crossings[i].Station()].ID,
		}
		if at := slices.Index(e.caps, key); at >= 0 && n > counts[at].Count {
			counts[at].Count, counts[at].Of = n, of
		}
	}
	r.posting.CapCounts = append(r.posting.CapCounts, counts...)
}
