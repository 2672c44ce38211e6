package uplink

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Damage counts what a failing disk or a crash has destroyed in a spool. The octets are kept in .torn files.
type Damage struct {
	Records int // records that can no longer be read
	Octets  int // including incomplete records that a crash left
}

// Damage returns what has been found damaged since the log was opened.
func (s *segmentLog) Damage() Damage { return s.damage }

// setAside copies a damaged range of a segment into a .torn file and counts it once. base is the position in
// the segment that the damage's offset counts from. It returns the number of records that are newly lost.
func (s *segmentLog) setAside(segment int, base int64, d damage) (lost int) {
	path := fmt.Sprintf("%s.%d%s", segmentPath(s.dir, segment), base+int64(d.offset), tornEnd)
	if s.known[path] {
		return 0
	}
	s.known[path] = true
	s.damage.Records += d.records
	s.damage.Octets += len(d.octets)
	if len(d.octets) > 0 && writeNew(path, d.octets) != nil {
		s.keep[segment] = true // a full disk, for example
	}
	return d.records
}

// writeNew writes a file that does not exist yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) { // set aside by an earlier process
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path) // an incomplete copy is of no use
	}
	return err
}

// Scrub implements Scrubber: it checks every record that has not been sent.
func (s *segmentLog) Scrub() (lost int, err error) {
	if err := s.Sync(); err != nil {
		return 0, err
	}
	at := s.sent
	for ; at.Segment <= s.tailNo; at = (position{Segment: at.Segment + 1, Number: at.Number}) {
		octets, err := s.readDisk(at)
		if err != nil {
			return lost, fmt.Errorf("scrub spool: %w", err)
		}
		_, n := s.check(&at, octets, -1)
		lost += n
	}
	return lost, nil
}

// read returns the octets of a segment from a position on. A missing segment reads as empty.
func (s *segmentLog) read(at position) ([]byte, error) {
	if s.sealed.no == at.Segment && s.sealed.octets != nil && at.Segment != s.tailNo {
		return s.sealed.octets[min(at.Offset, int64(len(s.sealed.octets))):], nil
	}
	octets, err := s.readDisk(position{Segment: at.Segment})
	if err != nil {
		return nil, err
	}
	if at.Segment < s.tailNo {
		s.sealed.no, s.sealed.octets = at.Segment, octets
	}
	return octets[min(at.Offset, int64(len(octets))):], nil
}

// readDisk returns the octets of a segment from a position. A segment that does not exist is empty.
func (s *segmentLog) readDisk(at position) ([]byte, error) {
	octets, err := os.ReadFile(segmentPath(s.dir, at.Segment))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if s.tail != nil && at.Segment == s.tailNo { // without a partial write behind the last record
		octets = octets[:min(s.tailSize, int64(len(octets)))]
	}
	return octets[min(at.Offset, int64(len(octets))):], err
}
