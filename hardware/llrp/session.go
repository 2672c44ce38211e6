package llrp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// Bounds of a session.
const (
	keepAlive    = 2 * time.Second
	silenceMax   = 3 * keepAlive // after which a line counts as dead, whatever TCP says
	answerMax    = 5 * time.Second
	writeMax     = 5 * time.Second
	framesQueued = 64
	specID       = 1
)

// errSilent says that a reader does not answer or does not keep the line alive.
var errSilent = errors.New("reader does not answer")

// session is one connection with a reader. All but listen runs on one goroutine.
type session struct {
	conn    net.Conn
	now     func() time.Time
	handle  func(Message) error // is given what no question waits for
	version uint8
	lastID  uint32
	frames  chan Frame
	failed  error // why frames was closed
}

func newSession(conn net.Conn, now func() time.Time, handle func(Message) error) *session {
	return &session{conn: conn, now: now, handle: handle, version: Version101, frames: make(chan Frame, framesQueued)}
}

// listen reads until the line fails or says what is no message: a reader that cannot be understood is
// better met anew than guessed at.
func (s *session) listen(ctx context.Context) {
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

// take passes a frame on; keep-alives are acknowledged here.
func (s *session) take(f Frame) error {
	if f.Message.Kind() == KindKeepAlive {
		return s.send(f.ID, &Plain{Of: KindKeepAliveAck})
	}
	return s.handle(f.Message)
}

// await takes frames until one is the answer.
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
			if err := s.take(f); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// ask sends a request and returns its answer, which is an error when the reader refuses.
func (s *session) ask(ctx context.Context, m Message) (Message, error) {
	s.lastID++
	id := s.lastID
	if err := s.send(id, m); err != nil {
		return nil, err
	}
	answer, err := s.await(ctx, func(f Frame) bool { return f.ID == id && isAnswer(f.Message.Kind()) })
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", m.Kind(), err)
	}
	if err := statusOf(answer).Err(); err != nil {
		return answer, fmt.Errorf("message %d: %w", m.Kind(), err)
	}
	return answer, nil
}

func isAnswer(k Kind) bool {
	return k != KindReport && k != KindEvent && k != KindKeepAlive
}

func statusOf(m Message) Status {
	switch m := m.(type) {
	case *Reply:
		return m.Status
	case *Capabilities:
		return m.Status
	case *SupportedVersion:
		return m.Status
	}
	return Status{}
}

// welcome waits for the reader's word that the connection is ours.
func (s *session) welcome(ctx context.Context) error {
	m, err := s.await(ctx, func(f Frame) bool {
		e, ok := f.Message.(*Event)
		return ok && e.Connection != nil
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	e, _ := m.(*Event)
	if status := *e.Connection; status != ConnectionOK {
		return fmt.Errorf("connect: reader returned status %d (%d: in use by another client)", status, ConnectionTaken)
	}
	return s.handle(m)
}

// settleVersion agrees on LLRP 1.1, or on 1.0.1 with a reader that does not know the question.
func (s *session) settleVersion(ctx context.Context) error {
	s.version = Version11
	answer, err := s.ask(ctx, &Plain{Of: KindGetSupportedVersion})
	supported, ok := answer.(*SupportedVersion)
	if answer == nil {
		return err
	}
	if !ok || err != nil || supported.Supported < Version11 {
		s.version = Version101
		return nil //nolint:nilerr // a reader that refuses the question speaks the elder version
	}
	_, err = s.ask(ctx, &SetVersion{Version: Version11})
	return err
}

// setUp makes the reader read: events and keep-alives on, one ROSpec added, enabled and started.
func (s *session) setUp(ctx context.Context, antennas []uint16) error {
	if err := s.welcome(ctx); err != nil {
		return err
	}
	if err := s.settleVersion(ctx); err != nil {
		return err
	}
	if _, err := s.ask(ctx, &GetCapabilities{Part: PartGeneral}); err != nil {
		return err
	}
	answer, err := s.ask(ctx, &GetCapabilities{Part: PartFeatures})
	if err != nil {
		return err
	}
	features := &Features{}
	if c, ok := answer.(*Capabilities); ok && c.Features != nil {
		features = c.Features
	}
	for _, m := range []Message{
		&SetConfig{
			KeepAliveMS: uint32(keepAlive / time.Millisecond), Hold: features.CanHold,
			Events: []uint16{EventROSpec, EventBuffer, EventException, EventAntenna},
		},
		&Ask{Of: KindDeleteROSpec}, // what an earlier client left
		&AddROSpec{Spec: ROSpec{ID: specID, Antennas: antennas, Trigger: ReportEveryTag, N: 1}},
		&Ask{Of: KindEnableROSpec, ROSpec: specID},
		&Ask{Of: KindStartROSpec, ROSpec: specID},
	} {
		if _, err := s.ask(ctx, m); err != nil {
			return err
		}
	}
	if !features.CanHold {
		return nil
	}
	s.lastID++
	return s.send(s.lastID, &Plain{Of: KindEnableReports}) // it has no answer
}
