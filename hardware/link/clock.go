package link

import "time"

// ClockAlarm is the offset above which a beacon's clock counts as wrong. At 110 km/h a vehicle drives 6 m in
// that time, the distance to the next one in a dense platoon.
const ClockAlarm = 200 * time.Millisecond

// clockEstimate is the estimated offset of a beacon's clock from the host's. The error of a measurement is
// at most half its round trip; the estimate keeps the best measurement until drift has made it worse than a
// new one.
type clockEstimate struct {
	offset time.Duration
	slack  time.Duration // half the round trip
	at     time.Time
}

// driftPerSecond is the assumed growth of a measurement's error: 50 ppm, a poor quartz.
const driftPerSecond = 50 * time.Microsecond

func (e *clockEstimate) update(sent, received, clock time.Time) {
	slack := received.Sub(sent) / 2
	aged := e.slack + time.Duration(received.Sub(e.at).Seconds()*float64(driftPerSecond))
	if e.at.IsZero() || slack <= aged {
		*e = clockEstimate{offset: clock.Sub(sent.Add(slack)), slack: slack, at: received}
	}
}
