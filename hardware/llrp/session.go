package llrp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// Limits of a session.
const (
	keepAlive    = 2 * time.Second
	silenceMax   = 3 * keepAlive // after which a silent connection counts as dead
	answerMax    = 5 * time.Second
	writeMax     = 5 * time.Second
	framesQueued = 64
	specID       = 1
)

// errSilent means that a reader does not answer or sends no keep-alives.
var errSilent = errors.New("reader does not answer")

// session is one connection to a reader. All methods but readLoop run in one goroutine.
type session struct {
	conn    net.Conn
	now     func() time.Time
	handle  func(Message) error // receives messages that no request waits for
	version uint8
	lastID  uint32
	frames  chan Frame
	failed  error // the error that closed frames
}

func newSession(conn net.Conn, now func() time.Time, handle func(Message) error) *session {
	return &session{conn: conn, now: now, handle: handle, version: Version101, frames: make(chan Frame, framesQueued)}
}

// readLoop reads frames until the connection fails.
func (s *session) readLoop(ctx context.Context) {
	defer close(s.frames)
	for {
		if s.failed = s.conn.SetReadDeadline(s.now().Add(silenceMax)); s.failed != nil {
			return
		}
		b, err := ReadFrame(s.conn)
		if err != nil {
			s.failed = err
			return
		}
		f, err := Decode(b)
		if err != nil {
			s.failed = err
			return
		}
		select {
		case s.frames <- f:
		case <-ctx.Done():
			s.failed = ctx.Err()
			return
		}
	}
}

func (s *session) send(id uint32, m Message) error {
	b, err := Append(nil, Frame{Version: s.version, ID: id, Message: m})
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
func (s *session) dispatch(f Frame) error {
	if f.Message.Type() == TypeKeepalive {
		return s.send(f.ID, &Plain{Of: TypeKeepaliveAck})
	}
	return s.handle(f.Message)
}

// await processes frames until one is the answer.
func (s *session) await(ctx context.Context, wanted func(Frame) bool) (Message, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerMax, errSilent)
	defer cancel()
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				return nil, s.failed
			}
			if wanted(f) {
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

// request sends a request and returns its response, with an error when its status is not success.
func (s *session) request(ctx context.Context, m Message) (Message, error) {
	s.lastID++
	id := s.lastID
	if err := s.send(id, m); err != nil {
		return nil, err
	}
	answer, err := s.await(ctx, func(f Frame) bool { return f.ID == id && isAnswer(f.Message.Type()) })
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", m.Type(), err)
	}
	if err := statusOf(answer).Err(); err != nil {
		return answer, fmt.Errorf("message %d: %w", m.Type(), err)
	}
	return answer, nil
}

func isAnswer(k MessageType) bool {
	return k != TypeROAccessReport && k != TypeReaderEventNotification && k != TypeKeepalive
}

func statusOf(m Message) Status {
	switch m := m.(type) {
	case *Reply:
		return m.Status
	case *GetReaderCapabilitiesResponse:
		return m.Status
	case *GetSupportedVersionResponse:
		return m.Status
	}
	return Status{}
}

// awaitConnection waits for the ConnectionAttemptEvent.
func (s *session) awaitConnection(ctx context.Context) error {
	m, err := s.await(ctx, func(f Frame) bool {
		e, ok := f.Message.(*ReaderEventNotification)
		return ok && e.Connection != nil
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	e, _ := m.(*ReaderEventNotification)
	if status := *e.Connection; status != ConnectionOK {
		return fmt.Errorf("connect: reader returned status %d (%d: in use by another client)", status, ConnectionTaken)
	}
	return s.handle(m)
}

// negotiateVersion selects LLRP 1.1, or 1.0.1 when the reader does not support version negotiation.
func (s *session) negotiateVersion(ctx context.Context) error {
	s.version = Version11
	answer, err := s.request(ctx, &Plain{Of: TypeGetSupportedVersion})
	supported, ok := answer.(*GetSupportedVersionResponse)
	if answer == nil {
		return err
	}
	if !ok || err != nil || supported.Supported < Version11 {
		s.version = Version101
		return nil //nolint:nilerr // a reader that refuses the question speaks the elder version
	}
	_, err = s.request(ctx, &SetProtocolVersion{Version: Version11})
	return err
}

// setUp configures events and keep-alives and adds, enables and starts one ROSpec.
func (s *session) setUp(ctx context.Context, antennas []uint16) error {
	if err := s.awaitConnection(ctx); err != nil {
		return err
	}
	if err := s.negotiateVersion(ctx); err != nil {
		return err
	}
	if _, err := s.request(ctx, &GetReaderCapabilities{Part: PartGeneral}); err != nil {
		return err
	}
	answer, err := s.request(ctx, &GetReaderCapabilities{Part: PartFeatures})
	if err != nil {
		return err
	}
	features := &LLRPCapabilities{}
	if c, ok := answer.(*GetReaderCapabilitiesResponse); ok && c.LLRP != nil {
		features = c.LLRP
	}
	for _, m := range []Message{
		&SetReaderConfig{
			KeepAliveMS: uint32(keepAlive / time.Millisecond), Hold: features.HoldsEventsAndReports,
			Events: []uint16{EventROSpec, EventBuffer, EventException, EventAntenna},
		},
		&Ask{Of: TypeDeleteROSpec}, // left by an earlier client
		&AddROSpec{Spec: ROSpec{ID: specID, Antennas: antennas, Trigger: ReportEveryTag, N: 1}},
		&Ask{Of: TypeEnableROSpec, ROSpec: specID},
		&Ask{Of: TypeStartROSpec, ROSpec: specID},
	} {
		if _, err := s.request(ctx, m); err != nil {
			return err
		}
	}
	if !features.HoldsEventsAndReports {
		return nil
	}
	s.lastID++
	return s.send(s.lastID, &Plain{Of: TypeEnableEventsAndReports}) // it has no response
}
