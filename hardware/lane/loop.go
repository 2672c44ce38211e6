package lane

import (
	"cmp"
	"slices"
	"time"
)

// loopReach is the maximum time between a loop's pulse and its passage.
const loopReach = 1500 * time.Millisecond

// assignLoops assigns pulses to the nearest passages, closest pairs first, and adds a passage for every
// other pulse. Loops share the tag reader's clock, because one controller serves both.
func (j *Joiner) assignLoops(passages []Passage, now time.Time, closing bool) []Passage {
	type pair struct {
		gap  time.Duration
		p, l int
	}
	var pairs []pair
	for p := range passages {
		for l, loop := range j.loops {
			if gap := loop.At.Sub(passages[p].At).Abs(); gap <= loopReach {
				pairs = append(pairs, pair{gap, p, l})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.gap, b.gap) })
	used := make([]bool, len(j.loops))
	for _, c := range pairs {
		if !passages[c.p].Loop && !used[c.l] {
			passages[c.p].Loop, used[c.l] = true, true
			passages[c.p].Events = append(passages[c.p].Events, j.loops[c.l].ids...)
		}
	}
	// A pulse is kept as long as a tag or plate of its vehicle can still arrive.
	left := j.loops[:0]
	for l, loop := range j.loops {
		switch {
		case used[l]:
		case !closing && now.Sub(loop.arrived) < j.rules.FitMax+j.rules.Hold:
			left = append(left, loop)
		default:
			passages = append(passages, Passage{Sighting: loop.Sighting, Loop: true, Events: loop.ids})
		}
	}
	j.loops = left
	return passages
}

// byTime sorts passages by time.
func byTime(passages []Passage) {
	slices.SortStableFunc(passages, func(a, b Passage) int { return a.At.Compare(b.At) })
}
