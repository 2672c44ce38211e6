// Package leaked looks up passwords in a list of those that have been found in data leaks.
//
// The list is a file as Have I Been Pwned publishes it for downloading: one line a password, its SHA-1 in 40 hexadecimal
// digits, then a colon and how often it was found, sorted by the digits. It has many gigabytes, so it is not read as a
// whole: a look-up reads about thirty of its blocks.
package leaked

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the format of the list; nothing is protected by it
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// digits is the length of a SHA-1 in hexadecimal digits.
const digits = 2 * sha1.Size

// lineMax is the maximum length of a line, with its count and its end.
const lineMax = digits + 24

// List is an open list. It is safe for concurrent use.
type List struct {
	file io.ReaderAt
	size int64
	done io.Closer
}

// Open opens a list and checks that its first and last lines have the format, in order.
func Open(path string) (*List, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("list of leaked passwords: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("list of leaked passwords: %w", err), file.Close())
	}
	l := &List{file: file, size: info.Size(), done: file}
	if err := l.check(); err != nil {
		return nil, errors.Join(fmt.Errorf("list of leaked passwords %s: %w", path, err), file.Close())
	}
	return l, nil
}

// Close closes the file.
func (l *List) Close() error { return l.done.Close() }

func (l *List) check() error {
	first, _, err := l.lineFrom(0)
	if err != nil {
		return err
	}
	last, _, err := l.lineFrom(max(0, l.size-lineMax))
	if err != nil {
		return err
	}
	if last == "" || first > last {
		return errors.New("the lines are not sorted by their SHA-1")
	}
	return nil
}

// Contains reports whether a password is in the list.
func (l *List) Contains(password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // the format of the list
	want := fmt.Sprintf("%X", sum)
	// The wanted line starts in [low, high).
	low, high := int64(0), l.size
	for low < high {
		middle := low + (high-low)/2
		hash, next, err := l.lineFrom(middle)
		switch {
		case err != nil:
			return false, err
		case hash == want:
			return true, nil
		case hash != "" && hash < want:
			low = next
		default:
			high = middle
		}
	}
	return false, nil
}

// lineFrom returns the SHA-1 of the first line that starts at an offset or after it, and the offset behind that line.
// The SHA-1 is empty if no line starts there.
func (l *List) lineFrom(offset int64) (hash string, next int64, err error) {
	from := max(0, offset-1) // so that a line that starts at the offset is found by the end of the one before
	block := make([]byte, 2*lineMax)
	n, err := l.file.ReadAt(block, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", 0, fmt.Errorf("read list of leaked passwords: %w", err)
	}
	block = block[:n]
	start := 0
	if offset > 0 {
		end := bytes.IndexByte(block, '\n')
		if end < 0 {
			return "", l.size, nil
		}
		start = end + 1
	}
	line, _, _ := bytes.Cut(block[start:], []byte{'\n'})
	if len(bytes.TrimSpace(line)) == 0 {
		return "", l.size, nil
	}
	text := bytes.ToUpper(line[:min(len(line), digits)])
	if _, err := hex.DecodeString(string(text)); err != nil || len(text) < digits {
		return "", 0, errors.New("a line does not begin with a SHA-1 in 40 hexadecimal digits")
	}
	return string(text), from + int64(start+len(line)+1), nil
}
