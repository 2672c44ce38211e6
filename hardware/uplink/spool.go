package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds of the spool.
const (
	syncEvery   = 64      // records after which the disk is told to keep them
	segmentMax  = 4 << 20 // octets after which a new segment file begins
	lanesMax    = 4096    // lanes counted in one spool
	keepRefused = "refused.ndjson"
)

// Spool is the station's memory: an append-only row of segment files with a mark up to where the
// server has answered. It is safe for several readers of lanes and one sender.
type Spool struct {
	dir   string
	epoch int64
	held  *os.File // the lock
	torn  int
	more  chan struct{} // one token when something new may be there

	mu       sync.Mutex
	last     map[laneKey]int64
	tail     *os.File // the segment being written
	tailNo   int
	tailSize int64
	unsynced int
	sent     mark
	waiting  int
	batch    mark // where the batch that was read last ends
}

type laneKey struct {
	station string
	lane    int
}

// Open takes up the spool in dir, making it when there is none. A record torn by a crash at the end of
// a segment is cut off. Every opening counts passages in a new epoch: now in seconds, or one more than
// the last when the clock has not moved.
func Open(dir string, now time.Time) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s := &Spool{dir: dir, last: map[laneKey]int64{}, more: make(chan struct{}, 1)}
	var err error
	if s.held, err = lock(dir); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, err)
	}
	if err := s.recover(now); err != nil {
		return nil, errors.Join(fmt.Errorf("open spool %s: %w", dir, err), s.held.Close())
	}
	return s, nil
}

func (s *Spool) recover(now time.Time) (err error) {
	if s.epoch, err = nextEpoch(filepath.Join(s.dir, "epoch"), now); err != nil {
		return err
	}
	if s.sent, err = readMark(filepath.Join(s.dir, "sent")); err != nil {
		return err
	}
	numbers, err := segments(s.dir)
	if err != nil {
		return err
	}
	for _, no := range numbers {
		if no < s.sent.Segment { // a crash came between the mark and the removal
			if err := os.Remove(segmentPath(s.dir, no)); err != nil {
				return err
			}
			continue
		}
		n, torn, err := mend(segmentPath(s.dir, no), s.sent.skip(no))
		if err != nil {
			return err
		}
		s.waiting, s.torn = s.waiting+n, s.torn+torn
		s.tailNo = no
	}
	s.tailNo = max(s.tailNo, s.sent.Segment)
	s.batch = s.sent
	s.wake()
	return s.nextSegment()
}

// Epoch is the count that this opening's sequences belong to.
func (s *Spool) Epoch() int64 { return s.epoch }

// Torn is how many octets Open has set aside, beside their segment, because they were no whole record.
// A crash leaves less than one record; more means that the disk is failing.
func (s *Spool) Torn() int { return s.torn }

// Append numbers a passage within its lane and writes it to disk. When it has returned, the passage
// outlives the process; it outlives a power cut after the next Sync, at most 64 passages away.
func (s *Spool) Append(o Observation) (Observation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lane := laneKey{o.Station, o.Lane}
	if _, known := s.last[lane]; !known && len(s.last) >= lanesMax {
		return o, fmt.Errorf("append passage: more than %d lanes", lanesMax)
	}
	o.Epoch, o.Sequence = s.epoch, s.last[lane]+1
	if err := s.write(o); err != nil {
		return o, fmt.Errorf("append passage: %w", err)
	}
	s.last[lane] = o.Sequence
	s.waiting++
	s.wake()
	return o, nil
}

func (s *Spool) write(o Observation) error {
	payload, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if len(payload) > recordMax {
		return fmt.Errorf("%d octets, at most %d", len(payload), recordMax)
	}
	if s.tailSize >= segmentMax {
		if err := s.nextSegment(); err != nil {
			return err
		}
	}
	record := appendRecord(make([]byte, 0, recordHead+len(payload)), payload)
	if _, err := s.tail.WriteAt(record, s.tailSize); err != nil {
		return err // the next record overwrites what was written of this one
	}
	s.tailSize += int64(len(record))
	if s.unsynced++; s.unsynced >= syncEvery {
		return s.sync()
	}
	return nil
}

// Sync makes everything appended so far outlive a power cut.
func (s *Spool) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sync()
}

func (s *Spool) sync() error {
	if s.unsynced == 0 {
		return nil
	}
	if err := s.tail.Sync(); err != nil {
		return fmt.Errorf("sync spool: %w", err)
	}
	s.unsynced = 0
	return nil
}

// Waiting is the number of passages the server has not answered for.
func (s *Spool) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// Close syncs and lets go of the files. What waits is sent after the next Open.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.sync(), s.tail.Close(), s.held.Close())
}

func (s *Spool) wake() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// Await blocks until passages may wait or ctx ends.
func (s *Spool) Await(ctx context.Context) error {
	select {
	case <-s.more:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
