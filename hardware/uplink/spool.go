package uplink

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bompass/hardware"
)

// Limits of the spool.
const (
	lanesMax       = 4096 // maximum number of lanes in one spool
	refusedFile    = "refused.ndjson"
	quarantineFile = "quarantine.ndjson"
)

// Log is an ordered store of records: segment files, or the stream of package leaf. The spool calls its
// methods one at a time.
type Log interface {
	// Append stores a record so that it survives the process. After an error the same record is appended
	// again.
	Append(record []byte) error
	// Sync makes all appended records survive a power failure.
	Sync() error
	// Next returns the oldest records that are not done, at most n and about octetsMax octets, synced. lost is
	// the number of records that have become unreadable since they were counted as waiting.
	Next(n, octetsMax int) (records [][]byte, lost int, err error)
	// Done drops the records that Next returned last.
	Done() error
	// Find searches the records, including recent ones that are done, until found returns true.
	Find(found func(record []byte) bool) (bool, error)
}

// Scrubber is implemented by a Log that can check its records for damage.
type Scrubber interface {
	// Scrub checks all records that are not done and returns how many have become unreadable.
	Scrub() (lost int, err error)
}

// Spool is the persistent queue of a station: every passage, numbered, until the server has answered for it.
// It is safe for concurrent use by several lanes and one sender.
type Spool struct {
	dir      string
	epoch    int64
	lockFile *os.File      // the lock file
	more     chan struct{} // holds a token when new records may wait

	mu      sync.Mutex
	log     Log
	last    map[laneKey]int64
	waiting int

	quarantined int
}

// laneKey identifies a lane, whose observations are numbered consecutively.
type laneKey struct {
	station string
	lane    int
}

// Open opens the spool in dir on segment files and creates it when necessary. Octets torn by a crash at the
// end of a segment are set aside. Every opening begins a new epoch: now in microseconds, or one more than the
// last epoch when the clock has not advanced.
func Open(dir string, now time.Time) (*Spool, error) {
	f := &segmentLog{dir: dir}
	return openOver(dir, now, f.open)
}

// OpenWithLog is like Open with another Log. open is called after the spool is locked and returns the number
// of records that are not done. A log that is an io.Closer is closed with the spool. Records that wait in
// segment files of an earlier Open are moved into the log.
func OpenWithLog(dir string, now time.Time, open func() (log Log, waiting int, err error)) (*Spool, error) {
	return openOver(dir, now, func(int64) (Log, int, error) {
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

// openOver opens a spool over a log. The spool is locked, because two processes would number passages alike, and
// gets a new epoch, because numbers of an earlier run may have been lost.
func openOver(dir string, now time.Time, open func(epoch int64) (Log, int, error)) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s := &Spool{dir: dir, last: map[laneKey]int64{}, more: make(chan struct{}, 1)}
	var err error
	if s.lockFile, err = lock(dir); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, err)
	}
	if s.epoch, err = nextEpoch(dir, now); err == nil {
		s.log, s.waiting, err = open(s.epoch)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open spool %s: %w", dir, err), s.lockFile.Close())
	}
	s.wake()
	return s, nil
}

// Epoch returns the epoch of this opening's sequence numbers.
func (s *Spool) Epoch() int64 { return s.epoch }

// Damage returns what has been found damaged since the spool was opened. A crash leaves less than one record
// in octets; more means that the disk is failing.
func (s *Spool) Damage() Damage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if log, ok := s.log.(interface{ Damage() Damage }); ok {
		return log.Damage()
	}
	return Damage{}
}

// Scrub checks all waiting passages on disk and sets damaged ones aside, so that a failing disk is noticed
// before all records after the damage are lost. Run it daily.
func (s *Spool) Scrub() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log, ok := s.log.(Scrubber)
	if !ok {
		return nil
	}
	lost, err := log.Scrub()
	s.waiting -= lost
	return err
}

// Quarantine stores an item that cannot become a passage, a sighting or a line of a device, with the reason,
// for manual review.
func (s *Spool) Quarantine(station string, item any, reason error) error {
	line, err := json.Marshal(struct {
		Station string `json:"station"`
		Reason  string `json:"reason"`
		Item    any    `json:"item"`
	}{station, reason.Error(), item})
	if err != nil { // a time beyond the range of RFC 3339, for example
		line = fmt.Appendf(nil, "{\"station\":%q,\"reason\":%q,\"text\":%q}", station, reason, fmt.Sprintf("%+v", item))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := appendSynced(filepath.Join(s.dir, quarantineFile), append(line, '\n')); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	s.quarantined++
	return nil
}

// Quarantined returns the number of items quarantined since the spool was opened.
func (s *Spool) Quarantined() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.quarantined
}

// errTooLong is the reason for refusing a record beyond recordMax.
var errTooLong = fmt.Errorf("more than %d", recordMax)

// Append numbers a passage within its lane and stores it. The error wraps hardware.ErrInvalid when the
// passage can never be stored. After that the passage survives the process; it
// survives a power failure after the next Sync, at most 64 passages later.
func (s *Spool) Append(o Observation) (Observation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lane := laneKey{o.Station, o.Lane}
	// The map grows by the lane numbers of the readers, which are input; the limit bounds its memory.
	if _, known := s.last[lane]; !known && len(s.last) >= lanesMax {
		return o, fmt.Errorf("append passage: more than %d lanes: %w", lanesMax, hardware.ErrInvalid)
	}
	o.Epoch, o.Sequence = s.epoch, s.last[lane]+1
	record, err := json.Marshal(o)
	if err != nil || len(record) > recordMax {
		err = fmt.Errorf("%w: %d octets: %w", hardware.ErrInvalid, len(record), cmp.Or(err, errTooLong))
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
