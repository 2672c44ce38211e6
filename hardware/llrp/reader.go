package llrp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"bompass/hardware"
)

// Port is the TCP port of unencrypted LLRP.
const Port = "5084"

// Limits of the backoff between connections.
const (
	waitMin   = 250 * time.Millisecond
	waitMax   = 30 * time.Second
	emitEvery = 200 * time.Millisecond // how often ended visits are emitted
)

// Lane is the lane below an antenna.
type Lane struct {
	Number    int
	Direction string // in, out, or empty when unknown
}

// Reader is the driver of an LLRP reader and its lanes. It implements hardware.Reader. Set the fields before
// Run.
type Reader struct {
	Dial   func(context.Context) (net.Conn, error)
	Lanes  map[uint16]Lane // by antenna; several antennas may cover one lane
	Number NumberFunc
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Jitter func() float64                             // 0 ≤ x < 1
	Log    *slog.Logger

	mu     sync.Mutex
	health hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// emitError is an error of emit, as opposed to one of the connection.
type emitError struct{ error }

// Unwrap returns the error of emit.
func (e emitError) Unwrap() error { return e.error }

// Run keeps a connection until ctx ends, and then returns nil. Visits that have not ended when the
// connection is lost are emitted at once.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	g := newTagTracker(r.Lanes, r.Number)
	tell := func(all bool) error { return r.emitFinished(g, all, emit) }
	for attempt := 0; ; attempt++ {
		worked, err := r.connect(ctx, g, tell)
		if failed, ok := errors.AsType[emitError](err); ok {
			return failed.Unwrap()
		}
		if err := tell(true); err != nil {
			return err.(emitError).Unwrap() //nolint:errorlint // tell returns nothing else
		}
		if ctx.Err() != nil {
			r.set(false, "")
			return nil //nolint:nilerr // the end was asked for
		}
		if worked {
			attempt = 0
		}
		r.set(false, err.Error())
		wait := r.backoff(attempt)
		r.Log.Warn("connect to reader", "retry_in", wait.Round(time.Millisecond), "error", err)
		if r.Wait(ctx, wait) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// connect runs one connection to its end and reports whether the set-up succeeded.
func (r *Reader) connect(ctx context.Context, g *tagTracker, tell func(bool) error) (worked bool, err error) {
	conn, err := r.Dial(ctx)
	if err != nil {
		return false, fmt.Errorf("dial reader: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := newSession(conn, r.Now, func(m Message) error { return r.handle(g, m) })
	var listening sync.WaitGroup
	listening.Go(func() { s.readLoop(ctx) })
	defer func() {
		cancel()
		_ = conn.Close() // also ends readLoop
		listening.Wait()
	}()
	if err := s.setUp(ctx, slices.Sorted(maps.Keys(r.Lanes))); err != nil {
		return false, err
	}
	r.set(true, "")
	r.Log.Info("reader connected", "version", s.version, "antennas", len(r.Lanes))
	return true, r.serve(ctx, s, tell)
}

// serve processes frames until the connection fails or ctx ends.
func (r *Reader) serve(ctx context.Context, s *session, tell func(bool) error) error {
	tick := time.NewTicker(emitEvery)
	defer tick.Stop()
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				return s.failed
			}
			if err := s.dispatch(f); err != nil {
				return err
			}
		case <-tick.C:
			if err := tell(false); err != nil {
				return err
			}
		case <-ctx.Done():
			s.lastID++
			_ = s.send(s.lastID, &Plain{Of: TypeCloseConnection}) // the reader is then free for the next client at once
			return ctx.Err()
		}
	}
}

// handle processes reports and events.
func (r *Reader) handle(g *tagTracker, m Message) error {
	switch m := m.(type) {
	case *ROAccessReport:
		for _, t := range m.Tags {
			if !g.add(t, r.Now()) {
				r.Log.Warn("report from antenna without lane", "antenna", t.Antenna)
			}
		}
	case *ReaderEventNotification:
		r.handleEvent(m)
		if m.Closed {
			return errors.New("reader closed the connection")
		}
	}
	return nil
}

// handleEvent updates the health with an event.
func (r *Reader) handleEvent(e *ReaderEventNotification) {
	if !e.At.IsZero() {
		offset := e.At.Sub(r.Now())
		r.updateHealth(func(h *hardware.Health) { h.Offset = offset })
	}
	switch {
	case e.Overflow:
		r.Log.Error("reader buffer overflow, reports lost")
		r.updateHealth(func(h *hardware.Health) { h.Fault = "reports lost: buffer overflow" })
	case e.Exception != "":
		r.Log.Error("reader exception", "exception", e.Exception)
		r.updateHealth(func(h *hardware.Health) { h.Fault = e.Exception })
	case e.Fill != 0:
		r.Log.Warn("reader buffer filling", "percent", e.Fill)
	case e.Antenna != nil:
		r.Log.Warn("antenna event", "antenna", e.Antenna.Antenna, "connected", e.Antenna.Connected)
		if !e.Antenna.Connected {
			r.updateHealth(func(h *hardware.Health) { h.Fault = fmt.Sprintf("antenna %d is disconnected", e.Antenna.Antenna) })
		}
	}
}

// emitFinished emits the visits that have ended.
func (r *Reader) emitFinished(g *tagTracker, all bool, emit func(hardware.Sighting) error) error {
	for _, s := range g.finished(r.Now(), all) {
		s.Offset = r.Health().Offset
		r.updateHealth(func(h *hardware.Health) {
			h.Vehicles++
			if s.Tag.Finding == hardware.Read {
				h.Tags++
			}
		})
		if err := emit(s); err != nil {
			return emitError{err}
		}
	}
	return nil
}

// Health implements hardware.Reader. The reader detects tags only, so Vehicles counts vehicles with a tag.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

func (r *Reader) updateHealth(change func(*hardware.Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.health)
}

func (r *Reader) set(up bool, fault string) {
	now := r.Now()
	r.updateHealth(func(h *hardware.Health) {
		if h.Up != up || h.Since.IsZero() {
			h.Up, h.Since = up, now
		}
		h.Fault = fault
	})
}

// backoff returns the wait before the next attempt. It doubles from waitMin to waitMax, with a random half.
func (r *Reader) backoff(attempt int) time.Duration {
	wait := min(waitMax, waitMin<<min(attempt, 10))
	return wait/2 + time.Duration(r.Jitter()*float64(wait/2))
}
