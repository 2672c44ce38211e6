package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// position is a position between two records. The file that stores it also has a second copy of the epoch.
type position struct {
	Segment int    `json:"segment"`
	Offset  int64  `json:"offset"`
	Number  uint64 `json:"number"` // of the next record, 0 when unknown
	Epoch   int64  `json:"epoch"`
	Sum     uint32 `json:"sum"` // CRC-32C of the other fields
}

func (p position) sum() uint32 {
	return crc32.Checksum(fmt.Appendf(nil, "%d %d %d %d", p.Segment, p.Offset, p.Number, p.Epoch), castagnoli)
}

// offsetIn returns the position's offset within a segment.
func (p position) offsetIn(segment int) int64 {
	if segment == p.Segment {
		return p.Offset
	}
	return 0
}

// readPosition reads the position of the first unacknowledged record. When it is lost or damaged, everything
// in the spool is sent again, which the server counts as duplicates.
func readPosition(path string) (p position, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return position{}, nil
	}
	if err != nil {
		return position{}, err
	}
	if json.Unmarshal(text, &p) != nil || p.Segment < 0 || p.Offset < 0 || p.Sum != p.sum() {
		return position{}, nil //nolint:nilerr // a damaged position counts as missing
	}
	return p, nil
}

// writePosition stores a position.
func writePosition(path string, p position) error {
	p.Sum = p.sum()
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return replaceFile(path, text)
}

// nextEpoch returns and stores a new epoch: now in microseconds, or one more than the last when that is not less. It is as fine
// as that because a station that gets an empty disk knows no last one: passages with the epoch of another spool would be
// taken for its passages, sent once more.
// A file that is missing, empty or damaged is replaced by what the records of the spool and its position say.
func nextEpoch(dir string, now time.Time) (int64, error) {
	path := filepath.Join(dir, "epoch")
	epoch := now.UnixMicro()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	last, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if parseErr != nil {
		if last, err = lastEpoch(dir); err != nil {
			return 0, err
		}
	}
	return max(epoch, last+1), replaceFile(path, strconv.AppendInt(nil, max(epoch, last+1), 10))
}

// lastEpoch returns the highest epoch in the records and the position of a spool, or 0.
func lastEpoch(dir string) (last int64, err error) {
	p, err := readPosition(filepath.Join(dir, sentFile))
	if err != nil {
		return 0, err
	}
	last = p.Epoch
	numbers, err := segments(dir)
	if err != nil {
		return 0, err
	}
	for _, no := range numbers {
		octets, err := os.ReadFile(segmentPath(dir, no))
		if err != nil {
			return 0, err
		}
		for s := (scanner{b: octets}); len(s.b) > 0; {
			var o struct {
				Epoch int64 `json:"epoch"`
			}
			// Damaged records are skipped; later records of the same epoch usually remain.
			if payload, _ := s.next(); payload != nil && json.Unmarshal(payload, &o) == nil {
				last = max(last, o.Epoch)
			}
		}
	}
	return last, nil
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
