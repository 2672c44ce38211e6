package link

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"go.bug.st/serial"
)

// Baud is the speed of a serial line: 115,200, eight bits, no parity, one stop bit.
const Baud = 115_200

const (
	dialWait   = 5 * time.Second
	serialPoll = time.Second // how long a serial port's Read waits before it looks up
)

// ParseAddress reads where a beacon is: tcp://host:port, or serial:/dev/ttyS0.
func ParseAddress(text string) (Opener, error) {
	if address, ok := strings.CutPrefix(text, "tcp://"); ok && address != "" {
		return TCP(address), nil
	}
	if device, ok := strings.CutPrefix(text, "serial:"); ok && device != "" {
		return Serial(device), nil
	}
	return nil, fmt.Errorf("beacon address %q: tcp://host:port or serial:/dev/name wanted", text)
}

// TCP opens a line over the network.
func TCP(address string) Opener {
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		d := net.Dialer{Timeout: dialWait, KeepAlive: dialWait}
		return d.DialContext(ctx, "tcp", address)
	}
}

// Serial opens a line over a serial port.
func Serial(device string) Opener {
	return func(context.Context) (io.ReadWriteCloser, error) {
		port, err := serial.Open(device, &serial.Mode{BaudRate: Baud, DataBits: 8})
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", device, err)
		}
		if err := port.SetReadTimeout(serialPoll); err != nil {
			_ = port.Close() // the first error tells
			return nil, fmt.Errorf("open %s: %w", device, err)
		}
		return serialPort{port}, nil
	}
}

// serialPort waits for octets: the driver below returns none, and no error, when its time is up.
type serialPort struct{ serial.Port }

func (p serialPort) Read(b []byte) (int, error) {
	for {
		n, err := p.Port.Read(b)
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
	}
}
