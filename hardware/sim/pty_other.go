//go:build !linux

package sim

import (
	"errors"
	"io"
)

// OpenPTY opens a pseudo-terminal. It is supported on Linux only.
func OpenPTY() (near io.ReadWriteCloser, far string, err error) {
	return nil, "", errors.New("pseudo-terminals are opened on Linux only")
}
