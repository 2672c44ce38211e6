package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds of the spool.
const (
	lanesMax    = 4096 // lanes counted in one spool
	refusedFile = "refused.ndjson"
)

// Log is where a spool keeps its records, in their order: segment files, or the stream of package leaf.
// The spool calls one method at a time.
type Log interface {
	// Append keeps a record so that it outlives the process. After an error the same record is appended again.
	Append(record []byte) error
	// Sync makes everything appended so far outlive a power cut.
	Sync() error
	// Next returns the oldest records that are not done, at most n of them and of about octetsMax, synced.
	Next(n, octetsMax int) ([][]byte, error)
	// Done lets go of the records that Next returned last.
	Done() error
	// Find goes through the records, the newest of them done or not, until one is found.
	Find(found func(record []byte) bool) (bool, error)
}

// Spool is the station's memory: every passage, numbered, until the server has answered for it. It is
// safe for several readers of lanes and one sender.
type Spool struct {
	dir   string
	epoch int64
	lockFile  *os.File // the lock
	torn  int
	more  chan struct{} // one token when something new may be there

	mu      sync.Mutex
	log     Log
	last    map[laneKey]int64
	waiting int
}

type laneKey struct {
	station string
	lane    int
}

// Open takes up the spool in dir, making it when there is none, on segment files. A record torn by a
// crash at the end of a segment is cut off. Every opening counts passages in a new epoch: now in seconds,
// or one more than the last when the clock has not moved.
func Open(dir string, now time.Time) (*Spool, error) {
	f := &segmentLog{dir: dir}
	s, err := openOver(dir, now, f.open)
	if err != nil {
		return nil, err
	}
	s.torn = f.torn
	return s, nil
}

// OpenWithLog is Open on another Log. open is called once the spool is locked, and tells how many records
// are not done; the log is closed with the spool when it is an io.Closer. What waits in segment files from
// an earlier Open is moved into the log.
func OpenWithLog(dir string, now time.Time, open func() (log Log, waiting int, err error)) (*Spool, error) {
	return openOver(dir, now, func() (Log, int, error) {
		log, waiting, err := open()
		if err != nil {
			return nil, 0, err
		}
		moved, err := moveSegments(dir, log)
		if log, ok := log.(io.Closer); ok && err != nil {
			err = errors.Join(err, log.Close())
		}
		return log, waiting + moved, err
	})
}

func openOver(dir string, now time.Time, open func() (Log, int, error)) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s := &Spool{dir: dir, last: map[laneKey]int64{}, more: make(chan struct{}, 1)}
	var err error
	if s.lockFile, err = lock(dir); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, err)
	}
	if s.epoch, err = nextEpoch(filepath.Join(dir, "epoch"), now); err == nil {
		s.log, s.waiting, err = open()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open spool %s: %w", dir, err), s.lockFile.Close())
	}
	s.wake()
	return s, nil
}

// Epoch is the count that this opening's sequences belong to.
func (s *Spool) Epoch() int64 { return s.epoch }

// TornOctets is how many octets Open has set aside, beside their segment, because they were no whole record.
// A crash leaves less than one record; more means that the disk is failing.
func (s *Spool) TornOctets() int { return s.torn }

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
	record, err := json.Marshal(o)
	if err == nil && len(record) > recordMax {
		err = fmt.Errorf("%d octets, at most %d", len(record), recordMax)
	}
	if err == nil {
		err = s.log.Append(record)
	}
	if err != nil {
		return o, fmt.Errorf("append passage: %w", err)
	}
	s.last[lane] = o.Sequence
	s.waiting++
	s.wake()
	return o, nil
}

// Sync makes everything appended so far outlive a power cut.
func (s *Spool) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Sync()
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
	err := s.log.Sync()
	if log, ok := s.log.(io.Closer); ok {
		err = errors.Join(err, log.Close())
	}
	return errors.Join(err, s.lockFile.Close())
}

func (s *Spool) wake() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// WaitForMore blocks until passages may wait or ctx ends.
func (s *Spool) WaitForMore(ctx context.Context) error {
	select {
	case <-s.more:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
