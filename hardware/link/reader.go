package link

import (
	"context"
	"crypto/rand"
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
	"bompass/hardware/supervise"
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
	Keys      seal.Keys        // nil when the station has no keys
	Now       func() time.Time // nil is time.Now
	Random    io.Reader        // source of nonces; nil is crypto/rand.Reader
	Jitter    func() float64   // of the wait before the line is opened again, 0 ≤ x < 1; nil is 1/2
	Log       *slog.Logger     // nil discards

	once   sync.Once
	state  *supervise.State
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

// errNoConnect is returned by Run of a Reader without the required fields.
var errNoConnect = errors.New("link: Connect is required")

// init sets the defaults of the fields.
func (r *Reader) init() {
	r.once.Do(func() {
		if r.Now == nil {
			r.Now = time.Now //nolint:forbidigo // the default of a library
		}
		if r.Random == nil {
			r.Random = rand.Reader
		}
		if r.Log == nil {
			r.Log = slog.New(slog.DiscardHandler)
		}
		r.state = supervise.NewState(r.Now)
	})
}

// Health returns the state of the lane.
func (r *Reader) Health() hardware.Health {
	r.init()
	return r.state.Health()
}

// Run reads tags until ctx ends or emit fails. A chargeable tag is emitted before its receipt is written,
// any other after its transaction. A tag found again after an interruption is the same passage.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.init()
	if r.Connect == nil {
		return errNoConnect
	}
	loop := supervise.Loop{
		Name: "beacon", State: r.state, Backoff: supervise.Backoff{Jitter: r.Jitter}, Now: r.Now, Log: r.Log.With("lane", r.Lane),
	}
	if err := loop.Run(ctx, func(ctx context.Context) error { return r.session(ctx, emit) }); err != nil {
		return err
	}
	return r.emitHeld(emit)
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

// queryState queries the beacon's state and measures its clock offset.
func (r *Reader) queryState(ctx context.Context, beacon Beacon) (State, error) {
	sent := r.Now()
	s, err := beacon.State(ctx)
	if err == nil {
		r.clock.update(sent, r.Now(), s.Clock)
	}
	return s, err
}

// beginSession sets the clock of a beacon that has just started or whose clock is off.
func (r *Reader) beginSession(ctx context.Context, beacon Beacon) error {
	s, err := r.queryState(ctx, beacon)
	if err != nil {
		return err
	}
	// The number of the boot changes with every start of the beacon.
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
		if _, err := r.queryState(ctx, beacon); err != nil {
			return err
		}
	}
	// Tags that were served before an outage may still be in the zone after it.
	r.recent.ExtendAfterOutage(r.state.Health().Since, r.Now())
	if r.held != nil {
		r.held.until = r.Now().Add(holdTime)
	}
	r.state.ClearAll()
	r.state.SetOffset(r.clock.offset)
	r.state.SetUp()
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
	s, err := r.queryState(ctx, beacon)
	if err != nil {
		return err
	}
	if s.Boot != r.boot {
		return errors.New("link: beacon restarted")
	}
	offset := r.clock.offset
	r.state.SetOffset(offset)
	r.fault("beacon", s.Fault != 0, "beacon reports fault %d", s.Fault)
	r.fault("radio", !s.Radio, "radio is off")
	r.fault("clock", offset.Abs() > ClockAlarm, "beacon clock is off by %v", offset)
	return nil
}

// fault raises a fault or ends it.
func (r *Reader) fault(key string, active bool, format string, args ...any) {
	if active {
		r.state.Raise(key, fmt.Sprintf(format, args...))
		return
	}
	r.state.Clear(key)
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
	if err == nil {
		r.state.Clear("busy")
	}
	err = r.ignoreRefusal(ctx, err)
	switch {
	// The tag was emitted during the transaction; only its end is recorded here.
	case kept:
		r.recent.Finish(read, r.Now(), err == nil && m.Released())
		return err
	case read.IsZero() && err != nil:
		return err
	case read.IsZero():
		return r.handleNoTag(emit)
	// The tag is held, since it may answer again and complete the transaction.
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
		r.state.Raise("busy", refused.Error())
		_ = supervise.Sleep(ctx, busyWait) // the next request fails when ctx has ended
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
	return supervise.Stop(r.emitHeld(emit))
}

// emitHeld emits the held tag.
func (r *Reader) emitHeld(emit func(hardware.Sighting) error) error {
	if r.held == nil {
		return nil
	}
	read := r.held.read
	r.held = nil
	err := r.emitTag(read, emit)
	if supervise.Stopped(err) {
		return errors.Unwrap(err)
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
		return supervise.Stop(err)
	}
	r.recent.Add(read, now)
	r.state.Count(read.Finding == hardware.Read)
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
