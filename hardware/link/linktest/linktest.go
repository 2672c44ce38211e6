// Package linktest provides ports for testing a driver without its device: Recorder writes the traffic of a
// port to a file, and Playback replays a recording and fails when the driver sends anything else. A failure
// in the field becomes a test case.
//
// A recording is text. A line that starts with > has the octets that the host wrote, in hexadecimal, and one
// that starts with < the octets that it read. Consecutive octets in one direction are one line, whatever the
// pieces they came in.
package linktest

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Directions of a line.
const (
	toBeacon = '>'
	toHost   = '<'
)

// Recorder is a port that records its traffic.
type Recorder struct {
	port io.ReadWriteCloser

	mu        sync.Mutex
	out       io.Writer
	direction byte
	err       error
}

// NewRecorder wraps a port. The recording is written to out and is complete once the port is closed.
func NewRecorder(port io.ReadWriteCloser, out io.Writer) *Recorder {
	return &Recorder{port: port, out: out}
}

// Read implements io.Reader.
func (r *Recorder) Read(b []byte) (int, error) {
	n, err := r.port.Read(b)
	r.record(toHost, b[:n])
	return n, err
}

// Write implements io.Writer. The octets are recorded before they are sent, so that the answer cannot be
// recorded first.
func (r *Recorder) Write(b []byte) (int, error) {
	r.record(toBeacon, b)
	return r.port.Write(b)
}

// Close closes the port. It also returns the first error of writing the recording.
func (r *Recorder) Close() error {
	err := r.port.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.direction != 0 {
		r.write("\n")
		r.direction = 0
	}
	return errors.Join(err, r.err)
}

func (r *Recorder) record(direction byte, octets []byte) {
	if len(octets) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	text := strings.ToUpper(hex.EncodeToString(octets))
	switch r.direction {
	case direction:
	case 0:
		text = string(direction) + " " + text
	default:
		text = "\n" + string(direction) + " " + text
	}
	r.direction = direction
	r.write(text)
}

func (r *Recorder) write(text string) {
	if _, err := io.WriteString(r.out, text); err != nil && r.err == nil {
		r.err = fmt.Errorf("write recording: %w", err)
	}
}

// ErrMismatch is returned when the driver writes anything but the recorded octets.
var ErrMismatch = errors.New("linktest: differs from recording")

// Playback is a port that replays a recording.
type Playback struct {
	mu      sync.Mutex
	changed *sync.Cond
	steps   []step
	closed  bool
	err     error
}

type step struct {
	direction byte
	octets    []byte
	line      int
}

// lineMax is the maximum length of a line of a recording.
const lineMax = 1 << 20

// NewPlayback parses a recording; empty lines and those that start with # are skipped.
func NewPlayback(recording io.Reader) (*Playback, error) {
	p := &Playback{}
	p.changed = sync.NewCond(&p.mu)
	lines := bufio.NewScanner(recording)
	lines.Buffer(nil, lineMax)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		octets, err := hex.DecodeString(strings.TrimSpace(text[1:]))
		if err != nil || text[0] != toBeacon && text[0] != toHost {
			return nil, fmt.Errorf("recording line %d: want > or < and hexadecimal", n)
		}
		p.steps = append(p.steps, step{text[0], octets, n})
	}
	return p, lines.Err()
}

// Write compares the octets with the recorded ones.
func (p *Playback) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.changed.Broadcast()
	for rest := b; len(rest) > 0; {
		if p.err != nil || p.closed {
			return 0, errors.Join(p.err, io.ErrClosedPipe)
		}
		if len(p.steps) == 0 || p.steps[0].direction != toBeacon {
			p.err = fmt.Errorf("%w: unexpected write %X", ErrMismatch, rest)
			continue
		}
		now := &p.steps[0]
		n := min(len(rest), len(now.octets))
		if !bytes.Equal(rest[:n], now.octets[:n]) {
			p.err = fmt.Errorf("%w: line %d: got %X, want %X", ErrMismatch, now.line, rest[:n], now.octets[:n])
			continue
		}
		p.advance(n)
		rest = rest[n:]
	}
	return len(b), nil
}

// Read returns recorded octets once the driver has written those before them.
func (p *Playback) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.err != nil:
			return 0, p.err
		case p.closed || len(p.steps) == 0:
			return 0, io.EOF
		case p.steps[0].direction == toHost:
			n := copy(b, p.steps[0].octets)
			p.advance(n)
			return n, nil
		}
		p.changed.Wait()
	}
}

func (p *Playback) advance(n int) {
	p.steps[0].octets = p.steps[0].octets[n:]
	if len(p.steps[0].octets) == 0 {
		p.steps = p.steps[1:]
	}
}

// Close ends the playback.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.changed.Broadcast()
	return nil
}

// Err returns nil when the driver has written all recorded octets and nothing else.
func (p *Playback) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil && len(p.steps) > 0 {
		return fmt.Errorf("%w: stopped before line %d", ErrMismatch, p.steps[0].line)
	}
	return p.err
}
