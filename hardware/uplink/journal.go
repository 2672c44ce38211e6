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

// journalMax is the size at which a journal is compacted.
const journalMax = 1 << 20

const journalName = "journal"

// Journal stores the sightings of a station's devices until they have become passages in the spool. It
// implements lane.Journal, for one lane.Reader.
//
// Its file has three kinds of records: a sighting with its id; a passage about to be emitted, with the ids
// it settles; and the note that it was emitted. After a crash at most one passage was about to be emitted,
// and the spool shows whether it was.
type Journal struct {
	path string

	mu      sync.Mutex
	file    *os.File
	size    int64
	next    int64
	number  uint64 // of the next record
	waiting map[int64]hardware.Sighting

	station string
	spool   *Spool
	damaged int   // records that could not be read
	suspect int64 // sightings up to this id may have been emitted before the damage
}

// journalEntry is one record.
type journalEntry struct {
	ID      int64              `json:"id,omitempty"`
	Seen    *hardware.Sighting `json:"seen,omitempty"`
	Settles []int64            `json:"settles,omitempty"`
	Emits   *hardware.Sighting `json:"emits,omitempty"`
	Emitted bool               `json:"emitted,omitempty"`
}

var _ lane.Journal = (*Journal)(nil)

// OpenJournal opens a station's journal. The spool must be open and not yet sending. A passage that was
// about to be emitted at a crash is emitted now.
func OpenJournal(station string, spool *Spool) (*Journal, error) {
	j := &Journal{path: filepath.Join(spool.dir, journalName), waiting: map[int64]hardware.Sighting{}, station: station, spool: spool}
	pending, err := j.read()
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	if pending != nil {
		o := FromSighting(station, *pending)
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

// read reads the file and skips damage, which it sets aside.
func (j *Journal) read() (pending *hardware.Sighting, err error) {
	all, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for scan := (scanner{b: all}); len(scan.b) > 0; {
		payload, damaged := scan.next()
		if damaged != nil {
			j.damaged += damaged.records
			if err := writeNew(fmt.Sprintf("%s.%d%s", j.path, damaged.offset, tornEnd), damaged.octets); err != nil {
				return nil, err
			}
		}
		var e journalEntry
		if payload == nil {
			continue
		}
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, err
		}
		switch {
		case e.Seen != nil:
			j.waiting[e.ID] = *e.Seen
			j.next = max(j.next, e.ID)
		case e.Emitted:
			pending = nil
		default:
			// The sightings that a passage consists of are settled with it, in one record, so a crash cannot separate
			// them.
			pending = e.Emits
			for _, id := range e.Settles {
				delete(j.waiting, id)
			}
		}
	}
	if j.damaged > 0 {
		// Damage may have hidden that a sighting was settled.
		j.suspect = j.next
	}
	return pending, nil
}

// Damaged returns the number of records that could not be read when the journal was opened.
func (j *Journal) Damaged() int { return j.damaged }

// Waiting returns the sightings that are not settled.
func (j *Journal) Waiting() map[int64]hardware.Sighting {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.waiting)
}

// Keep stores a sighting. A tag is synced to disk, because its receipt is written next.
func (j *Journal) Keep(s hardware.Sighting) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	id := j.next + 1
	if err := j.write(journalEntry{ID: id, Seen: &s}); err != nil {
		return 0, fmt.Errorf("store sighting: %w", err)
	}
	j.next = id
	j.waiting[id] = s
	if s.Tag.IsZero() {
		return id, nil
	}
	if err := j.file.Sync(); err != nil {
		return id, fmt.Errorf("store sighting: %w", err)
	}
	return id, nil
}

// Settle emits one passage, or none when emit is nil. It is emitted exactly once, whenever the process
// crashes. After an error nothing has been emitted and Settle may be called again.
func (j *Journal) Settle(p lane.Passage, emit func(hardware.Sighting) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size > journalMax {
		if err := j.compact(); err != nil {
			return err
		}
	}
	e := journalEntry{Settles: p.Events}
	if emit != nil {
		e.Emits = &p.Sighting
	}
	if err := j.write(e); err != nil {
		return fmt.Errorf("settle passage: %w", err)
	}
	for _, id := range p.Events {
		delete(j.waiting, id)
	}
	if emit == nil || j.emittedBefore(p) {
		return nil
	}
	if err := emit(p.Sighting); err != nil {
		return err
	}
	_ = j.write(journalEntry{Emitted: true}) // without this record the spool is searched after a crash
	return nil
}

// Close closes the file. What waits is available after the next OpenJournal.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.file.Sync(), j.file.Close())
}

// write appends an entry. Records are numbered consecutively.
func (j *Journal) write(e journalEntry) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("%w: %w", hardware.ErrInvalid, err)
	}
	if len(payload) > recordMax {
		return fmt.Errorf("%w: %d octets: %w", hardware.ErrInvalid, len(payload), errTooLong)
	}
	record := appendRecord(nil, j.number+1, payload)
	if _, err := j.file.WriteAt(record, j.size); err != nil {
		return err // the next record overwrites the partial write
	}
	j.size += int64(len(record))
	j.number++
	return nil
}

// emittedBefore reports whether a passage from before damage to the journal is in the spool already: the
// record that settled it may be among those damaged.
func (j *Journal) emittedBefore(p lane.Passage) bool {
	if len(p.Events) == 0 || slices.Max(p.Events) > j.suspect {
		return false
	}
	has, err := j.spool.contains(FromSighting(j.station, p.Sighting))
	return err == nil && has
}

// compact rewrites the file with the waiting sightings.
func (j *Journal) compact() error {
	var content []byte
	j.number = 0
	for _, id := range slices.Sorted(maps.Keys(j.waiting)) {
		s := j.waiting[id]
		payload, err := json.Marshal(journalEntry{ID: id, Seen: &s})
		if err != nil {
			return err
		}
		j.number++
		content = appendRecord(content, j.number, payload)
	}
	if err := replaceFile(j.path, content); err != nil {
		return fmt.Errorf("compact journal: %w", err)
	}
	f, err := os.OpenFile(j.path, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("compact journal: %w", err)
	}
	before := j.file
	j.file, j.size = f, int64(len(content))
	if before == nil {
		return nil
	}
	return before.Close()
}

// contains searches all records of the spool for a passage, sent or not. The latest records are always kept.
func (s *Spool) contains(o Observation) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Find(func(record []byte) bool {
		var kept Observation
		return json.Unmarshal(record, &kept) == nil && kept.samePassage(o)
	})
}

// samePassage reports whether two observations are the same passage, apart from their numbers and proof.
func (o Observation) samePassage(p Observation) bool {
	at := o.At.Equal(p.At)
	o.At, o.Epoch, o.Sequence, o.Proof = p.At, p.Epoch, p.Sequence, p.Proof
	return at && o == p
}
