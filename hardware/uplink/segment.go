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

const segmentEnd = ".seg"

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

// mend counts the whole records of a segment from an offset on and moves what a crash has left behind
// the last of them, torn octets, into a file of its own.
func mend(path string, from int64) (records, torn int, err error) {
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
	if err := replace(path+".torn", rest); err != nil {
		return records, 0, err
	}
	return records, len(rest), os.Truncate(path, int64(len(all)-len(rest)))
}

// nextSegment begins another segment and closes the one before, synced. A new file is named on disk
// before anything is in it, so that a power cut cannot lose a synced record with its name. When the
// disk refuses, the segment before stays the one being written.
func (s *Spool) nextSegment() error {
	if s.tail != nil {
		if err := s.sync(); err != nil {
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
