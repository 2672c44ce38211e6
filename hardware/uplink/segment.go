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

// Limits of segments.
const (
	syncEvery  = 64      // records between two syncs
	segmentMax = 4 << 20 // octets after which a new segment begins
	segmentEnd = ".seg"
)

// StreamFolder is the folder of another Log inside a spool. Open refuses a spool that has it, because the
// passages in it would never be sent.
const StreamFolder = "stream"

// segmentLog is a Log of append-only segment files with a position up to which the server has answered.
type segmentLog struct {
	dir      string
	torn     int
	tail     *os.File // the segment being written
	tailNo   int
	tailSize int64
	unsynced int
	sent     position
	batch    position // end of the batch read last
}

// open opens the segments and counts the waiting records.
func (s *segmentLog) open() (log Log, waiting int, err error) {
	if stream := filepath.Join(s.dir, StreamFolder); exists(stream) {
		return nil, 0, fmt.Errorf("passages may wait in %s: send them with the leaf upstream first, then remove the folder", stream)
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
		if no < s.sent.Segment { // a crash came between the position and the removal
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

// removeSegments removes the segment files when all their records have been moved.
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

// Append implements Log. A power failure may lose up to the last 64 records.
func (s *segmentLog) Append(payload []byte) error {
	if s.tailSize >= segmentMax {
		if err := s.nextSegment(); err != nil {
			return err
		}
	}
	record := appendRecord(make([]byte, 0, recordHead+len(payload)), payload)
	if _, err := s.tail.WriteAt(record, s.tailSize); err != nil {
		return err // the next record overwrites the partial write
	}
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

// repairSegment counts the whole records of a segment from an offset on and moves the torn octets after the
// last of them into a file of their own.
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
