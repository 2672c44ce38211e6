package sim

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// OpenPTY opens a pseudo-terminal, which acts as a serial port without a cable. A beacon serves the near
// end; the driver opens the far end by its name.
func OpenPTY() (near io.ReadWriteCloser, far string, err error) {
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, "", fmt.Errorf("open pseudo-terminal: %w", err)
	}
	raw, err := f.SyscallConn()
	if err == nil {
		far, err = unlock(raw.Control)
	}
	if err != nil {
		_ = f.Close() // the first error is the cause
		return nil, "", fmt.Errorf("open pseudo-terminal: %w", err)
	}
	return f, far, nil
}

// unlock unlocks the far end and returns its name.
func unlock(control func(func(fd uintptr)) error) (name string, err error) {
	failed := control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err != nil {
			return
		}
		var number uint32
		if number, err = unix.IoctlGetUint32(int(fd), unix.TIOCGPTN); err != nil {
			return
		}
		name = fmt.Sprintf("/dev/pts/%d", number)
	})
	if failed != nil {
		return "", failed
	}
	return name, err
}
