// Package embedded owns the parts that Bompass brings along when nobody names others: a private
// PostgreSQL, started from the installed binaries, and an in-process NATS server.
//
// It starts them, tells how to reach them, survives having been killed, and stops them. What is kept
// in them is package store's and package passage's.
package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// FreeMin is the free disk space below which nothing is started: a database that fills its disk half
// way through the day is worse than one that refuses in the morning.
const FreeMin = 256 << 20

// lockFile is in every home that a server has had.
const lockFile = "lock"

// ErrHeld says that another server has the home.
var ErrHeld = errors.New("another Bompass is running")

// Home is the directory that everything is kept under, held by one server at a time.
type Home struct {
	Dir  string // absolute
	lock *os.File
}

// OpenHome makes the directory when needed and claims it. The claim ends with the process, however it
// ends.
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

// claim takes the lock of a directory that is there.
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

// Close gives the home back.
func (h *Home) Close() error { return h.lock.Close() }

// Path returns the path of something kept in the home.
func (h *Home) Path(name string) string { return filepath.Join(h.Dir, name) }

func checkSpace(dir string) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("disk of %s: %w", dir, err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if free < FreeMin {
		return fmt.Errorf("the disk of %s is full: %d MB free, %d MB needed; free some space or set BOMPASS_HOME to another disk",
			dir, free>>20, uint64(FreeMin)>>20)
	}
	return nil
}
