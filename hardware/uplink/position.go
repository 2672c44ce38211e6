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

// position is a position between two records.
type position struct {
	Segment int   `json:"segment"`
	Offset  int64 `json:"offset"`
}

// offsetIn returns the position's offset within a segment.
func (m position) offsetIn(segment int) int64 {
	if segment == m.Segment {
		return m.Offset
	}
	return 0
}

// readPosition reads the position of the first unacknowledged record. When it is lost or damaged, everything
// in the spool is sent again, which the server counts as duplicates.
func readPosition(path string) (m position, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return position{}, nil
	}
	if err != nil {
		return position{}, err
	}
	if json.Unmarshal(text, &m) != nil || m.Segment < 0 || m.Offset < 0 {
		m = position{}
	}
	return m, nil
}

// nextEpoch returns and stores a new epoch: now in seconds, or one more than the last when that is not less.
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
	return epoch, replaceFile(path, strconv.AppendInt(nil, epoch, 10))
}

// replaceFile replaces a file atomically: after a crash it has the old or the new content.
func replaceFile(path string, content []byte) error {
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
