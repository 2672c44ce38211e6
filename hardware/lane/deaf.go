package lane

import "time"

// Numbers of the watch for deaf lanes.
const (
	DeafShare    = 0.5 // of vehicles read by their tag; a lane that hears has nine of ten
	deafVehicles = 20  // fewer in an hour say nothing
	slots        = 12
	slotWidth    = 5 * time.Minute
)

// DeafMonitor counts tags against vehicles over the last hour. A reader that answers every poll can be deaf
// all the same; only the cameras know what it should have heard.
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

// LastHour is what the last hour brought.
func (w *DeafMonitor) LastHour(now time.Time) (vehicles, tags int) {
	for _, s := range w.slots {
		if now.Sub(s.began) < time.Hour {
			vehicles, tags = vehicles+s.vehicles, tags+s.tags
		}
	}
	return vehicles, tags
}

// Deaf tells whether the lane reads far fewer tags than vehicles pass.
func (w *DeafMonitor) Deaf(now time.Time) bool {
	vehicles, tags := w.LastHour(now)
	return vehicles >= deafVehicles && float64(tags) < DeafShare*float64(vehicles)
}
