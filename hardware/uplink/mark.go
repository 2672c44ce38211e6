package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// mark is a place between two records.
type mark struct {
	Segment int   `json:"segment"`
	Offset  int64 `json:"offset"`
}

// skip is how much of a segment lies before the mark.
func (m mark) skip(segment int) int64 {
	if segment == m.Segment {
		return m.Offset
	}
	return 0
}

// readMark reads the mark; when it is lost or damaged everything in the spool is sent again, which the
// server counts as duplicates.
func readMark(path string) (m mark, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return mark{}, nil
	}
	if err != nil {
		return mark{}, err
	}
	if json.Unmarshal(text, &m) != nil || m.Segment < 0 || m.Offset < 0 {
		m = mark{}
	}
	return m, nil
}

// nextEpoch returns now in seconds, or more when an earlier epoch was not less, and keeps it.
func nextEpoch(path string, now time.Time) (int64, error) {
	epoch := now.Unix()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if err == nil {
		before, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is damaged: %w", path, err)
		}
		epoch = max(epoch, before+1)
	}
	return epoch, replace(path, strconv.AppendInt(nil, epoch, 10))
}

// replace gives a file new content so that a crash leaves the old or the new, never a part.
func replace(path string, content []byte) error {
	fresh := path + ".new"
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
