// Package llrptest is an LLRP reader in software, for tests and for trying a station without hardware.
//
// It answers what the protocol asks of a reader that serves one client: versions, capabilities,
// configuration, one ROSpec with its moves, held reports, keep-alives; and it can fail as a reader does.
package llrptest

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"bompass/hardware/llrp"
)

// heldMax bounds the reports that wait while nobody listens.
const heldMax = 100_000

// Emulator is one reader. Its zero value with a clock is a reader of four antennas.
type Emulator struct {
	Now     func() time.Time
	Elder   bool                              // speaks 1.0.1 only
	Record  func(fromReader bool, f []byte)   // told of every frame; may be nil
	Garble  func(f []byte) []byte             // changes what the reader sends; may be nil
	KeepMS  func(asked uint32) (given uint32) // changes how often it sends keep-alives; may be nil
	Started func()                            // told when an ROSpec starts; may be nil

	mu      sync.Mutex
	client  *client
	held    []llrp.TagReport
	hold    bool
	running bool
	spec    *llrp.ROSpec
	enabled bool
	acks    int
}

// client is the one who is connected.
type client struct {
	conn    net.Conn
	version uint8
	lastID  uint32
	ready   bool // reports may be sent
	frozen  bool // half open: nothing is sent or answered
	done    chan struct{}
}

// Dial connects within the process.
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
		if err != nil {
			return
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
	e.send(c, &llrp.Event{At: e.Now(), Connection: &status})
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

// send writes a message of the reader's own.
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

// See lets tags be read, now. Without a client, or before it asked for reports, they wait.
func (e *Emulator) See(tags ...llrp.TagReport) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.running {
		return
	}
	if e.client != nil && e.client.ready && e.reply(e.client, e.nextID(), &llrp.Report{Tags: tags}) {
		return
	}
	if len(e.held) < heldMax {
		e.held = append(e.held, tags...)
	}
}

func (e *Emulator) nextID() uint32 { e.client.lastID++; return e.client.lastID }

// Tell sends an event.
func (e *Emulator) Tell(event *llrp.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		e.send(e.client, event)
	}
}

// Cut breaks the connection.
func (e *Emulator) Cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		_ = e.client.conn.Close()
		e.client = nil
	}
}

// Freeze leaves the connection half open: it stands, and nothing comes any more. The reader takes the
// next client.
func (e *Emulator) Freeze() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		e.client.frozen = true
		e.client = nil
	}
}

// Restart is a power cut: connection, configuration and ROSpec are gone; held reports are kept, as
// readers with a disk do.
func (e *Emulator) Restart() {
	e.Cut()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spec, e.enabled, e.running = nil, false, false
}

// Acks is how many keep-alives were acknowledged.
func (e *Emulator) Acks() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.acks
}
