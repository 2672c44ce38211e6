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

// Limits of the spool.
const (
	lanesMax    = 4096 // maximum number of lanes in one spool
	refusedFile = "refused.ndjson"
)

// Log is an ordered store of records: segment files, or the stream of package leaf. The spool calls its
// methods one at a time.
type Log interface {
	// Append stores a record so that it survives the process. After an error the same record is appended
	// again.
	Append(record []byte) error
	// Sync makes all appended records survive a power failure.
	Sync() error
	// Next returns the oldest records that are not done, at most n and about octetsMax octets, synced.
	Next(n, octetsMax int) ([][]byte, error)
	// Done drops the records that Next returned last.
	Done() error
	// Find searches the records, including recent ones that are done, until found returns true.
	Find(found func(record []byte) bool) (bool, error)
}

// Spool is the persistent queue of a station: every passage, numbered, until the server has answered for it.
// It is safe for concurrent use by several lanes and one sender.
type Spool struct {
	dir      string
	epoch    int64
	lockFile *os.File // the lock file
	torn     int
	more     chan struct{} // holds a token when new records may wait

	mu      sync.Mutex
	log     Log
	last    map[laneKey]int64
	waiting int
}

type laneKey struct {
	station string
	lane    int
}

// Open opens the spool in dir on segment files and creates it when necessary. Octets torn by a crash at the
// end of a segment are set aside. Every opening begins a new epoch: now in seconds, or one more than the
// last epoch when the clock has not advanced.
func Open(dir string, now time.Time) (*Spool, error) {
	f := &segmentLog{dir: dir}
	s, err := openOver(dir, now, f.open)
	if err != nil {
		return nil, err
	}
	s.torn = f.torn
	return s, nil
}

// OpenWithLog is like Open with another Log. open is called after the spool is locked and returns the number
// of records that are not done. A log that is an io.Closer is closed with the spool. Records that wait in
// segment files of an earlier Open are moved into the log.
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

// Epoch returns the epoch of this opening's sequence numbers.
func (s *Spool) Epoch() int64 { return s.epoch }

// TornOctets returns the number of octets that Open has set aside because they were not a whole record. A
// crash leaves less than one record; more means that the disk is failing.
func (s *Spool) TornOctets() int { return s.torn }

// Append numbers a passage within its lane and stores it. After that the passage survives the process; it
// survives a power failure after the next Sync, at most 64 passages later.
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

// Sync makes all appended passages survive a power failure.
func (s *Spool) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Sync()
}

// Waiting returns the number of passages that the server has not answered for.
func (s *Spool) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// Close syncs and closes the spool. Waiting passages are sent after the next Open.
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
