package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// CheckFolders returns an error if a configured folder cannot be used, a line each. It creates folders to write in
// that do not exist.
func (c Config) CheckFolders() error {
	problems := []error{writable("BOMPASS_HOME", c.Home, 0o755)} // PostgreSQL's own user must be able to enter
	if c.Paper != "" {
		problems = append(problems, writable("BOMPASS_PAPER_DIR", c.Paper, 0o700))
	}
	if c.Assets != "" {
		problems = append(problems, readable("BOMPASS_ASSETS", c.Assets))
	}
	return errors.Join(problems...)
}

// writable returns an error if a folder cannot be created or a file in it cannot.
func writable(name, dir string, mode os.FileMode) error {
	err := os.MkdirAll(dir, mode)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, ".writable-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s is %q, %s; set %s to a directory you may write in", name, dir, reason(err, dir), name)
}

// readable returns an error if a folder cannot be listed.
func readable(name, dir string) error {
	if _, err := os.ReadDir(dir); err != nil {
		return fmt.Errorf("%s is %q, %s; set %s to a directory you may read", name, dir, reason(err, dir), name)
	}
	return nil
}

// reason returns why a folder cannot be used, as the end of a sentence. It names a file in the place of the folder
// or of one of its parents.
func reason(err error, dir string) string {
	switch {
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, os.ErrExist):
		for path := filepath.Clean(dir); ; path = filepath.Dir(path) {
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				return "but " + path + " is a file"
			} else if path == filepath.Dir(path) {
				return "but a file is in its way"
			}
		}
	case errors.Is(err, os.ErrPermission):
		return "which this user may not use"
	case errors.Is(err, os.ErrNotExist):
		return "which does not exist"
	case errors.Is(err, syscall.EROFS):
		return "which is on a read-only file system"
	case errors.Is(err, syscall.ENOSPC):
		return "whose disk is full"
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return "which cannot be used (" + path.Err.Error() + ")"
	}
	return "which cannot be used"
}
