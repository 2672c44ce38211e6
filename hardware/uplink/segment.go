package uplink

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Bounds of segments.
const (
	syncEvery  = 64      // records after which the disk is told to keep them
	segmentMax = 4 << 20 // octets after which a new segment file begins
	segmentEnd = ".seg"
)

// StreamFolder is the folder of a spool with another Log's files. A spool that has it is not opened over
// segments: what waits in it would never be sent.
const StreamFolder = "stream"

// segmentLog is the Log of an append-only row of segment files with a mark up to where the server has answered.
type segmentLog struct {
	dir      string
	torn     int
	tail     *os.File // the segment being written
	tailNo   int
	tailSize int64
	unsynced int
	sent     position
	batch    position // where the batch that was read last ends
}

// open takes up the segments and counts what waits in them.
func (s *segmentLog) open() (log Log, waiting int, err error) {
	if stream := filepath.Join(s.dir, StreamFolder); exists(stream) {
		return nil, 0, fmt.Errorf("passages may wait in %s: send them with the leaf's upstream first, and remove it then", stream)
	}
	waiting, err = s.load()
	return s, waiting, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (s *segmentLog) load() (waiting int, err error) {
	if s.sent, err = readPosition(filepath.Join(s.dir, "sent")); err != nil {
		return 0, err
	}
	numbers, err := segments(s.dir)
	if err != nil {
		return 0, err
	}
	for _, no := range numbers {
		if no < s.sent.Segment { // a crash came between the mark and the removal
			if err := os.Remove(segmentPath(s.dir, no)); err != nil {
				return 0, err
			}
			continue
		}
		n, torn, err := repairSegment(segmentPath(s.dir, no), s.sent.offsetIn(no))
		if err != nil {
			return 0, err
		}
		waiting, s.torn = waiting+n, s.torn+torn
		s.tailNo = no
	}
	s.tailNo = max(s.tailNo, s.sent.Segment)
	s.batch = s.sent
	return waiting, s.nextSegment()
}

// moveSegments appends what waits in segment files to a log and removes them. What a crash leaves is moved
// again and counted by the server as a duplicate.
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
		records, err := s.Next(BatchMax, batchSize)
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

// removeSegments forgets the files when all of them is moved.
func (s *segmentLog) removeSegments(all bool) error {
	numbers, err := segments(s.dir)
	if !all || err != nil {
		return err
	}
	for _, no := range numbers {
		err = errors.Join(err, os.Remove(segmentPath(s.dir, no)))
	}
	return err
}

// Append writes a record; a power cut within the next 64 may lose it.
func (s *segmentLog) Append(payload []byte) error {
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
		return s.Sync()
	}
	return nil
}

// Sync tells the disk to keep what was written.
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

// Find reads from the newest segment back; a segment is kept until the one after it has begun.
func (s *segmentLog) Find(found func([]byte) bool) (bool, error) {
	numbers, err := segments(s.dir)
	if err != nil {
		return false, err
	}
	for _, no := range slices.Backward(numbers) {
		all, err := os.ReadFile(segmentPath(s.dir, no))
		if err != nil {
			return false, err
		}
		for {
			payload, rest, err := cutRecord(all)
			if err != nil {
				break
			}
			all = rest
			if found(payload) {
				return true, nil
			}
		}
	}
	return false, nil
}

// Close lets go of the segment.
func (s *segmentLog) Close() error { return s.tail.Close() }

func segmentPath(dir string, no int) string {
	return filepath.Join(dir, fmt.Sprintf("%010d%s", no, segmentEnd))
}

// segments lists the numbers of the segment files in a directory, ascending.
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

// repairSegment counts the whole records of a segment from an offset on and moves what a crash has left behind
// the last of them, torn octets, into a file of its own.
func repairSegment(path string, from int64) (records, torn int, err error) {
	all, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	if from > int64(len(all)) {
		return 0, 0, nil
	}
	rest := all[from:]
	for {
		_, next, err := cutRecord(rest)
		if err != nil {
			break
		}
		rest = next
		records++
	}
	if len(rest) == 0 {
		return records, 0, nil
	}
	if err := replaceFile(path+".torn", rest); err != nil {
		return records, 0, err
	}
	return records, len(rest), os.Truncate(path, int64(len(all)-len(rest)))
}

// nextSegment begins another segment and closes the one before, synced. A new file is named on disk
// before anything is in it, so that a power cut cannot lose a synced record with its name. When the
// disk refuses, the segment before stays the one being written.
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
