package recheck

import (
	"time"

	"bompass/shared/oslo"
)

// RelevantRange returns which of a vehicle's passages, given by their ordered instants, a recheck must contain: the
// passages of the month and, on either side, those that follow each other within the plan's Longest, since a
// window can cross midnight. They are at[first:end]. Whole is false when relevant passages may lie outside the
// interval from since until before, from which the instants were read.
func RelevantRange(at []time.Time, month oslo.Month, longest time.Duration, since, before time.Time) (first, end int, whole bool) {
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
