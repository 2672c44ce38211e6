package recheck

import (
	"time"

	"bompass/shared/oslo"
)

// Reach tells which of a vehicle's passages, given their instants in order, a bill must have: those of
// the month and, on either side, those that follow each other within the plan's Longest, since a
// window can cross midnight. First and end bound them. Whole is false when the instants, which are all
// there are from since until before, may go on.
func Reach(at []time.Time, month oslo.Month, longest time.Duration, since, before time.Time) (first, end int, whole bool) {
	start, stop := month.Start(), (month + 1).Start()
	for first < len(at) && at[first].Before(start) {
		first++
	}
	for end = first; end < len(at) && at[end].Before(stop); end++ {
	}
	for first > 0 && start.Sub(at[first-1]) < longest {
		first--
		start = at[first]
	}
	for end < len(at) && at[end].Sub(stop) < longest {
		stop = at[end]
		end++
	}
	return first, end, start.Sub(since) >= longest && before.Sub(stop) >= longest
}
