package access

import (
	"context"
	"time"

	"bompass/shared/fault"
)

// DailyLimit is the maximum number of tries a day under a name.
type DailyLimit struct {
	Kind, Name string
	Max        int
}

const day = 24 * time.Hour

// AllowDaily counts a try under every name. It returns fault.TooManyToday and counts nothing when one of
// them has reached its limit. The limit is refilled evenly over the day. An address counts with its network.
func (s *Service) AllowDaily(ctx context.Context, limits ...DailyLimit) error {
	keys := make([]string, len(limits))
	for i, l := range limits {
		keys[i] = "daily " + l.Kind + ":" + s.keys.ThrottleName(Network(l.Name))
	}
	return s.store.UpdateTries(ctx, keys, s.now().Add(-triesKept), func(ahead time.Duration, tries []Tries) error {
		now := s.clock(ahead)
		for i, l := range limits {
			refilled := int(min(tries[i].elapsed(now), day) / (day / time.Duration(l.Max)))
			tries[i].Count = max(0, tries[i].Count-refilled)
			if tries[i].Count >= l.Max {
				return fault.New(fault.TooManyToday)
			}
		}
		for i := range tries {
			tries[i] = Tries{Count: tries[i].Count + 1, Last: now}
		}
		return nil
	})
}
