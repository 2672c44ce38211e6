package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"
)

// unknownKeyWarnInterval is the minimum time between two warnings, however many unknown keys are used.
const unknownKeyWarnInterval = time.Minute

// unknownKeys counts requests with an unknown API key, over HTTP or from a leaf node, and logs warnings: a station's
// key is mistyped or withdrawn, or keys are being guessed. It is safe for concurrent use.
type unknownKeys struct {
	log *slog.Logger

	mu     sync.Mutex
	count  int
	warned time.Time
}

// record counts one request. Only the beginning of the key's hash is logged, which is enough to tell keys apart.
func (u *unknownKeys) record(key [sha256.Size]byte, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count++
	if !u.warned.IsZero() && now.Sub(u.warned) < unknownKeyWarnInterval {
		return
	}
	u.log.Warn("unknown station key", "count", u.count, "latest", hex.EncodeToString(key[:4]))
	u.count, u.warned = 0, now
}
