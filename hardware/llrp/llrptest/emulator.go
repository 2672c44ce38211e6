// Package llrptest provides an LLRP reader emulator, for tests and for running a station without hardware.
//
// It implements a reader with one client: versions, capabilities, configuration, one ROSpec, held reports
// and keep-alives. Its methods cause the faults of a real reader.
package llrptest

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"bompass/hardware/llrp"
)

// heldMax is the maximum number of reports held while no client is connected.
const heldMax = 100_000

// Version is how a reader answers GET_SUPPORTED_VERSION.
type Version uint8

// Answers to GET_SUPPORTED_VERSION.
const (
	VersionBoth        Version = iota // 1.0.1 and 1.1
	Version101Only                    // an error message
	VersionErrorIDZero                // an error message with the id 0
	VersionSilent                     // no answer
	VersionHangUp                     // the connection is closed
)

// Emulator is a reader of four antennas. Set Now before use.
type Emulator struct {
	Now     func() time.Time
	Version Version                           // how GET_SUPPORTED_VERSION is answered
	NoClock bool                              // reports uptimes
	NoHold  bool                              // does not support EventsAndReports
	Refuse  func(m llrp.Message) bool         // reports whether a request is refused; may be nil
	Record  func(fromReader bool, f []byte)   // called with every frame; may be nil
	Garble  func(f []byte) []byte             // alters the frames the reader sends; may be nil
	KeepMS  func(asked uint32) (given uint32) // alters the keep-alive interval; may be nil
	Started func()                            // called when the ROSpec starts; may be nil

	mu      sync.Mutex
	client  *client
	held    []llrp.TagReportData
	hold    bool
	running bool
	spec    *llrp.ROSpec
	enabled bool
	acks    int
	keepMS  uint32
	events  []uint16
	started time.Time // of the reader, for uptimes
}

// client is the connected client.
type client struct {
	conn    net.Conn
	version uint8
	lastID  uint32
	ready   bool // reports may be sent
	frozen  bool // half open: nothing is sent or answered
	done    chan struct{}
}

// Dial connects over an in-memory pipe.
func (e *Emulator) Dial(context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go e.Serve(ours)
	return theirs, nil
}

// Listen serves connections until the listener is closed.
func (e *Emulator) Listen(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go e.Serve(conn)
	}
}

// Serve serves one connection to its end. A second client is refused.
func (e *Emulator) Serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	c := &client{conn: conn, version: llrp.Version101, done: make(chan struct{})}
	defer close(c.done)
	if !e.admit(c) {
		return
	}
	defer e.leave(c)
	for {
		b, err := llrp.ReadFrame(conn)
		if err != nil {
			return
		}
		f, err := llrp.Decode(b)
		if err != nil { // a real reader complains and goes on
			e.mu.Lock()
			e.reply(c, f.ID, unsupported())
			e.mu.Unlock()
			continue
		}
		e.mu.Lock()
		if e.Record != nil {
			e.Record(false, b)
		}
		stop := !c.frozen && e.answer(c, f)
		e.mu.Unlock()
		if stop {
			return
		}
	}
}

func (e *Emulator) admit(c *client) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	status := llrp.ConnectionOK
	if e.client != nil {
		status = llrp.ConnectionTaken
	}
	c.ready = !e.hold
	if e.started.IsZero() {
		e.started = e.Now().Add(-time.Hour)
	}
	e.send(c, e.stamp(&llrp.ReaderEventNotification{At: e.Now(), Connection: &status}))
	if status == llrp.ConnectionOK {
		e.client = c
	}
	return status == llrp.ConnectionOK
}

func (e *Emulator) leave(c *client) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client == c {
		e.client = nil
	}
}

// send sends a message that is not a response.
func (e *Emulator) send(c *client, m llrp.Message) { c.lastID++; e.reply(c, c.lastID, m) }

func (e *Emulator) reply(c *client, id uint32, m llrp.Message) bool {
	b, err := llrp.Append(nil, llrp.Frame{Version: c.version, ID: id, Message: m})
	if err != nil || c.frozen {
		return false
	}
	if e.Record != nil {
		e.Record(true, b)
	}
	if e.Garble != nil {
		b = e.Garble(b)
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil { //nolint:forbidigo // the socket's own clock
		return false
	}
	_, err = c.conn.Write(b)
	return err == nil
}

// stamp replaces the time of an event by the uptime of a reader without a clock.
func (e *Emulator) stamp(event *llrp.ReaderEventNotification) *llrp.ReaderEventNotification {
	if e.NoClock && !event.At.IsZero() {
		event.Uptime, event.At = event.At.Sub(e.started), time.Time{}
	}
	return event
}

// stampTags replaces the times of reports by uptimes of a reader without a clock.
func (e *Emulator) stampTags(tags []llrp.TagReportData) []llrp.TagReportData {
	if !e.NoClock {
		return tags
	}
	tags = slices.Clone(tags)
	for i := range tags {
		t := &tags[i]
		t.FirstUptime, t.LastUptime, t.First, t.Last = t.First.Sub(e.started), t.Last.Sub(e.started), time.Time{}, time.Time{}
	}
	return tags
}

// ReportTags reports tags. The reports are held while no client is connected or until it enables them.
func (e *Emulator) ReportTags(tags ...llrp.TagReportData) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.running {
		return
	}
	tags = e.stampTags(tags)
	if e.client != nil && e.client.ready && e.reply(e.client, e.nextID(), &llrp.ROAccessReport{Tags: tags}) {
		return
	}
	if len(e.held) < heldMax {
		e.held = append(e.held, tags...)
	}
}

func (e *Emulator) nextID() uint32 { e.client.lastID++; return e.client.lastID }

// SendEvent sends an event.
func (e *Emulator) SendEvent(event *llrp.ReaderEventNotification) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if event.ROSpec != nil && event.ROSpec.Type != llrp.ROSpecStarted {
		e.running = false
	}
	if e.client != nil {
		e.send(e.client, e.stamp(event))
	}
}

// Cut closes the connection.
func (e *Emulator) Cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		_ = e.client.conn.Close()
		e.client = nil
	}
}

// Freeze leaves the connection half open: it stays up and silent. The reader accepts the next client.
func (e *Emulator) Freeze() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		e.client.frozen = true
		e.client = nil
	}
}

// Restart simulates a power failure: connection, configuration and ROSpec are lost; held reports are kept,
// as in readers with persistent storage.
func (e *Emulator) Restart() {
	e.Cut()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spec, e.enabled, e.running = nil, false, false
}

// Acks returns the number of acknowledged keep-alives.
func (e *Emulator) Acks() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.acks
}

// SendRaw sends octets as they are.
func (e *Emulator) SendRaw(octets []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		_, _ = e.client.conn.Write(octets)
	}
}

// Spec returns the ROSpec, or nil.
func (e *Emulator) Spec() *llrp.ROSpec {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.spec
}
