package passage

import (
	"bytes"
	"slices"
	"time"

	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// vehicleSet is what is known of one vehicle in whole calendar months, in the order of rating. Nothing of
// the vehicle lies within reach of its ends: no window crosses them, so rating the set alone is exact.
// A set that is in the cache is never changed; a changed one takes its place.
type vehicleSet struct {
	first, last oslo.Month
	crossings   []rating.Crossing
	charges     []rating.Charge
	posted      []posted
	unpriced    []ID // passages without a tariff: kept, not rated
	withdrawn   []ID // passages that did not happen: kept, not rated
}

// posted is what is posted for a crossing.
type posted struct {
	id       ID
	customer ID
	digest   int64
	list     int32
	net      int32
	revision int16
}

func (s *vehicleSet) covers(first, last oslo.Month) bool { return s.first <= first && last <= s.last }

func (s *vehicleSet) has(id ID) bool {
	for i := range s.posted {
		if s.posted[i].id == id {
			return true
		}
	}
	return slices.Contains(s.unpriced, id) || slices.Contains(s.withdrawn, id)
}

// clone copies the set with room for more.
func (s *vehicleSet) clone(more int) *vehicleSet {
	n := len(s.crossings)
	return &vehicleSet{
		first: s.first, last: s.last,
		crossings: append(make([]rating.Crossing, 0, n+more), s.crossings...),
		charges:   append(make([]rating.Charge, 0, n+more), s.charges...),
		posted:    append(make([]posted, 0, n+more), s.posted...),
		unpriced:  slices.Clip(s.unpriced),
		withdrawn: slices.Clip(s.withdrawn),
	}
}

// insert puts a crossing where it belongs; charges are out of step until the set is rated.
func (s *vehicleSet) insert(c rating.Crossing, st posted) {
	i, _ := slices.BinarySearchFunc(s.crossings, c, func(a, b rating.Crossing) int { return a.Compare(b) })
	for i < len(s.crossings) && s.crossings[i].Compare(c) == 0 && bytes.Compare(s.posted[i].id[:], st.id[:]) < 0 {
		i++
	}
	s.crossings = slices.Insert(s.crossings, i, c)
	s.charges = slices.Insert(s.charges, i, rating.Charge{})
	s.posted = slices.Insert(s.posted, i, st)
}

// remove takes a passage out.
func (s *vehicleSet) remove(id ID) {
	is := func(other ID) bool { return other == id }
	s.unpriced, s.withdrawn = slices.DeleteFunc(s.unpriced, is), slices.DeleteFunc(s.withdrawn, is)
	for i := range s.posted {
		if s.posted[i].id == id {
			s.crossings = slices.Delete(s.crossings, i, i+1)
			s.charges = slices.Delete(s.charges, i, i+1)
			s.posted = slices.Delete(s.posted, i, i+1)
			return
		}
	}
}

// size is the number of passages, for the cache's bound.
func (s *vehicleSet) size() int { return len(s.crossings) + len(s.unpriced) + len(s.withdrawn) + 1 }

// cacheMax bounds the passages that a worker remembers, in each of two generations of the cache.
const cacheMax = 250_000

// cache remembers sets by vehicle. When the young half is full it becomes the old half, and what was
// old is forgotten.
type cache struct {
	young, old map[ID]*vehicleSet
	size       int
}

func newCache() *cache { return &cache{young: map[ID]*vehicleSet{}} }

func (c *cache) get(id ID) *vehicleSet {
	if s := c.young[id]; s != nil {
		return s
	}
	return c.old[id]
}

func (c *cache) put(id ID, s *vehicleSet) {
	if was := c.young[id]; was != nil {
		c.size -= was.size()
	}
	if c.size += s.size(); c.size > cacheMax {
		c.old, c.young, c.size = c.young, map[ID]*vehicleSet{}, s.size()
	}
	c.young[id] = s
}

// months is a run of calendar months.
type months struct{ first, last oslo.Month }

func (m months) with(month oslo.Month) months {
	return months{min(m.first, month), max(m.last, month)}
}

// span is the time to load for the months and what reaches over their edges.
func (m months) span(id ID, reach time.Duration) Span {
	return Span{Vehicle: id, From: m.first.Start().Add(-reach), To: (m.last + 1).Start().Add(reach)}
}
