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
	"bompass/hardware/once"
	"bompass/hardware/seal"
)

// Intervals of polling a beacon's state and of retrying a busy beacon.
const (
	pollEvery = 2 * time.Second
	busyWait  = 100 * time.Millisecond
)

// holdTime is how long a tag that broke off is held: as long as a lost line may take to come back.
const holdTime = 2 * time.Second

// Reader is the driver of one lane's beacon: it keeps the line up, finds tags and runs the transaction with
// each. It implements hardware.Reader. Set the fields before Run.
type Reader struct {
	Lane      int
	Direction string
	Connect   Connector
	Profile   efc.Profile
	Keys      seal.Keys // nil when the station has no keys
	Now       func() time.Time
	Random    io.Reader      // source of nonces; use crypto/rand.Reader
	Jitter    func() float64 // of the wait before the line is opened again, 0 ≤ x < 1
	Log       *slog.Logger

	mu     sync.Mutex
	health hardware.Health
	recent once.Lane
	held   *heldRead // a tag that broke off and may be found again
	boot   uint32
	clock  clockEstimate
}

// heldRead is a tag that answered the BST and nothing more.
type heldRead struct {
	read  hardware.TagRead
	until time.Time
}

var _ hardware.Reader = (*Reader)(nil)

// emitError is an error of emit, as opposed to one of the line.
type emitError struct{ err error }

func (e *emitError) Error() string { return e.err.Error() }
func (e *emitError) Unwrap() error { return e.err }

// Health returns the state of the lane.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

// Run reads tags until ctx ends or emit fails. A chargeable tag is emitted before its receipt is written,
// any other after its transaction. A tag found again after an interruption is the same passage.
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
		r.Log.Warn("connect to beacon", "lane", r.Lane, "retry_in", again, "error", err)
		if !pause(ctx, again) {
			return r.emitHeld(emit)
		}
	}
}

// session runs one connection to a beacon from connecting until it is lost.
func (r *Reader) session(ctx context.Context, emit func(hardware.Sighting) error) (err error) {
	beacon, err := r.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = beacon.Close() }() // the error that ended the session is the cause
	r.clock = clockEstimate{}
	if err := r.beginSession(ctx, beacon); err != nil {
		return err
	}
	return r.readTags(ctx, beacon, emit)
}

// state queries the beacon's state and measures its clock offset.
func (r *Reader) state(ctx context.Context, beacon Beacon) (State, error) {
	sent := r.Now()
	s, err := beacon.State(ctx)
	if err == nil {
		r.clock.update(sent, r.Now(), s.Clock)
	}
	return s, err
}

// beginSession sets the clock of a beacon that has just started or whose clock is off.
func (r *Reader) beginSession(ctx context.Context, beacon Beacon) error {
	s, err := r.state(ctx, beacon)
	if err != nil {
		return err
	}
	if s.Boot != r.boot && r.boot != 0 {
		r.Log.Warn("beacon restarted", "lane", r.Lane)
	}
	r.boot = s.Boot
	if offset := r.clock.offset; s.Fresh || offset.Abs() > ClockAlarm {
		if _, err := beacon.SetClock(ctx, r.Now()); err != nil {
			return fmt.Errorf("set clock: %w", err)
		}
		r.Log.Info("beacon clock set", "lane", r.Lane, "offset", offset)
		r.clock = clockEstimate{}
		if _, err := r.state(ctx, beacon); err != nil {
			return err
		}
	}
	r.recent.ExtendAfterOutage(r.Health().Since, r.Now())
	if r.held != nil {
		r.held.until = r.Now().Add(holdTime)
	}
	r.updateHealth(func(h *hardware.Health) { h.Up, h.Since, h.Fault, h.Offset = true, r.Now(), "", r.clock.offset })
	return nil
}

// readTags finds tags until the connection is lost.
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

// poll queries the state. A beacon that has restarted has lost its clock, so its session begins again.
func (r *Reader) poll(ctx context.Context, beacon Beacon) error {
	s, err := r.state(ctx, beacon)
	if err != nil {
		return err
	}
	if s.Boot != r.boot {
		return errors.New("link: beacon restarted")
	}
	fault := ""
	switch offset := r.clock.offset; {
	case s.Fault != 0:
		fault = fmt.Sprintf("beacon reports fault %d", s.Fault)
	case !s.Radio:
		fault = "radio is off"
	case offset.Abs() > ClockAlarm:
		fault = fmt.Sprintf("beacon clock is off by %v", offset)
	}
	r.updateHealth(func(h *hardware.Health) { h.Fault, h.Offset = fault, r.clock.offset })
	return nil
}

// transact runs one find and, when a tag answers, its transaction.
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
		r.recent.Finish(read, r.Now(), err == nil && m.Released())
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
	r.recent.Finish(read, r.Now(), err == nil && m.Released())
	return err
}

// ignoreRefusal drops refusals that do not mean a broken line: the transaction has ended, or the beacon is
// busy.
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

// hold keeps a tag that broke off for a moment, because the same tag may be found again.
func (r *Reader) hold(read hardware.TagRead) {
	if r.recent.Interrupted(read, r.Now()).Same {
		return
	}
	if r.held == nil {
		r.held = &heldRead{read: read}
	}
	r.held.until = r.Now().Add(holdTime)
}

// handleNoTag handles a find without a tag: a held tag has left when its time is up.
func (r *Reader) handleNoTag(emit func(hardware.Sighting) error) error {
	if r.held == nil || r.Now().Before(r.held.until) {
		return nil
	}
	if err := r.emitHeld(emit); err != nil {
		return &emitError{err}
	}
	return nil
}

// emitHeld emits the held tag.
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

// emitTag emits a tag unless it is the passage of a moment ago.
func (r *Reader) emitTag(read hardware.TagRead, emit func(hardware.Sighting) error) error {
	now := r.Now()
	if r.held != nil && once.Print(r.held.read) == once.Print(read) {
		r.held = nil
	}
	if r.recent.Again(read, now).Same {
		return nil
	}
	s := hardware.Sighting{Lane: r.Lane, At: firstAnswer(read, now), Direction: r.Direction, Tag: read, Offset: r.clock.offset}
	if err := emit(s); err != nil {
		return &emitError{err}
	}
	r.recent.Add(read, now)
	r.updateHealth(func(h *hardware.Health) {
		h.Vehicles++
		if read.Finding == hardware.Read {
			h.Tags++
		}
	})
	return nil
}

// firstAnswer returns the time of the tag's first answer by the host's clock.
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
