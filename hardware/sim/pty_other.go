//go:build !linux

package sim

import (
	"errors"
	"io"
)

// OpenPTY opens a pseudo-terminal: a serial port without a cable. Only Linux has it here.
func OpenPTY() (near io.ReadWriteCloser, far string, err error) {
	return nil, "", errors.New("pseudo-terminals are opened on Linux only")
}
