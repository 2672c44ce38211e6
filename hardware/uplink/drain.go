package uplink

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// next returns the oldest waiting passages as payloads, at most n and about octetsMax octets.
func (s *Spool) next(n, octetsMax int) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	records, lost, err := s.log.Next(n, octetsMax)
	s.waiting -= lost
	if err == nil && len(records) == 0 && lost > 0 { // nothing but damage: it is set aside and done
		err = s.log.Done()
	}
	return records, err
}

// acknowledge records that the server has answered for the n passages that next returned last.
func (s *Spool) acknowledge(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting -= n
	return s.log.Done()
}

// Next implements Log. It syncs first, so that a record that the server has seen cannot be lost and its
// number reused. Damage is set aside and skipped.
func (s *segmentLog) Next(n, octetsMax int) (lines [][]byte, lost int, err error) {
	if err := s.Sync(); err != nil {
		return nil, 0, err
	}
	at, size := s.sent, 0
	for at.Segment <= s.tailNo && len(lines) < n && size < octetsMax {
		octets, err := s.read(at)
		if err != nil {
			return nil, lost, fmt.Errorf("read spool: %w", err)
		}
		scan := scanner{b: octets, expected: at.Number}
		for len(scan.b) > 0 && len(lines) < n && size < octetsMax {
			payload, damaged := scan.next()
			if damaged != nil {
				lost += s.setAside(at.Segment, at.Offset, *damaged)
			}
			if payload != nil {
				lines, size = append(lines, payload), size+len(payload)
			}
		}
		at.Offset += int64(scan.offset)
		// Damage may have been skipped, so the next number is the scanner's and not a count of lines.
		at.Number = scan.expected
		if len(scan.b) > 0 || at.Segment == s.tailNo {
			break
		}
		at = position{Segment: at.Segment + 1, Number: at.Number}
	}
	s.batch = at
	return lines, lost, nil
}

// Done implements Log. It removes segments before it writes the position, because a full disk has no room
// for the position until they are gone. Without the new position, a crash makes records be sent again, and
// the server counts them as duplicates.
func (s *segmentLog) Done() error {
	old := s.sent.Segment
	s.sent = s.batch
	s.sent.Epoch = s.epoch
	for ; old < s.sent.Segment; old++ {
		if err := s.removeSegment(old); err != nil {
			return fmt.Errorf("remove sent segment: %w", err)
		}
	}
	if err := writePosition(filepath.Join(s.dir, sentFile), s.sent); err != nil {
		return fmt.Errorf("store position: %w", err)
	}
	return nil
}

// keepRefused appends lines that the server refused to a file for manual review, before the spool drops them.
func (s *Spool) keepRefused(lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	var content []byte
	for _, line := range lines {
		content = append(append(content, line...), '\n')
	}
	if err := appendSynced(filepath.Join(s.dir, refusedFile), content); err != nil {
		return fmt.Errorf("store refused passages: %w", err)
	}
	return nil
}

// appendSynced appends to a file and syncs it.
func appendSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
