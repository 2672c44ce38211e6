// Package reader is the driver of LLRP readers: it sets up a reader by a Profile, keeps the connection up and
// turns the reader's reports into sightings.
//
// Tags are numbered by a function of the caller. Joining tags with plates is done in package lane.
package reader

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bompass/hardware"
	"bompass/hardware/llrp"
	"bompass/hardware/supervise"
)

// TCP ports of LLRP.
const (
	Port    = "5084" // unencrypted
	PortTLS = "5085"
)

// emitEvery is how often ended visits are emitted.
const emitEvery = 200 * time.Millisecond

// liveAfter is how long after a connection reports may still be ones that the reader held.
const liveAfter = 5 * time.Second

// Lane is the lane below an antenna.
type Lane struct {
	Number    int
	Direction string // in, out, or empty when unknown
}

// Profile is the configuration of a reader, as data. The zero value leaves the radio to the reader.
type Profile struct {
	Radio      llrp.Radio
	StartGPI   *llrp.GPITrigger // nil reads all the time
	ClockAlarm time.Duration    // offset above which the reader's times are corrected; 2 s when zero
}

// clockAlarm is the standard Profile.ClockAlarm.
const clockAlarm = 2 * time.Second

// Reader is the driver of an LLRP reader and its lanes. It implements hardware.Reader. Set the fields before
// Run.
type Reader struct {
	Dial    func(context.Context) (net.Conn, error)
	Lanes   map[uint16]Lane // by antenna; several antennas may cover one lane
	Number  NumberFunc      // nil reports every tag as one of an unknown issuer
	Profile Profile
	Now     func() time.Time                           // nil is time.Now
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error; nil is supervise.Sleep
	Jitter  func() float64                             // 0 ≤ x < 1; nil is 1/2
	Log     *slog.Logger                               // nil discards

	once       sync.Once
	state      *supervise.State
	clock      clockEstimate
	version101 bool // the reader does not support version negotiation
	invalid    atomic.Int64
}

var _ hardware.Reader = (*Reader)(nil)

// init sets the defaults of the fields.
func (r *Reader) init() {
	r.once.Do(func() {
		if r.Now == nil {
			r.Now = time.Now //nolint:forbidigo // the default of a library
		}
		if r.Log == nil {
			r.Log = slog.New(slog.DiscardHandler)
		}
		if r.Number == nil {
			r.Number = func([]byte) (string, bool) { return "", false }
		}
		if r.Profile.ClockAlarm == 0 {
			r.Profile.ClockAlarm = clockAlarm
		}
		r.state = supervise.NewState(r.Now)
	})
}

// errNoDial is returned by Run of a Reader without the required fields.
var errNoDial = errors.New("llrp reader: Dial and Lanes are required")

// Health implements hardware.Reader. The reader detects tags only, so Vehicles counts vehicles with a tag.
func (r *Reader) Health() hardware.Health {
	r.init()
	return r.state.Health()
}

// Invalid returns the number of frames and reports that did not decode and were skipped.
func (r *Reader) Invalid() int64 { return r.invalid.Load() }

// Run keeps a connection until ctx ends, and then returns nil. Visits that have not ended when the connection
// is lost are emitted at once.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.init()
	if r.Dial == nil || len(r.Lanes) == 0 {
		return errNoDial
	}
	g := newTagTracker(r.Number)
	loop := supervise.Loop{
		Name: "reader", State: r.state, Backoff: supervise.Backoff{Jitter: r.Jitter}, Now: r.Now, Wait: r.Wait, Log: r.Log,
	}
	return loop.Run(ctx, func(ctx context.Context) error {
		err := r.connect(ctx, g, emit)
		if supervise.Stopped(err) {
			return err
		}
		if stop := r.emitFinished(g, true, emit); stop != nil {
			return stop
		}
		return err
	})
}

// connect runs one connection to its end.
func (r *Reader) connect(ctx context.Context, g *tagTracker, emit func(hardware.Sighting) error) error {
	conn, err := r.Dial(ctx)
	if err != nil {
		return fmt.Errorf("dial reader: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	began := r.Now()
	r.clock = clockEstimate{} // a reader that restarted counts from its start again
	s := newSession(conn, r.Now, r.Log, nil, r.skip)
	s.handle = func(m llrp.Message) error { return r.handle(g, s, m, r.Now().Sub(began) > liveAfter) }
	var reading sync.WaitGroup
	reading.Go(func() { s.readLoop(ctx) })
	defer func() {
		cancel()
		_ = conn.Close() // also ends readLoop
		reading.Wait()
	}()
	if err := s.awaitConnection(ctx); err != nil {
		return err
	}
	if !r.version101 {
		err = s.negotiateVersion(ctx)
		r.version101 = errors.Is(err, errVersion)
	}
	if err != nil {
		return err
	}
	antennas := slices.Sorted(maps.Keys(r.Lanes))
	if err := s.setUp(ctx, r.Profile, antennas); err != nil {
		return err
	}
	r.state.ClearAll() // alarms of the connection before, which end without an event
	r.state.SetUp()
	r.Log.Info("reader connected", "version", s.version, "antennas", len(r.Lanes))
	return r.serve(ctx, s, func() error { return r.emitFinished(g, false, emit) }, antennas)
}

// serve processes frames until the connection fails or ctx ends.
func (r *Reader) serve(ctx context.Context, s *session, emit func() error, antennas []uint16) error {
	tick := time.NewTicker(emitEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case f, ok := <-s.frames:
			if !ok {
				return s.failed
			}
			err = s.dispatch(f)
		case <-tick.C:
			if err = emit(); err == nil {
				err = s.probe(ctx)
			}
		case <-ctx.Done():
			s.lastID++
			_ = s.send(s.lastID, &llrp.CloseConnection{}) // the reader is then free for the next client at once
			return ctx.Err()
		}
		if err == nil && s.restart {
			err = s.restartROSpec(ctx, r.Profile, antennas)
		}
		if err != nil {
			return err
		}
	}
}

// skip counts and logs octets that did not decode.
func (r *Reader) skip(octets []byte, err error) {
	r.invalid.Add(1)
	r.Log.Warn("skip invalid frame", "octets", fmt.Sprintf("%X", octets[:min(len(octets), loggedMax)]), "length", len(octets), "error", err)
}

// handle processes reports and events. live reports that they were not held by the reader.
func (r *Reader) handle(g *tagTracker, s *session, m llrp.Message, live bool) error {
	switch m := m.(type) {
	case *llrp.ROAccessReport:
		for _, octets := range m.Invalid {
			r.skip(octets, errors.New("invalid TagReportData"))
		}
		for _, t := range m.Tags {
			r.addReport(g, t, live)
		}
	case *llrp.ReaderEventNotification:
		r.handleEvent(s, m)
		if m.Closed {
			return errors.New("reader closed the connection")
		}
	}
	return nil
}

// addReport passes a report to the tracker with its times by the host's clock.
func (r *Reader) addReport(g *tagTracker, t llrp.TagReportData, live bool) {
	lane, ok := r.laneOf(t.Antenna)
	if !ok || len(t.EPC) == 0 {
		r.Log.Warn("report from antenna without lane", "antenna", t.Antenna)
		return
	}
	now := r.Now()
	report := tagReport{epc: string(t.EPC), lane: lane, rssi: t.RSSI, first: now, last: now}
	first, last := t.First, t.Last
	// A reader without a synchronised clock reports the time since its start instead.
	utc := !first.IsZero() || !last.IsZero()
	if !utc && (t.FirstUptime > 0 || t.LastUptime > 0) {
		first, last = uptime(t.FirstUptime), uptime(t.LastUptime)
	}
	if first.IsZero() {
		first = last
	}
	if last.IsZero() {
		last = first
	}
	if !last.IsZero() {
		r.clock.add(last, now, live)
		report.first, report.last = first, last
		if utc {
			report.device = last
		}
		// A measured offset contains the delay of the network, so a small one is no reason to correct a UTC time.
		if offset := r.clock.offset; !utc || offset.Abs() > r.Profile.ClockAlarm {
			report.first, report.last = first.Add(-offset), last.Add(-offset)
			if utc {
				report.correction = -offset
			}
		}
		if utc {
			r.noteOffset()
		}
	}
	g.add(report, now, live)
}

// uptime returns a time since a reader's start as a time, so that it can be compared with the host's clock.
func uptime(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(0, 0).UTC().Add(d)
}

// laneOf returns the lane of an antenna. A report without an antenna belongs to the only lane.
func (r *Reader) laneOf(antenna uint16) (lane Lane, ok bool) {
	if lane, ok = r.Lanes[antenna]; ok || antenna != 0 {
		return lane, ok
	}
	for _, l := range r.Lanes {
		if ok && l != lane {
			return Lane{}, false
		}
		lane, ok = l, true
	}
	return lane, ok
}

// noteOffset records the offset of the reader's clock and raises or ends its alarm.
func (r *Reader) noteOffset() {
	r.state.SetOffset(r.clock.offset)
	if r.clock.offset.Abs() > r.Profile.ClockAlarm {
		r.state.Raise("clock", fmt.Sprintf("reader clock is off by %v, times are corrected", r.clock.offset.Round(time.Millisecond)))
		return
	}
	r.state.Clear("clock")
}

// handleEvent updates the health with an event.
func (r *Reader) handleEvent(s *session, e *llrp.ReaderEventNotification) {
	switch {
	case !e.At.IsZero():
		r.clock.add(e.At, r.Now(), true)
		r.noteOffset()
	case e.Uptime > 0:
		r.clock.add(uptime(e.Uptime), r.Now(), true)
	}
	switch {
	// The specification has no end of its own, so another client or an operator has stopped it.
	case e.ROSpec != nil && e.ROSpec.ROSpec == specID && e.ROSpec.Type != llrp.ROSpecStarted:
		r.Log.Warn("ROSpec ended, starting it again", "type", e.ROSpec.Type)
		s.restart = true
	case e.Overflow:
		r.Log.Error("reader buffer overflow, reports lost")
		r.state.Raise("buffer", "reports lost: buffer overflow")
	case e.Exception != "":
		r.Log.Error("reader exception", "exception", e.Exception)
		r.state.Raise("exception", e.Exception)
	case e.Fill != 0:
		r.Log.Warn("reader buffer filling", "percent", e.Fill)
	case e.Antenna != nil:
		r.Log.Warn("antenna event", "antenna", e.Antenna.Antenna, "connected", e.Antenna.Connected)
		key := fmt.Sprintf("antenna/%d", e.Antenna.Antenna)
		if e.Antenna.Connected {
			r.state.Clear(key)
		} else {
			r.state.Raise(key, fmt.Sprintf("antenna %d is disconnected", e.Antenna.Antenna))
		}
	}
}

// emitFinished emits the visits that have ended. Its error ends Run.
func (r *Reader) emitFinished(g *tagTracker, all bool, emit func(hardware.Sighting) error) error {
	for _, s := range g.finished(r.Now(), all) {
		s.Offset = r.state.Health().Offset
		r.state.Count(s.Tag.Finding == hardware.Read)
		if err := emit(s); err != nil {
			return supervise.Stop(err)
		}
	}
	return nil
}
