// Package linktest owns what is needed to try a driver without its device: Record writes down what goes
// over a port, and Playback is a port that says it again and objects when the driver says anything else.
// What went wrong in the field becomes a test case.
//
// A recording is text: a line for what the host wrote, > and hexadecimal, and for what it read, <.
// Octets in one direction, one after the other, are one line whatever the pieces they came in.
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

// Recorder is a port that writes down what goes over it.
type Recorder struct {
	port io.ReadWriteCloser

	mu        sync.Mutex
	out       io.Writer
	direction byte
	err       error
}

// NewRecorder wraps a port. What goes over it is written to out, a line at a time, and whole once the
// port is closed.
func NewRecorder(port io.ReadWriteCloser, out io.Writer) *Recorder { return &Recorder{port: port, out: out} }

// Read implements io.Reader.
func (r *Recorder) Read(b []byte) (int, error) {
	n, err := r.port.Read(b)
	r.record(toHost, b[:n])
	return n, err
}

// Write implements io.Writer. What was written is noted before it is sent, so that no answer comes
// first.
func (r *Recorder) Write(b []byte) (int, error) {
	r.record(toBeacon, b)
	return r.port.Write(b)
}

// Close closes the port. Its error is the first that writing down had, if any.
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

// ErrMismatch says that the driver wrote something else than was recorded.
var ErrMismatch = errors.New("linktest: not what was recorded")

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

// lineMax bounds a line of a recording.
const lineMax = 1 << 20

// NewPlayback reads a recording; empty lines and those that start with # are passed over.
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
			return nil, fmt.Errorf("recording, line %d: > or < and hexadecimal wanted", n)
		}
		p.steps = append(p.steps, step{text[0], octets, n})
	}
	return p, lines.Err()
}

// Write takes what the driver says and compares it.
func (p *Playback) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.changed.Broadcast()
	for rest := b; len(rest) > 0; {
		if p.err != nil || p.closed {
			return 0, errors.Join(p.err, io.ErrClosedPipe)
		}
		if len(p.steps) == 0 || p.steps[0].direction != toBeacon {
			p.err = fmt.Errorf("%w: %X was written, nothing was due", ErrMismatch, rest)
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

// Read says what was recorded, once the driver has said what came before it.
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

// Err tells whether the driver said all that was recorded, and nothing else.
func (p *Playback) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil && len(p.steps) > 0 {
		return fmt.Errorf("%w: it stopped before line %d", ErrMismatch, p.steps[0].line)
	}
	return p.err
}
