//go:build unix

package uplink

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock keeps a second agent out of a spool. The system lets go of it when the process ends, however it
// ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another agent has the spool: %w", err)
	}
	return f, nil
}
