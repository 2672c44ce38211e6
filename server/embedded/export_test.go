package embedded

import (
	"context"
	"time"
)

// StopOrphanForTest stops the process of the postmaster.pid file below a directory, and waits at most wait after each
// signal.
func StopOrphanForTest(ctx context.Context, root string, wait time.Duration) error {
	p := &Postgres{place: place{root: root}}
	return p.stopOrphan(ctx, wait)
}
