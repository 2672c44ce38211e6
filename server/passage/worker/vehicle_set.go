package worker

import (
	"bytes"
	"slices"
	"time"

	"bompass/server/passage"
	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// vehicleSet is all passages of one vehicle in whole calendar months, in the order of rating. No passage of the
// vehicle lies within reach of its ends, so no window crosses them and rating the set alone is exact. A set in the
// cache is never changed; a changed copy replaces it.
type vehicleSet struct {
	first, last oslo.Month
	crossings   []rating.Crossing
	charges     []rating.Charge
	posted      []posted
	unpriced    []passage.ID // passages without a price: stored, not rated
	withdrawn   []passage.ID // passages that did not happen: stored, not rated
}

// posted is what is posted for a crossing.
type posted struct {
	id        passage.ID
	customer  passage.ID
	agreement passage.ID
	digest    int64
	list      int32
	net       int32
	revision  int16
}

func (s *vehicleSet) covers(first, last oslo.Month) bool { return s.first <= first && last <= s.last }

// has reports whether the set contains a passage.
func (s *vehicleSet) has(id passage.ID) bool {
	for i := range s.posted {
		if s.posted[i].id == id {
			return true
		}
	}
	return slices.Contains(s.unpriced, id) || slices.Contains(s.withdrawn, id)
}

// clone returns a copy of the set with capacity for more passages.
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

// insert adds a crossing in order. The charges are invalid until the set is rated.
func (s *vehicleSet) insert(c rating.Crossing, st posted) {
	i, _ := slices.BinarySearchFunc(s.crossings, c, func(a, b rating.Crossing) int { return a.Compare(b) })
	for i < len(s.crossings) && s.crossings[i].Compare(c) == 0 && bytes.Compare(s.posted[i].id[:], st.id[:]) < 0 {
		i++
	}
	s.crossings = slices.Insert(s.crossings, i, c)
	s.charges = slices.Insert(s.charges, i, rating.Charge{})
	s.posted = slices.Insert(s.posted, i, st)
}

// remove deletes a passage.
func (s *vehicleSet) remove(id passage.ID) {
	is := func(other passage.ID) bool { return other == id }
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

// size is the number of passages, plus one so that an empty set counts.
func (s *vehicleSet) size() int { return len(s.crossings) + len(s.unpriced) + len(s.withdrawn) + 1 }

// cacheMax is the maximum number of passages in each of the two halves of a worker's cache.
const cacheMax = 250_000

// cache holds sets by vehicle. When the young half is full it replaces the old half.
type cache struct {
	young, old map[passage.ID]*vehicleSet
	size       int
}

func newCache() *cache { return &cache{young: map[passage.ID]*vehicleSet{}} }

func (c *cache) get(id passage.ID) *vehicleSet {
	if s := c.young[id]; s != nil {
		return s
	}
	return c.old[id]
}

// put stores the set of a vehicle. When the young part exceeds cacheMax, it becomes the old part, and the
// previous old part is dropped.
func (c *cache) put(id passage.ID, s *vehicleSet) {
	if was := c.young[id]; was != nil {
		c.size -= was.size()
	}
	if c.size += s.size(); c.size > cacheMax {
		c.old, c.young, c.size = c.young, map[passage.ID]*vehicleSet{}, s.size()
	}
	c.young[id] = s
}

// drop removes the set of a vehicle.
func (c *cache) drop(id passage.ID) {
	if s := c.young[id]; s != nil {
		c.size -= s.size()
		delete(c.young, id)
	}
	delete(c.old, id)
}

// months is a range of calendar months, both ends included.
type months struct{ first, last oslo.Month }

func (m months) with(month oslo.Month) months {
	return months{min(m.first, month), max(m.last, month)}
}

// span returns the period to load: the months, and as far beyond them as a window can reach.
func (m months) span(id passage.ID, reach time.Duration) passage.Span {
	return passage.Span{Vehicle: id, From: m.first.Start().Add(-reach), To: (m.last + 1).Start().Add(reach)}
}
