package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// journalMax is the size from which a journal is written anew with what still waits.
const journalMax = 1 << 20

const journalName = "journal"

// Journal keeps what a station's devices saw until it has become passages of the spool. It implements
// lane.Journal, for one Reader.
//
// Its file has three kinds of records: a sighting with its number; the passage that is about to be told,
// with the numbers it settles; and that it was told. After a crash at most one passage was about to be:
// whether the spool has it, the spool knows.
type Journal struct {
	path string

	mu      sync.Mutex
	file    *os.File
	size    int64
	next    int64
	waiting map[int64]hardware.Sighting
}

// journalEntry is one record.
type journalEntry struct {
	ID      int64              `json:"id,omitempty"`
	Seen    *hardware.Sighting `json:"seen,omitempty"`
	Settles []int64            `json:"settles,omitempty"`
	Emits   *hardware.Sighting `json:"tells,omitempty"`
	Emitted    bool               `json:"told,omitempty"`
}

var _ lane.Journal = (*Journal)(nil)

// OpenJournal takes up a station's journal beside its spool, which has just been opened and is not sent
// from yet. A passage that was about to be told when the process died is told now.
func OpenJournal(station string, spool *Spool) (*Journal, error) {
	j := &Journal{path: filepath.Join(spool.dir, journalName), waiting: map[int64]hardware.Sighting{}}
	untold, err := j.read()
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	if untold != nil {
		o := FromSighting(station, *untold)
		has, err := spool.contains(o)
		if err == nil && !has {
			_, err = spool.Append(o)
		}
		if err != nil {
			return nil, fmt.Errorf("open journal: %w", err)
		}
	}
	return j, j.compact()
}

// read goes through the file up to where a crash has torn it.
func (j *Journal) read() (untold *hardware.Sighting, err error) {
	all, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for {
		payload, rest, err := cutRecord(all)
		if err != nil {
			return untold, nil //nolint:nilerr // the file ends here
		}
		all = rest
		var e journalEntry
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, err
		}
		switch {
		case e.Seen != nil:
			j.waiting[e.ID] = *e.Seen
			j.next = max(j.next, e.ID)
		case e.Emitted:
			untold = nil
		default:
			untold = e.Emits
			for _, id := range e.Settles {
				delete(j.waiting, id)
			}
		}
	}
}

// Waiting are the sightings that are not settled.
func (j *Journal) Waiting() map[int64]hardware.Sighting {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.waiting)
}

// Keep writes a sighting down. A tag's outlives a power cut, too: its receipt is written next.
func (j *Journal) Keep(s hardware.Sighting) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	s.Tag.Raw = nil // for disputes, not for joining; a record has a bound
	id := j.next + 1
	if err := j.write(journalEntry{ID: id, Seen: &s}); err != nil {
		return 0, fmt.Errorf("keep sighting: %w", err)
	}
	j.next = id
	j.waiting[id] = s
	if s.Tag.IsZero() {
		return id, nil
	}
	if err := j.file.Sync(); err != nil {
		return id, fmt.Errorf("keep sighting: %w", err)
	}
	return id, nil
}

// Settle tells one passage, or none when tell is nil. Whenever the process dies, it is told once. After an
// error nothing has been told and Settle may be called again.
func (j *Journal) Settle(p lane.Passage, tell func(hardware.Sighting) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size > journalMax {
		if err := j.compact(); err != nil {
			return err
		}
	}
	e := journalEntry{Settles: p.Events}
	if tell != nil {
		s := p.Sighting
		s.Tag.Raw = nil
		e.Emits = &s
	}
	if err := j.write(e); err != nil {
		return fmt.Errorf("settle passage: %w", err)
	}
	for _, id := range p.Events {
		delete(j.waiting, id)
	}
	if tell == nil {
		return nil
	}
	if err := tell(p.Sighting); err != nil {
		return err
	}
	_ = j.write(journalEntry{Emitted: true}) // without it the spool is asked after a crash
	return nil
}

// Close lets go of the file; what waits is taken up after the next OpenJournal.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.file.Sync(), j.file.Close())
}

func (j *Journal) write(e journalEntry) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(payload) > recordMax {
		return fmt.Errorf("%d octets, at most %d", len(payload), recordMax)
	}
	record := appendRecord(nil, payload)
	if _, err := j.file.WriteAt(record, j.size); err != nil {
		return err // the next record overwrites what was written of this one
	}
	j.size += int64(len(record))
	return nil
}

// compact writes the file anew with what waits.
func (j *Journal) compact() error {
	var content []byte
	for _, id := range slices.Sorted(maps.Keys(j.waiting)) {
		s := j.waiting[id]
		payload, err := json.Marshal(journalEntry{ID: id, Seen: &s})
		if err != nil {
			return err
		}
		content = appendRecord(content, payload)
	}
	if err := replaceFile(j.path, content); err != nil {
		return fmt.Errorf("write journal anew: %w", err)
	}
	f, err := os.OpenFile(j.path, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write journal anew: %w", err)
	}
	before := j.file
	j.file, j.size = f, int64(len(content))
	if before == nil {
		return nil
	}
	return before.Close()
}

// contains looks for a passage in all that is in the spool, sent or not. What was written last is always there.
func (s *Spool) contains(o Observation) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Find(func(record []byte) bool {
		var kept Observation
		return json.Unmarshal(record, &kept) == nil && kept.samePassage(o)
	})
}

// samePassage tells whether two observations are of one passage, whatever their numbers.
func (o Observation) samePassage(p Observation) bool {
	at := o.At.Equal(p.At)
	o.At, o.Epoch, o.Sequence = p.At, p.Epoch, p.Sequence
	return at && o == p
}
