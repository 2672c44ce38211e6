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

// Port is where a reader listens, in the clear.
const Port = "5084"

// Backoff between connections.
const (
	waitMin     = 250 * time.Millisecond
	waitMax     = 30 * time.Second
	settleEvery = 200 * time.Millisecond // how often stays are looked at
)

// Lane is where an antenna hangs.
type Lane struct {
	Number    int
	Direction string // in, out, or empty when it cannot tell
}

// Reader is an LLRP reader over its lanes. It implements hardware.Reader; all its parts are given by
// the one who builds it.
type Reader struct {
	Dial   func(context.Context) (net.Conn, error)
	Lanes  map[uint16]Lane // by antenna; several antennas may hang over one lane
	Number Numbering
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Jitter func() float64                             // 0 ≤ x < 1
	Log    *slog.Logger

	mu     sync.Mutex
	health hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// emitError is the station's, not the line's: it ends Run.
type emitError struct{ error }

// Unwrap is the station's error.
func (e emitError) Unwrap() error { return e.error }

// Run keeps a connection until ctx ends, and then returns nil. A stay that was not over when a line
// was lost is told at once.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	g := newGather(r.Lanes, r.Number)
	tell := func(all bool) error { return r.tell(g, all, emit) }
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

// connect runs one connection to its end, and tells whether it has worked.
func (r *Reader) connect(ctx context.Context, g *gather, tell func(bool) error) (worked bool, err error) {
	conn, err := r.Dial(ctx)
	if err != nil {
		return false, fmt.Errorf("dial reader: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := newSession(conn, r.Now, func(m Message) error { return r.handle(g, m) })
	var listening sync.WaitGroup
	listening.Go(func() { s.listen(ctx) })
	defer func() {
		cancel()
		_ = conn.Close() // also ends listen
		listening.Wait()
	}()
	if err := s.setUp(ctx, slices.Sorted(maps.Keys(r.Lanes))); err != nil {
		return false, err
	}
	r.set(true, "")
	r.Log.Info("reader connected", "version", s.version, "antennas", len(r.Lanes))
	return true, r.serve(ctx, s, tell)
}

// serve takes what the reader sends until the line fails or ctx ends.
func (r *Reader) serve(ctx context.Context, s *session, tell func(bool) error) error {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				return s.failed
			}
			if err := s.take(f); err != nil {
				return err
			}
		case <-tick.C:
			if err := tell(false); err != nil {
				return err
			}
		case <-ctx.Done():
			s.lastID++
			_ = s.send(s.lastID, &Plain{Of: KindClose}) // a reader that hears it is free at once
			return ctx.Err()
		}
	}
}

// handle takes what the reader tells of by itself.
func (r *Reader) handle(g *gather, m Message) error {
	switch m := m.(type) {
	case *Report:
		for _, t := range m.Tags {
			if !g.add(t, r.Now()) {
				r.Log.Warn("report from antenna without lane", "antenna", t.Antenna)
			}
		}
	case *Event:
		r.heed(m)
		if m.Closed {
			return errors.New("reader closed the connection")
		}
	}
	return nil
}

// heed takes note of an event.
func (r *Reader) heed(e *Event) {
	if !e.At.IsZero() {
		offset := e.At.Sub(r.Now())
		r.note(func(h *hardware.Health) { h.Offset = offset })
	}
	switch {
	case e.Overflow:
		r.Log.Error("reader buffer overflow, reports lost")
		r.note(func(h *hardware.Health) { h.Fault = "reports lost: buffer overflow" })
	case e.Exception != "":
		r.Log.Error("reader exception", "exception", e.Exception)
		r.note(func(h *hardware.Health) { h.Fault = e.Exception })
	case e.Fill != 0:
		r.Log.Warn("reader buffer filling", "percent", e.Fill)
	case e.Antenna != nil:
		r.Log.Warn("antenna event", "antenna", e.Antenna.Antenna, "connected", e.Antenna.Connected)
		if !e.Antenna.Connected {
			r.note(func(h *hardware.Health) { h.Fault = fmt.Sprintf("antenna %d is disconnected", e.Antenna.Antenna) })
		}
	}
}

// tell emits the stays that are over.
func (r *Reader) tell(g *gather, all bool, emit func(hardware.Sighting) error) error {
	for _, s := range g.ripe(r.Now(), all) {
		s.Offset = r.Health().Offset
		r.note(func(h *hardware.Health) {
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

// Health tells how the reader fares. It sees tags only: who watches for deaf lanes compares them with
// a camera's vehicles.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

func (r *Reader) note(change func(*hardware.Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.health)
}

func (r *Reader) set(up bool, fault string) {
	now := r.Now()
	r.note(func(h *hardware.Health) {
		if h.Up != up || h.Since.IsZero() {
			h.Up, h.Since = up, now
		}
		h.Fault = fault
	})
}

// backoff doubles from a quarter of a second to half a minute; a random half of it is jitter.
func (r *Reader) backoff(attempt int) time.Duration {
	wait := min(waitMax, waitMin<<min(attempt, 10))
	return wait/2 + time.Duration(r.Jitter()*float64(wait/2))
}
