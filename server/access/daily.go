package access

import (
	"context"
	"encoding/base64"
	"time"

	"bompass/shared/fault"
)

// DailyLimit is how often something may be tried in a day under a name.
type DailyLimit struct {
	Kind, Name string
	Max        int
}

const day = 24 * time.Hour

// AllowDaily counts a try under every name, or refuses it and counts nothing when one of them has had its day's
// share. A share comes back little by little. An address counts with its network.
func (d *Service) AllowDaily(ctx context.Context, limits ...DailyLimit) error {
	keys := make([]string, len(limits))
	for i, l := range limits {
		keys[i] = "daily " + l.Kind + ":" + base64.RawURLEncoding.EncodeToString(d.keys.hash(d.keys.throttle, network(l.Name))[:16])
	}
	now := d.now()
	return d.store.UpdateTries(ctx, keys, now.Add(-triesKept), func(tries []Tries) error {
		for i, l := range limits {
			back := int(min(now.Sub(tries[i].Last), day) / (day / time.Duration(l.Max)))
			tries[i].Count = max(0, tries[i].Count-back)
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
