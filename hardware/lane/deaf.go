package lane

import "time"

// Parameters of the deaf-lane alarm.
const (
	DeafShare    = 0.5 // minimum share of vehicles identified by their tag; the usual share is 0.9
	deafVehicles = 20  // minimum number of vehicles in an hour for a verdict
	slots        = 12
	slotWidth    = 5 * time.Minute
)

// DeafMonitor compares tags with vehicles over the last hour. A reader that answers every poll may still
// read no tags; only the cameras' count reveals it. The zero value is ready to use.
type DeafMonitor struct {
	slots [slots]slot
}

type slot struct {
	began          time.Time
	vehicles, tags int
}

// Add counts a vehicle.
func (w *DeafMonitor) Add(tagged bool, now time.Time) {
	began := now.Truncate(slotWidth)
	s := &w.slots[int(began.Unix()/int64(slotWidth/time.Second))%slots]
	if !s.began.Equal(began) {
		*s = slot{began: began}
	}
	s.vehicles++
	if tagged {
		s.tags++
	}
}

// LastHour returns the numbers of vehicles and of tags in the hour before now.
func (w *DeafMonitor) LastHour(now time.Time) (vehicles, tags int) {
	for _, s := range w.slots {
		if now.Sub(s.began) < time.Hour {
			vehicles, tags = vehicles+s.vehicles, tags+s.tags
		}
	}
	return vehicles, tags
}

// Deaf reports whether far fewer tags are read than vehicles pass.
func (w *DeafMonitor) Deaf(now time.Time) bool {
	vehicles, tags := w.LastHour(now)
	return vehicles >= deafVehicles && float64(tags) < DeafShare*float64(vehicles)
}
