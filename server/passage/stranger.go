package passage

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"
)

// unknownKeyWarnInterval is how often it is said that unknown keys were used, however many are.
const unknownKeyWarnInterval = time.Minute

// unknownKeys counts who comes with a key that is not known, over HTTP or as a leaf node, and tells the
// operator of it: a station whose key was mistyped or withdrawn, or somebody who tries keys.
type unknownKeys struct {
	log *slog.Logger

	mu     sync.Mutex
	times  int
	warned time.Time
}

// record counts one. The key itself is nobody's to read; the beginning of its hash tells keys apart.
func (s *unknownKeys) record(key [sha256.Size]byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times++
	if !s.warned.IsZero() && now.Sub(s.warned) < unknownKeyWarnInterval {
		return
	}
	s.log.Warn("a key that is not known", "times", s.times, "latest", hex.EncodeToString(key[:4]))
	s.times, s.warned = 0, now
}
