package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"go.bug.st/serial"
)

// Baud is the speed of a serial line: 115,200 bit/s, eight data bits, no parity, one stop bit.
const Baud = 115_200

const (
	dialWait   = 5 * time.Second
	serialPoll = time.Second // how long one read of a serial port blocks
)

// ParseAddress parses the address of a beacon: tcp://host:port or serial:/dev/ttyS0.
func ParseAddress(text string) (Opener, error) {
	if address, ok := strings.CutPrefix(text, "tcp://"); ok && address != "" {
		return TCP(address), nil
	}
	if device, ok := strings.CutPrefix(text, "serial:"); ok && device != "" {
		return Serial(device), nil
	}
	return nil, fmt.Errorf("beacon address %q: want tcp://host:port or serial:/dev/name", text)
}

// TCP returns an Opener of a TCP connection.
func TCP(address string) Opener {
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		d := net.Dialer{Timeout: dialWait, KeepAlive: dialWait}
		return d.DialContext(ctx, "tcp", address)
	}
}

// Serial returns an Opener of a serial port.
func Serial(device string) Opener {
	return func(context.Context) (io.ReadWriteCloser, error) {
		port, err := serial.Open(device, &serial.Mode{BaudRate: Baud, DataBits: 8})
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", device, err)
		}
		if err := port.SetReadTimeout(serialPoll); err != nil {
			_ = port.Close() // the first error is the cause
			return nil, fmt.Errorf("open %s: %w", device, err)
		}
		return serialPort{port}, nil
	}
}

// serialPort blocks until octets arrive and writes all octets. The driver below returns 0 octets and no
// error after its timeout, and may write less than it was given.
type serialPort struct{ serial.Port }

// Read reads at least one octet. The driver returns no octets and no error after its timeout.
func (p serialPort) Read(b []byte) (int, error) {
	for {
		n, err := p.Port.Read(b)
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
	}
}

// Write writes all octets. The driver can write fewer, and be interrupted by a signal.
func (p serialPort) Write(b []byte) (n int, err error) {
	for n < len(b) {
		some, err := p.Port.Write(b[n:])
		n += some
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return n, err
		case some == 0:
			return n, io.ErrShortWrite
		}
	}
	return n, nil
}
