package uplink

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Limits of segments, and names of files.
const (
	syncEvery  = 64      // records between two syncs
	segmentMax = 4 << 20 // octets after which a new segment begins
	segmentEnd = ".seg"
	tornEnd    = ".torn"
	sentFile   = "sent"
)

// StreamFolder is the folder of another Log inside a spool. Open refuses a spool that has it, because the
// passages in it would never be sent.
const StreamFolder = "stream"

// segmentLog is a Log of append-only segment files with a position up to which the server has answered.
type segmentLog struct {
	dir      string
	epoch    int64
	tail     *os.File // the segment being written
	tailNo   int
	tailSize int64
	number   uint64 // of the next record
	unsynced int
	sent     position
	batch    position // end of the batch read last

	sealed struct { // the sealed segment read last
		no     int
		octets []byte
	}
	damage Damage
	known  map[string]bool // damage that has been counted, by its .torn file
	keep   map[int]bool    // segments whose damage could not be copied: renamed instead of removed
}

// open opens the segments and counts the waiting records.
func (s *segmentLog) open(epoch int64) (log Log, waiting int, err error) {
	if stream := filepath.Join(s.dir, StreamFolder); exists(stream) {
		return nil, 0, fmt.Errorf("passages may wait in %s: send them with the leaf upstream first, then remove the folder", stream)
	}
	s.epoch = epoch
	waiting, err = s.load()
	return s, waiting, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// load reads position and segments after a start, and returns the number of records that are not sent. It finishes
// what a crash has interrupted: the removal of sent segments, and the write of the position.
func (s *segmentLog) load() (waiting int, err error) {
	s.known, s.keep = map[string]bool{}, map[int]bool{}
	if s.sent, err = readPosition(filepath.Join(s.dir, sentFile)); err != nil {
		return 0, err
	}
	numbers, err := segments(s.dir)
	if err != nil {
		return 0, err
	}
	at := s.sent
	if !slices.Contains(numbers, s.sent.Segment) { // a crash came before the position of the removed segments
		at.Number = 0
	}
	for _, no := range numbers {
		if no < s.sent.Segment { // a crash came between the position and the removal
			if err := s.removeSegment(no); err != nil {
				return 0, err
			}
			continue
		}
		at = position{Segment: no, Offset: s.sent.offsetIn(no), Number: at.Number}
		octets, err := s.read(at)
		if err != nil {
			return 0, err
		}
		n, _ := s.check(&at, octets, -1)
		waiting += n
		s.tailNo = no
	}
	s.number = max(1, at.Number)
	s.tailNo = max(s.tailNo, s.sent.Segment)
	s.batch = s.sent
	return waiting, s.nextSegment()
}

// check counts the records in octets at a position, at most n unless n is negative, and the damage between
// them. It moves the position to their end.
func (s *segmentLog) check(at *position, octets []byte, n int) (records, lost int) {
	scan := scanner{b: octets, expected: at.Number}
	for len(scan.b) > 0 && n != records {
		payload, damaged := scan.next()
		if damaged != nil {
			lost += s.setAside(at.Segment, at.Offset, *damaged)
		}
		if payload != nil {
			records++
		}
	}
	at.Offset += int64(scan.offset)
	at.Number = scan.expected
	return records, lost
}

// moveSegments moves the waiting records of segment files to another log and removes the files. After a
// crash, records may be moved twice; the server counts them as duplicates.
func moveSegments(dir string, to Log) (moved int, err error) {
	numbers, err := segments(dir)
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	s := &segmentLog{dir: dir}
	if _, err := s.load(); err != nil {
		return 0, err
	}
	for {
		records, _, err := s.Next(BatchMax, batchSize)
		if err != nil || len(records) == 0 {
			return moved, errors.Join(err, s.Close(), s.removeSegments(err == nil))
		}
		for _, record := range records {
			if err := to.Append(record); err != nil {
				return moved, errors.Join(err, s.Close())
			}
		}
		moved += len(records)
		if err := s.Done(); err != nil {
			return moved, errors.Join(err, s.Close())
		}
	}
}

// removeSegments removes the segment files when all their records have been moved.
func (s *segmentLog) removeSegments(all bool) error {
	numbers, err := segments(s.dir)
	if !all || err != nil {
		return err
	}
	for _, no := range numbers {
		err = errors.Join(err, s.removeSegment(no))
	}
	return err
}

// removeSegment removes a segment, or keeps it under another name when its damage could not be copied.
func (s *segmentLog) removeSegment(no int) error {
	path := segmentPath(s.dir, no)
	var err error
	if s.keep[no] {
		err = os.Rename(path, path+tornEnd)
	} else {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Append implements Log. A power failure may lose up to the last 64 records.
func (s *segmentLog) Append(payload []byte) error {
	if s.tailSize >= segmentMax {
		if err := s.nextSegment(); err != nil {
			return err
		}
	}
	record := appendRecord(make([]byte, 0, recordHead+len(payload)), s.number, payload)
	if _, err := s.tail.WriteAt(record, s.tailSize); err != nil {
		return err // the next record overwrites the partial write
	}
	s.number++
	s.tailSize += int64(len(record))
	if s.unsynced++; s.unsynced >= syncEvery {
		return s.Sync()
	}
	return nil
}

// Sync implements Log.
func (s *segmentLog) Sync() error {
	if s.unsynced == 0 {
		return nil
	}
	if err := s.tail.Sync(); err != nil {
		return fmt.Errorf("sync spool: %w", err)
	}
	s.unsynced = 0
	return nil
}

// Find implements Log, from the newest segment back. A segment is kept until the next one has begun.
func (s *segmentLog) Find(found func([]byte) bool) (bool, error) {
	numbers, err := segments(s.dir)
	if err != nil {
		return false, err
	}
	for _, no := range slices.Backward(numbers) {
		octets, err := os.ReadFile(segmentPath(s.dir, no))
		if err != nil {
			return false, err
		}
		for scan := (scanner{b: octets}); len(scan.b) > 0; {
			if payload, _ := scan.next(); payload != nil && found(payload) {
				return true, nil
			}
		}
	}
	return false, nil
}

// Close closes the current segment.
func (s *segmentLog) Close() error { return s.tail.Close() }

func segmentPath(dir string, no int) string {
	return filepath.Join(dir, fmt.Sprintf("%010d%s", no, segmentEnd))
}

// segments returns the numbers of the segment files in a folder, ascending.
func segments(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentEnd)
		if no, err := strconv.Atoi(name); ok && err == nil {
			numbers = append(numbers, no)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// nextSegment begins another segment after syncing the current one. The new file's directory entry is synced
// before anything is written, so that a power failure cannot lose a synced record with its file. When the
// disk fails, the current segment stays in use.
func (s *segmentLog) nextSegment() error {
	if s.tail != nil {
		if err := s.Sync(); err != nil {
			return err
		}
	}
	path := segmentPath(s.dir, s.tailNo+1)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := syncDir(s.dir); err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	before := s.tail
	s.tail, s.tailSize, s.unsynced = f, 0, 0
	s.tailNo++
	if before == nil {
		return nil
	}
	return before.Close()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
