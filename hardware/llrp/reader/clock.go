package reader

import "time"

// Parameters of the clock estimate.
const (
	driftPerSecond = 50 * time.Microsecond // assumed drift, a poor quartz
	sampleMax      = 10 * time.Minute      // age after which a sample is replaced
	stepMin        = time.Second           // smallest step of a clock that is detected
	stepSamples    = 5                     // consecutive live samples that show a step
)

// clockEstimate estimates the offset of a reader's clock from the host's. A message is delayed on its way but
// never early, so the largest difference between the reader's time and the time of arrival is the best.
type clockEstimate struct {
	known  bool
	offset time.Duration // the reader's time minus the host's
	at     time.Time     // host's time of the sample
	below  []time.Duration
}

// add adds the reader's time of a message that arrived now. live reports that the message was not held by the
// reader.
func (c *clockEstimate) add(device, now time.Time, live bool) {
	sample := device.Sub(now)
	age := now.Sub(c.at)
	aged := c.offset - time.Duration(age.Seconds()*float64(driftPerSecond))
	switch {
	case !c.known || sample >= aged || age > sampleMax && live:
		*c = clockEstimate{known: true, offset: sample, at: now}
	case live && sample < c.offset-stepMin: // delayed, or the clock was set back
		if c.below = append(c.below, sample); len(c.below) >= stepSamples {
			best := c.below[0]
			for _, s := range c.below {
				best = max(best, s)
			}
			*c = clockEstimate{known: true, offset: best, at: now}
		}
	case live:
		c.below = nil
	}
}
