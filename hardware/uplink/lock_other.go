//go:build !unix

package uplink

import (
	"os"
	"path/filepath"
)

// lock only creates the lock file: this system has no lock that ends with the process.
func lock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
