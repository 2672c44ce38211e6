package reader

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"bompass/hardware/llrp"
)

// Limits of a session.
const (
	keepalive    = 2 * time.Second
	silenceMax   = time.Minute      // after which a connection counts as dead until keep-alives have been seen
	probeAfter   = 20 * time.Second // silence after which a reader without keep-alives is asked a question
	answerMax    = 5 * time.Second
	writeMax     = 5 * time.Second
	framesQueued = 64
	loggedMax    = 64 // octets of an invalid frame in the log
	specID       = 1
)

// Errors of a session.
var (
	errSilent  = errors.New("reader does not answer")
	errVersion = errors.New("reader does not support version negotiation, reconnecting with LLRP 1.0.1")
)

// refusedError is a response with a status that is not success.
type refusedError struct{ error }

// session is one connection to a reader. All methods but readLoop run in one goroutine.
type session struct {
	conn    net.Conn
	now     func() time.Time
	log     *slog.Logger
	handle  func(llrp.Message) error // receives messages that no request waits for
	invalid func(octets []byte, err error)
	version uint8
	lastID  uint32
	frames  chan llrp.Frame
	failed  error // the error that closed frames

	received  time.Time     // last frame
	keptAlive time.Time     // last keep-alive
	interval  time.Duration // longest observed between two keep-alives
	deadline  chan time.Duration
	restart   bool // the ROSpec has ended and must be started again
}

func newSession(conn net.Conn, now func() time.Time, log *slog.Logger, handle func(llrp.Message) error, invalid func([]byte, error)) *session {
	return &session{
		conn: conn, now: now, log: log, handle: handle, invalid: invalid, version: llrp.Version101, received: now(),
		frames: make(chan llrp.Frame, framesQueued), deadline: make(chan time.Duration, 1),
	}
}

// readLoop reads frames until the connection fails. A frame that does not decode is counted and skipped: those
// behind it are good.
func (s *session) readLoop(ctx context.Context) {
	defer close(s.frames)
	silence := silenceMax
	for {
		select {
		// The limit changes once keep-alives are agreed on.
		case silence = <-s.deadline:
		default:
		}
		if s.failed = s.conn.SetReadDeadline(s.now().Add(silence)); s.failed != nil {
			return
		}
		b, err := llrp.ReadFrame(s.conn)
		if errors.Is(err, llrp.ErrLong) {
			s.invalid(b, err)
			continue
		}
		if err != nil {
			s.failed = err
			return
		}
		f, err := llrp.Decode(b)
		if err != nil {
			s.invalid(b, err)
			continue
		}
		select {
		case s.frames <- f:
		case <-ctx.Done():
			s.failed = ctx.Err()
			return
		}
	}
}

// send sends a message. The deadline detects a connection on which nothing is read any more.
func (s *session) send(id uint32, m llrp.Message) error {
	b, err := llrp.Append(nil, llrp.Frame{Version: s.version, ID: id, Message: m})
	if err != nil {
		return err
	}
	if err := s.conn.SetWriteDeadline(s.now().Add(writeMax)); err != nil {
		return err
	}
	_, err = s.conn.Write(b)
	return err
}

// dispatch processes a frame; it acknowledges keep-alives.
func (s *session) dispatch(f llrp.Frame) error {
	s.received = s.now()
	if f.Message.Type() == llrp.TypeKeepalive {
		s.noteKeepalive()
		return s.send(f.ID, &llrp.KeepaliveAck{})
	}
	return s.handle(f.Message)
}

// noteKeepalive adapts the limit of silence to the interval at which the reader really sends keep-alives.
func (s *session) noteKeepalive() {
	now := s.now()
	if !s.keptAlive.IsZero() {
		s.interval = max(s.interval, now.Sub(s.keptAlive))
	}
	s.keptAlive = now
	select {
	case <-s.deadline:
	default:
	}
	s.deadline <- min(3*max(s.interval, keepalive), silenceMax)
}

// await processes frames until one is the answer.
func (s *session) await(ctx context.Context, wanted func(llrp.Frame) bool) (llrp.Message, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerMax, errSilent)
	defer cancel()
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				return nil, s.failed
			}
			if wanted(f) {
				s.received = s.now()
				return f.Message, nil
			}
			if err := s.dispatch(f); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// request sends a request and returns its response, with a *refusedError when its status is not success. An
// ERROR_MESSAGE with the id 0 is a response, too: some readers send it to requests that they cannot parse.
func (s *session) request(ctx context.Context, m llrp.Message) (llrp.Message, error) {
	s.lastID++
	id := s.lastID
	if err := s.send(id, m); err != nil {
		return nil, err
	}
	answer, err := s.await(ctx, func(f llrp.Frame) bool {
		return f.ID == id && isAnswer(f.Message.Type()) || f.ID == 0 && f.Message.Type() == llrp.TypeErrorMessage
	})
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", m.Type(), err)
	}
	r, ok := answer.(llrp.Response)
	if _, isError := answer.(*llrp.ErrorMessage); isError && r.LLRPStatus().Err() == nil {
		return answer, refusedError{fmt.Errorf("message %d: reader sent an error message", m.Type())}
	}
	if ok && r.LLRPStatus().Err() != nil {
		return answer, refusedError{fmt.Errorf("message %d: %w", m.Type(), r.LLRPStatus().Err())}
	}
	return answer, nil
}

// try sends a request that the reader may refuse, and reports whether it was accepted.
func (s *session) try(ctx context.Context, m llrp.Message) (accepted bool, err error) {
	_, err = s.request(ctx, m)
	if refused, ok := errors.AsType[refusedError](err); ok {
		s.log.Warn("reader refused a setting", "error", refused.error)
		return false, nil
	}
	return err == nil, err
}

func isAnswer(t llrp.MessageType) bool {
	return t != llrp.TypeROAccessReport && t != llrp.TypeReaderEventNotification && t != llrp.TypeKeepalive
}

// awaitConnection waits for the ConnectionAttemptEvent.
func (s *session) awaitConnection(ctx context.Context) error {
	m, err := s.await(ctx, func(f llrp.Frame) bool {
		e, ok := f.Message.(*llrp.ReaderEventNotification)
		return ok && e.Connection != nil
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	e, _ := m.(*llrp.ReaderEventNotification)
	if status := *e.Connection; status != llrp.ConnectionOK {
		return fmt.Errorf("connect: reader returned status %d (%d: in use by another client)", status, llrp.ConnectionTaken)
	}
	return s.handle(m)
}

// negotiateVersion selects LLRP 1.1, or 1.0.1 when the reader does not support it. errVersion means that the
// reader did not answer or may be confused by the question, so that a new connection is needed.
func (s *session) negotiateVersion(ctx context.Context) error {
	s.version = llrp.Version11
	answer, err := s.request(ctx, &llrp.GetSupportedVersion{})
	if answer == nil && err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w: %w", errVersion, err)
	}
	supported, ok := answer.(*llrp.GetSupportedVersionResponse)
	if !ok || err != nil || supported.Supported < llrp.Version11 {
		s.version = llrp.Version101
		return nil //nolint:nilerr // a refusal means version 1.0.1
	}
	accepted, err := s.try(ctx, &llrp.SetProtocolVersion{Version: llrp.Version11})
	if !accepted {
		s.version = llrp.Version101
	}
	return err
}

// capabilities returns the capabilities of the reader, or empty ones when it refuses the request.
func (s *session) capabilities(ctx context.Context) (llrp.LLRPCapabilities, error) {
	answer, err := s.request(ctx, &llrp.GetReaderCapabilities{Part: llrp.PartFeatures})
	if _, refused := errors.AsType[refusedError](err); refused {
		return llrp.LLRPCapabilities{}, nil
	}
	if c, ok := answer.(*llrp.GetReaderCapabilitiesResponse); ok && c.LLRP != nil {
		return *c.LLRP, nil
	}
	return llrp.LLRPCapabilities{}, err
}

// setUp configures events and keep-alives, as far as the reader accepts them, and adds, enables and starts one
// ROSpec.
func (s *session) setUp(ctx context.Context, p Profile, antennas []uint16) error {
	can, err := s.capabilities(ctx)
	if err != nil {
		return err
	}
	settings := []llrp.Message{&llrp.SetReaderConfig{KeepaliveMS: new(uint32(keepalive / time.Millisecond))}}
	for _, event := range []uint16{llrp.EventROSpec, llrp.EventBuffer, llrp.EventException, llrp.EventAntenna} {
		settings = append(settings, &llrp.SetReaderConfig{Events: []uint16{event}})
	}
	if can.HoldsEventsAndReports {
		settings = append(settings, &llrp.SetReaderConfig{Hold: new(true)})
	}
	for _, m := range settings {
		if _, err := s.try(ctx, m); err != nil {
			return err
		}
	}
	if err := s.addROSpec(ctx, p, antennas); err != nil {
		return err
	}
	if !can.HoldsEventsAndReports {
		return nil
	}
	s.lastID++
	return s.send(s.lastID, &llrp.EnableEventsAndReports{}) // it has no response
}

// addROSpec replaces the ROSpecs of an earlier client by the profile's and starts it.
func (s *session) addROSpec(ctx context.Context, p Profile, antennas []uint16) error {
	deleted, err := s.try(ctx, &llrp.DeleteROSpec{})
	if err == nil && !deleted { // some readers do not accept "all"
		_, err = s.try(ctx, &llrp.DeleteROSpec{ROSpecID: specID})
	}
	if err != nil {
		return err
	}
	spec := llrp.ROSpec{ID: specID, Antennas: antennas, Trigger: llrp.ReportEveryTag, N: 1, StartGPI: p.StartGPI, Radio: p.Radio}
	if _, err := s.request(ctx, &llrp.AddROSpec{Spec: spec}); err != nil {
		return err
	}
	if _, err := s.request(ctx, &llrp.EnableROSpec{ROSpecID: specID}); err != nil || p.StartGPI != nil {
		return err
	}
	_, err = s.request(ctx, &llrp.StartROSpec{ROSpecID: specID})
	return err
}

// restartROSpec starts an ROSpec that the reader has ended or preempted.
func (s *session) restartROSpec(ctx context.Context, p Profile, antennas []uint16) error {
	s.restart = false
	if p.StartGPI != nil { // its trigger starts it
		return nil
	}
	started, err := s.try(ctx, &llrp.StartROSpec{ROSpecID: specID})
	if err != nil || started {
		return err
	}
	return s.addROSpec(ctx, p, antennas)
}

// probe asks a reader that has been silent a question, which fails on a dead connection.
func (s *session) probe(ctx context.Context) error {
	if s.now().Sub(s.received) < probeAfter {
		return nil
	}
	_, err := s.request(ctx, &llrp.GetReaderCapabilities{Part: llrp.PartGeneral})
	if _, refused := errors.AsType[refusedError](err); refused {
		return nil
	}
	return err
}
