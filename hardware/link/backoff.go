package link

import (
	"context"
	"time"
)

// Limits of the wait before a line is opened again.
const (
	backoffMin = 250 * time.Millisecond
	backoffMax = 30 * time.Second
	steadyFrom = 2 * time.Second // a line that was up this long resets the backoff
)

// backoff is an exponential backoff with jitter.
type backoff struct {
	jitter func() float64 // 0 ≤ x < 1
	next   time.Duration
}

// after returns the wait after a line that was up for the given time. It is between half and all of the
// current step, so that the stations of a road do not reconnect at the same moment.
func (b *backoff) after(up time.Duration) time.Duration {
	if up >= steadyFrom || b.next == 0 {
		b.next = backoffMin
	}
	wait := b.next
	b.next = min(2*b.next, backoffMax)
	return wait/2 + time.Duration(b.jitter()*float64(wait/2))
}

// pause waits for d and reports whether it elapsed before ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
