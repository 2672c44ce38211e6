package link

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Timeouts of a line.
const (
	FindWindow = 500 * time.Millisecond // of one find, at the beacon
	answerWait = 500 * time.Millisecond // for an answer, in addition to the time of the request itself
	triesMax   = 3                      // unanswered transmissions of a request after which the line is down
)

// Line is a session of requests over a port. It implements Beacon.
type Line struct {
	port    io.ReadWriteCloser
	turn    chan struct{} // a one-token semaphore: one request at a time
	answers chan Message
	ended   chan struct{} // closed when reading the port has failed
	failure error         // the port's error, valid once ended is closed
	next    uint16
}

var (
	_ Beacon        = (*Line)(nil)
	_ CounterSource = (*Line)(nil)
)

// answersMax is the maximum number of buffered answers: the awaited one and late ones.
const answersMax = 16

// NewLine begins a session over an open port. It takes over the port and closes it on failure. first is the
// initial sequence number; choose it at random, so that answers to an earlier session are not mistaken for
// answers to this one.
func NewLine(ctx context.Context, port io.ReadWriteCloser, first uint16) (*Line, State, error) {
	l := &Line{
		port: port, next: first,
		turn: make(chan struct{}, 1), answers: make(chan Message, answersMax), ended: make(chan struct{}),
	}
	l.turn <- struct{}{}
	go l.readLoop()
	state, err := l.state(ctx, 1)
	if err != nil {
		return nil, state, errors.Join(fmt.Errorf("begin session: %w", err), l.Close())
	}
	return l, state, nil
}

// readLoop reads the port until it fails.
func (l *Line) readLoop() {
	var frames Deframer
	buffer := make([]byte, 512)
	for {
		n, err := l.port.Read(buffer)
		for _, body := range frames.Feed(buffer[:n]) {
			if m, err := ParseMessage(body); err == nil && m.Answer {
				l.deliver(m)
			}
		}
		if err != nil {
			l.failure = err
			close(l.ended)
			return
		}
	}
}

// deliver passes an answer on. When the buffer is full, the oldest answer is dropped.
func (l *Line) deliver(m Message) {
	for {
		select {
		case l.answers <- m:
			return
		default:
		}
		select {
		case <-l.answers:
		default:
		}
	}
}

// Close ends the session and closes the port.
func (l *Line) Close() error {
	err := l.port.Close()
	<-l.ended
	return err
}

// State implements Beacon.
func (l *Line) State(ctx context.Context) (State, error) { return l.state(ctx, 0) }

func (l *Line) state(ctx context.Context, begin byte) (State, error) {
	payload, err := l.request(ctx, OpState, []byte{begin}, 0)
	if err != nil {
		return State{}, err
	}
	return ParseState(payload)
}

// Find implements Beacon.
func (l *Line) Find(ctx context.Context, bst []byte) (vst []byte, at time.Time, err error) {
	request := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(bst)), uint16(FindWindow.Milliseconds()))
	payload, err := l.request(ctx, OpFind, append(request, bst...), FindWindow)
	if err != nil || payload == nil {
		return nil, at, err
	}
	at, vst, err = CutClock(payload)
	return vst, at, err
}

// Exchange implements Beacon.
func (l *Line) Exchange(ctx context.Context, apdu []byte, last bool) ([]byte, error) {
	request := make([]byte, 1, 1+len(apdu))
	if last {
		request[0] = 1
	}
	return l.request(ctx, OpExchange, append(request, apdu...), 0)
}

// Release implements Beacon.
func (l *Line) Release(ctx context.Context) error {
	_, err := l.request(ctx, OpRelease, nil, 0)
	return err
}

// Counters implements CounterSource.
func (l *Line) Counters(ctx context.Context) (c Counters, err error) {
	payload, err := l.request(ctx, OpCounters, nil, 0)
	if err != nil {
		return c, err
	}
	return ParseCounters(payload)
}

// SetClock implements Beacon.
func (l *Line) SetClock(ctx context.Context, now time.Time) (was time.Time, err error) {
	payload, err := l.request(ctx, OpClock, AppendClock(nil, now), 0)
	if err != nil {
		return was, err
	}
	was, _, err = CutClock(payload)
	return was, err
}

// request sends a request until it is answered, each time with the same sequence number, so that the beacon
// carries it out once. The payload is nil when the status is NoAnswer.
func (l *Line) request(ctx context.Context, op Op, payload []byte, takes time.Duration) ([]byte, error) {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()

	// One request at a time: the beacon stores one answer, to repeat it.
	l.next++
	request := Message{Op: op, Sequence: l.next, Payload: payload}
	frame := request.Append(nil)
	for range triesMax {
		if err := l.write(ctx, frame); err != nil {
			return nil, err
		}
		answer, err := l.await(ctx, request, takes+answerWait)
		// The request or its answer is lost.
		if errors.Is(err, ErrSilent) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return payloadOf(answer)
	}
	return nil, fmt.Errorf("%v: %w", op, ErrSilent)
}

// write sends a frame. A port that blocks too long, or until ctx ends, is closed. Some ports stay blocked in
// Write even then, so write does not wait for it.
func (l *Line) write(ctx context.Context, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		_, err := l.port.Write(frame)
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			return fmt.Errorf("write to beacon: %w", err)
		}
		return nil
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("write to beacon: %w", ctx.Err()), l.port.Close())
	}
}

// await returns the answer to a request and drops answers to others.
func (l *Line) await(ctx context.Context, request Message, wait time.Duration) (Message, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case m := <-l.answers:
			if m.isAnswerTo(request) {
				return m, nil
			}
		case <-timer.C:
			return Message{}, ErrSilent
		case <-ctx.Done():
			return Message{}, ctx.Err()
		case <-l.ended:
			return l.awaitBuffered(request)
		}
	}
}

// awaitBuffered looks for the answer among those received before the port failed.
func (l *Line) awaitBuffered(request Message) (Message, error) {
	for {
		select {
		case m := <-l.answers:
			if m.isAnswerTo(request) {
				return m, nil
			}
		default:
			return Message{}, fmt.Errorf("%w: %w", ErrClosed, l.failure)
		}
	}
}

// payloadOf returns the payload of an answer: nil if no tag has answered, an error if the beacon refuses the
// request.
func payloadOf(m Message) ([]byte, error) {
	switch m.Status {
	case OK:
		return m.Payload, nil
	case NoAnswer:
		return nil, nil
	default:
		return nil, &Error{Op: m.Op, Status: m.Status}
	}
}
