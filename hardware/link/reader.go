package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/seal"
)

// How often a beacon is asked how it fares, whatever happens in the lane, and how long one that is busy
// is left alone.
const (
	pollEvery = 2 * time.Second
	busyWait  = 100 * time.Millisecond
)

// Reader is one lane's antenna: it keeps the line to a beacon up, finds tags and carries out the
// transaction with each. It implements hardware.Reader. Set the fields before Run.
type Reader struct {
	Lane      int
	Direction string
	Connect   Connector
	Profile   efc.Profile
	Keys      seal.Keys // nil when there are none
	Now       func() time.Time
	Random    io.Reader      // fresh nonces; crypto/rand's Reader
	Jitter    func() float64 // of the wait before the line is opened again
	Log       *slog.Logger

	mu     sync.Mutex
	health hardware.Health
	recent   recentTags
	held   *heldRead // a tag that broke off and may be met again
	boot   uint32
	clock  clockEstimate
}

// heldRead is a tag that answered the call and said nothing more.
type heldRead struct {
	read  hardware.TagRead
	until time.Time
}

var _ hardware.Reader = (*Reader)(nil)

// emitError is an error of the one who takes the sightings, not of the line.
type emitError struct{ err error }

func (e *emitError) Error() string { return e.err.Error() }
func (e *emitError) Unwrap() error { return e.err }

// Health tells how the lane fares.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

// Run reads tags until ctx ends or emit fails. A tag that can be charged is emitted before its receipt
// is written, any other when its transaction is over. A tag that is met again at once, because the line
// or the radio broke off, is one passage.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	wait := backoff{jitter: r.Jitter}
	for {
		opened := r.Now()
		err := r.session(ctx, emit)
		r.setDown(err)
		if failed, ok := errors.AsType[*emitError](err); ok {
			return failed.err
		}
		if ctx.Err() != nil {
			return r.emitHeld(emit)
		}
		again := wait.after(r.Now().Sub(opened))
		r.Log.Warn("beacon is down", "lane", r.Lane, "err", err, "again", again)
		if !pause(ctx, again) {
			return r.emitHeld(emit)
		}
	}
}

// session is one beacon from when it is reached until it is lost.
func (r *Reader) session(ctx context.Context, emit func(hardware.Sighting) error) (err error) {
	beacon, err := r.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = beacon.Close() }() // what ended the session tells
	r.clock = clockEstimate{}
	if err := r.beginSession(ctx, beacon); err != nil {
		return err
	}
	return r.readTags(ctx, beacon, emit)
}

// state asks a beacon how it fares and measures its clock.
func (r *Reader) state(ctx context.Context, beacon Beacon) (State, error) {
	sent := r.Now()
	s, err := beacon.State(ctx)
	if err == nil {
		r.clock.update(sent, r.Now(), s.Clock)
	}
	return s, err
}

// beginSession sets the clock of a beacon that has just started or is off, and tells of it.
func (r *Reader) beginSession(ctx context.Context, beacon Beacon) error {
	s, err := r.state(ctx, beacon)
	if err != nil {
		return err
	}
	if s.Boot != r.boot && r.boot != 0 {
		r.Log.Warn("beacon has started anew", "lane", r.Lane)
	}
	r.boot = s.Boot
	if offset := r.clock.offset; s.Fresh || offset.Abs() > ClockAlarm {
		if _, err := beacon.SetClock(ctx, r.Now()); err != nil {
			return fmt.Errorf("set clock: %w", err)
		}
		r.Log.Info("beacon's clock is set", "lane", r.Lane, "was", offset)
		r.clock = clockEstimate{}
		if _, err := r.state(ctx, beacon); err != nil {
			return err
		}
	}
	r.recent.extendAfterOutage(r.Health().Since, r.Now())
	if r.held != nil {
		r.held.until = r.Now().Add(holdTime)
	}
	r.updateHealth(func(h *hardware.Health) { h.Up, h.Since, h.Fault, h.Offset = true, r.Now(), "", r.clock.offset })
	return nil
}

// readTags finds tags until the line ends.
func (r *Reader) readTags(ctx context.Context, beacon Beacon, emit func(hardware.Sighting) error) error {
	polled := r.Now()
	for {
		if r.Now().Sub(polled) >= pollEvery {
			if err := r.poll(ctx, beacon); err != nil {
				return err
			}
			polled = r.Now()
		}
		if err := r.transact(ctx, beacon, emit); err != nil {
			return err
		}
	}
}

// poll asks the beacon how it fares. A beacon that has started anew has lost its clock: the session
// begins again.
func (r *Reader) poll(ctx context.Context, beacon Beacon) error {
	s, err := r.state(ctx, beacon)
	if err != nil {
		return err
	}
	if s.Boot != r.boot {
		return errors.New("link: beacon has started anew")
	}
	fault := ""
	switch offset := r.clock.offset; {
	case s.Fault != 0:
		fault = fmt.Sprintf("beacon reports fault %d", s.Fault)
	case !s.Radio:
		fault = "radio is off"
	case offset.Abs() > ClockAlarm:
		fault = fmt.Sprintf("beacon's clock is off by %v", offset)
	}
	r.updateHealth(func(h *hardware.Health) { h.Fault, h.Offset = fault, r.clock.offset })
	return nil
}

// transact is one call and, when a tag answers it, the transaction.
func (r *Reader) transact(ctx context.Context, beacon Beacon, emit func(hardware.Sighting) error) error {
	var nonce dsrc.Octets4
	if _, err := io.ReadFull(r.Random, nonce[:]); err != nil {
		return err
	}
	kept := false
	keep := func(read hardware.TagRead) error {
		kept = true
		return r.emitTag(read, emit)
	}
	h := efc.Host{Antenna: beacon, Keys: r.Keys, Now: r.Now, Commit: keep}
	m := efc.New(r.Profile, nonce)
	read, err := h.Run(ctx, m)
	err = r.ignoreRefusal(ctx, err)
	switch {
	case kept:
		r.recent.markReleased(read, r.Now(), err == nil && m.Released())
		return err
	case read.IsZero() && err != nil:
		return err
	case read.IsZero():
		return r.handleNoTag(emit)
	case read.Finding == hardware.Interrupted:
		r.hold(read)
		return err
	}
	err = errors.Join(err, keep(read))
	r.recent.markReleased(read, r.Now(), err == nil && m.Released())
	return err
}

// ignoreRefusal lets pass what a beacon refuses while its line is well: it has given the tag up, or is busy.
func (r *Reader) ignoreRefusal(ctx context.Context, err error) error {
	refused, ok := errors.AsType[*Error](err)
	switch {
	case !ok, refused.Status != Idle && refused.Status != Busy:
		return err
	case refused.Status == Busy:
		r.updateHealth(func(h *hardware.Health) { h.Fault = refused.Error() })
		pause(ctx, busyWait)
	}
	return nil
}

// hold keeps a tag that broke off back for a moment: when it is met again it is one passage.
func (r *Reader) hold(read hardware.TagRead) {
	if r.recent.mayBeRecent(read, r.Now()) {
		return
	}
	if r.held == nil {
		r.held = &heldRead{read: read}
	}
	r.held.until = r.Now().Add(holdTime)
}

// handleNoTag is a call that no tag answered: what was held back may be gone for good.
func (r *Reader) handleNoTag(emit func(hardware.Sighting) error) error {
	if r.held == nil || r.Now().Before(r.held.until) {
		return nil
	}
	if err := r.emitHeld(emit); err != nil {
		return &emitError{err}
	}
	return nil
}

// emitHeld emits the tag that was held back and not met again.
func (r *Reader) emitHeld(emit func(hardware.Sighting) error) error {
	if r.held == nil {
		return nil
	}
	read := r.held.read
	r.held = nil
	err := r.emitTag(read, emit)
	if failed, ok := errors.AsType[*emitError](err); ok {
		return failed.err
	}
	return err
}

// emitTag emits a tag, unless it is the one of a moment ago.
func (r *Reader) emitTag(read hardware.TagRead, emit func(hardware.Sighting) error) error {
	now := r.Now()
	if r.held != nil && r.held.read.Mark == read.Mark {
		r.held = nil
	}
	if r.recent.refresh(read, now) {
		return nil
	}
	s := hardware.Sighting{Lane: r.Lane, At: firstAnswer(read, now), Direction: r.Direction, Tag: read, Offset: r.clock.offset}
	if err := emit(s); err != nil {
		return &emitError{err}
	}
	r.recent.add(read, now)
	r.updateHealth(func(h *hardware.Health) {
		h.Vehicles++
		if read.Finding == hardware.Read {
			h.Tags++
		}
	})
	return nil
}

// firstAnswer is when the tag first answered, by the host's clock.
func firstAnswer(read hardware.TagRead, now time.Time) time.Time {
	for _, m := range read.Raw {
		if m.FromTag {
			return m.At
		}
	}
	return now
}

func (r *Reader) setDown(err error) {
	r.updateHealth(func(h *hardware.Health) {
		if h.Up {
			h.Up, h.Since = false, r.Now()
		}
		if err != nil {
			h.Fault = err.Error()
		}
	})
}

func (r *Reader) updateHealth(change func(*hardware.Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.health)
}
