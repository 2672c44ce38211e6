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

// next returns the oldest passages that wait, as payloads, at most n of them and of about octetsMax.
func (s *Spool) next(n, octetsMax int) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Next(n, octetsMax)
}

// acknowledge notes that the server has answered for the n passages that next returned last.
func (s *Spool) acknowledge(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting -= n
	return s.log.Done()
}

// Next syncs first: what the server has seen must not come again under another number.
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

// readFrom reads at most about n octets of a segment, and at least one whole record where there is
// one. A segment that is not there is an empty one.
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

// Done removes the segments before what is done first: a full disk has no room for the mark until they
// are gone. What a crash leaves without its mark is sent again and counted as a duplicate.
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
		return fmt.Errorf("note what is sent: %w", err)
	}
	return nil
}

// keepRefused keeps lines that the server does not understand, for a person to look at, before the spool
// lets go of them.
func (s *Spool) keepRefused(lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(s.dir, refusedFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep refused passages: %w", err)
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
		return fmt.Errorf("keep refused passages: %w", err)
	}
	return nil
}
