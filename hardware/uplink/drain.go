package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// next returns the oldest waiting passages as payloads, at most n and about octetsMax octets.
func (s *Spool) next(n, octetsMax int) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Next(n, octetsMax)
}

// acknowledge records that the server has answered for the n passages that next returned last.
func (s *Spool) acknowledge(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting -= n
	return s.log.Done()
}

// Next implements Log. It syncs first, so that a record that the server has seen cannot be lost and its
// number reused.
func (s *segmentLog) Next(n, octetsMax int) ([][]byte, error) {
	if err := s.Sync(); err != nil {
		return nil, err
	}
	var lines [][]byte
	at, size := s.sent, 0
	for at.Segment <= s.tailNo && len(lines) < n && size < octetsMax {
		rest, err := readFrom(segmentPath(s.dir, at.Segment), at.Offset, octetsMax)
		if err != nil {
			return nil, fmt.Errorf("read spool: %w", err)
		}
		before := len(lines)
		for len(lines) < n && size < octetsMax {
			payload, next, err := cutRecord(rest)
			if err != nil {
				break
			}
			at.Offset += int64(len(rest) - len(next))
			lines, size, rest = append(lines, payload), size+len(payload), next
		}
		if len(lines) > before {
			continue
		}
		if at.Segment == s.tailNo {
			break
		}
		at = position{Segment: at.Segment + 1}
	}
	s.batch = at
	return lines, nil
}

// readFrom reads about n octets of a segment, and at least one whole record when there is one. A missing
// segment reads as empty.
func readFrom(path string, offset int64, n int) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(io.NewSectionReader(f, offset, int64(n+recordHead+recordMax)))
}

// Done implements Log. It removes segments before it writes the position, because a full disk has no room
// for the position until they are gone. Without the new position, a crash makes records be sent again, and
// the server counts them as duplicates.
func (s *segmentLog) Done() error {
	old := s.sent.Segment
	s.sent = s.batch
	for ; old < s.sent.Segment; old++ {
		if err := os.Remove(segmentPath(s.dir, old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove sent segment: %w", err)
		}
	}
	text, err := json.Marshal(s.sent)
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(s.dir, "sent"), text); err != nil {
		return fmt.Errorf("store position: %w", err)
	}
	return nil
}

// keepRefused appends lines that the server refused to a file for manual review, before the spool drops
// them.
func (s *Spool) keepRefused(lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(s.dir, refusedFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store refused passages: %w", err)
	}
	for _, line := range lines {
		if _, err = f.Write(append(line[:len(line):len(line)], '\n')); err != nil {
			break
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("store refused passages: %w", err)
	}
	return nil
}
