package link

import (
	"context"
	"time"
)

// Bounds of the wait before a line is opened again.
const (
	backoffMin = 250 * time.Millisecond
	backoffMax = 30 * time.Second
	steadyFrom = 2 * time.Second // a line that was up this long starts over
)

// backoff grows with every line that did not last.
type backoff struct {
	jitter func() float64 // 0 to below 1
	next   time.Duration
}

// after is the wait after a line that was up so long: between half and all of what it has grown to, so
// that the stations of a road do not come back in step.
func (b *backoff) after(up time.Duration) time.Duration {
	if up >= steadyFrom || b.next == 0 {
		b.next = backoffMin
	}
	wait := b.next
	b.next = min(2*b.next, backoffMax)
	return wait/2 + time.Duration(b.jitter()*float64(wait/2))
}

// pause waits, and tells whether it came to its end before ctx did.
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
