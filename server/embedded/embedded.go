// Package embedded runs the server's own infrastructure when no other is configured: a private PostgreSQL, started from
// the installed binaries, and a NATS server in the process.
//
// It starts and stops them, returns their addresses, and recovers after the server has been killed. Their content
// belongs to package store and package passage.
package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// FreeMin is the minimum free disk space for a start, in bytes: a database that fills its disk while it runs is
// worse than one that does not start.
const FreeMin = 256 << 20

// lockFile is the lock file of a home. It is kept when the server stops.
const lockFile = "lock"

// ErrHeld is the error when another server uses the home.
var ErrHeld = errors.New("another Bompass is running")

// Home is the directory of all data, locked by one server at a time.
type Home struct {
	Dir  string // absolute
	lock *os.File
}

// OpenHome creates the directory if it does not exist, and locks it. The lock ends with the process, however that ends.
func OpenHome(dir string) (*Home, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("home %s: %w", dir, err)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make %s (%w); set BOMPASS_HOME to a directory you may write in", abs, err)
	}
	if err := checkSpace(abs); err != nil {
		return nil, err
	}
	return claim(abs)
}

// claim locks an existing directory.
func claim(abs string) (*Home, error) {
	lock, err := os.OpenFile(filepath.Join(abs, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot write in %s (%w); set BOMPASS_HOME to a directory you may write in", abs, err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w on %s; stop it, or set BOMPASS_HOME and BOMPASS_ADDR to run two side by side", ErrHeld, abs)
		}
		return nil, fmt.Errorf("lock %s: %w", abs, err)
	}
	return &Home{Dir: abs, lock: lock}, nil
}

// Close unlocks the home.
func (h *Home) Close() error { return h.lock.Close() }

// Path returns the path of a file in the home.
func (h *Home) Path(name string) string { return filepath.Join(h.Dir, name) }

// checkSpace returns an error if the disk of a directory has less than FreeMin bytes free.
func checkSpace(dir string) error {
	free, err := freeSpace(dir)
	if err != nil {
		return err
	}
	if free < FreeMin {
		return fmt.Errorf("the disk of %s is full: %d MB free, %d MB needed; free some space or set BOMPASS_HOME to another disk",
			dir, free>>20, uint64(FreeMin)>>20)
	}
	return nil
}

// freeSpace returns the free space of the disk of a directory, in bytes.
func freeSpace(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("disk of %s: %w", dir, err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
