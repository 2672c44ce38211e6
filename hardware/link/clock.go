package link

import "time"

// ClockAlarm is the offset from which on a beacon's clock is wrong: reader.md 2.3.
const ClockAlarm = 200 * time.Millisecond

// clockEstimate is how far a beacon's clock is before the host's. A measurement is as good as its round trip
// was short; the estimate keeps the better one until it has grown old.
type clockEstimate struct {
	offset time.Duration
	slack  time.Duration // half the round trip
	at     time.Time
}

// driftPerSecond is how much a measurement loses by age: quartz, with room.
const driftPerSecond = 50 * time.Microsecond

func (e *clockEstimate) update(sent, received, clock time.Time) {
	slack := received.Sub(sent) / 2
	aged := e.slack + time.Duration(received.Sub(e.at).Seconds()*float64(driftPerSecond))
	if e.at.IsZero() || slack <= aged {
		*e = clockEstimate{offset: clock.Sub(sent.Add(slack)), slack: slack, at: received}
	}
}
