package attachment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"bompass/shared/fault"
)

// scanTimeout is the maximum time that a scan takes.
const scanTimeout = 30 * time.Second

// scanChunk is the number of bytes that are sent to the scanner at a time.
const scanChunk = 64 << 10

// replyMax is the maximum length of the scanner's answer.
const replyMax = 4096

// Scanner looks for viruses with ClamAV's daemon (clamd), by its command INSTREAM. It is safe for concurrent use.
type Scanner struct{ network, address string }

// NewScanner returns a Scanner for the path of a socket, such as /run/clamav/clamd.ctl, or for host:port.
func NewScanner(address string) *Scanner {
	if strings.HasPrefix(address, "/") {
		return &Scanner{"unix", address}
	}
	return &Scanner{"tcp", address}
}

// ScannerAt is NewScanner, or nil for an empty address.
func ScannerAt(address string) *Scanner {
	if address == "" {
		return nil
	}
	return NewScanner(address)
}

// Scan returns fault.FileInfected if the scanner finds something, and fault.PartnerDown if it does not answer.
func (s *Scanner) Scan(ctx context.Context, f File) error {
	answer, err := s.ask(ctx, f.Body)
	if err != nil {
		return errors.Join(fault.New(fault.PartnerDown, "partner", "ClamAV").At("files"), err)
	}
	switch {
	case strings.HasSuffix(answer, " OK"):
		return nil
	case strings.HasSuffix(answer, " FOUND"):
		return fault.New(fault.FileInfected, "name", f.Name).At("files")
	}
	return errors.Join(fault.New(fault.PartnerDown, "partner", "ClamAV").At("files"), fmt.Errorf("scan a file: clamd answered %q", answer))
}

// ask sends a file and returns the answer, such as "stream: OK".
func (s *Scanner) ask(ctx context.Context, body []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, s.network, s.address)
	if err != nil {
		return "", fmt.Errorf("scan a file: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return "", fmt.Errorf("scan a file: %w", err)
		}
	}
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return "", fmt.Errorf("scan a file: %w", err)
	}
	for rest := body; len(rest) > 0; {
		chunk := rest[:min(scanChunk, len(rest))]
		rest = rest[len(chunk):]
		if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(chunk))), chunk...)); err != nil {
			return "", fmt.Errorf("scan a file: %w", err)
		}
	}
	if _, err := conn.Write(make([]byte, 4)); err != nil { // a chunk of no bytes ends the file
		return "", fmt.Errorf("scan a file: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, replyMax))
	if err != nil {
		return "", fmt.Errorf("scan a file: %w", err)
	}
	return strings.TrimRight(string(answer), "\x00\n"), nil
}
