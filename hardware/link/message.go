package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Op is what a request asks for. An answer has the highest bit set besides.
type Op uint8

// The requests.
const (
	OpState    Op = 1 + iota // one octet: 1 begins a session, 0 asks how the beacon fares
	OpFind                   // how long in ms, two octets; the BST. Answer: the clock; the VST
	OpExchange               // one octet: 1 when it is the last; the message. Answer: the tag's
	OpRelease                // nothing
	OpCounters               // nothing. Answer: six numbers of four octets
	OpClock                  // the time to set. Answer: the clock before
)

const answerBit = 0x80

func (o Op) String() string {
	names := [...]string{"", "state", "find", "exchange", "release", "counters", "clock"}
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("request %d", uint8(o))
}

// Status is what came of a request.
type Status uint8

// The statuses.
const (
	OK      Status = iota
	NoAnswer          // no tag, or no answer from it
	Busy             // ask again later
	Unknown          // no such request
	Malformed        // the request is not as it ought to be
	Idle             // there is no transaction to go on with
	Faulty           // the beacon cannot; see its state
)

func (s Status) String() string {
	names := [...]string{"done", "nothing", "busy", "unknown request", "malformed request", "no transaction", "beacon is faulty"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("status %d", uint8(s))
}

// Message is a request or an answer, the body of a frame.
type Message struct {
	Op       Op
	Answer   bool
	Sequence uint16 // an answer has its request's
	Status   Status // of an answer; 0 in a request
	Payload  []byte
}

// isAnswerTo tells whether an answer is this request's.
func (m Message) isAnswerTo(request Message) bool {
	return m.Op == request.Op && m.Sequence == request.Sequence
}

// headSize is op, sequence and status.
const headSize = 4

// ErrShort says that a frame's body is too short to be a message.
var ErrShort = errors.New("link: message is too short")

// Append writes the message as a whole frame behind dst.
func (m Message) Append(dst []byte) []byte {
	op := byte(m.Op)
	if m.Answer {
		op |= answerBit
	}
	body := make([]byte, 0, headSize+len(m.Payload))
	body = append(body, op, byte(m.Sequence>>8), byte(m.Sequence), byte(m.Status))
	return AppendFrame(dst, append(body, m.Payload...))
}

// ParseMessage reads a frame's body; the payload is a part of it.
func ParseMessage(body []byte) (Message, error) {
	if len(body) < headSize {
		return Message{}, ErrShort
	}
	return Message{
		Op: Op(body[0] &^ answerBit), Answer: body[0]&answerBit != 0, Sequence: binary.BigEndian.Uint16(body[1:]),
		Status: Status(body[3]), Payload: body[headSize:],
	}, nil
}

// clockSize is an instant: milliseconds since 1970.
const clockSize = 8

// AppendClock writes an instant behind dst.
func AppendClock(dst []byte, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(at.UnixMilli()))
}

// CutClock reads an instant and returns what follows it.
func CutClock(b []byte) (at time.Time, rest []byte, err error) {
	if len(b) < clockSize {
		return at, nil, ErrShort
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b))), b[clockSize:], nil
}

// The flags of a state.
const (
	isFresh = 1 << iota
	isRadio
	isEngaged
)

// stateSize is boot, clock, flags and fault.
const stateSize = 4 + clockSize + 2

// Append writes the state as an answer's payload.
func (s State) Append(dst []byte) []byte {
	flags := byte(0)
	for i, set := range []bool{s.Fresh, s.Radio, s.Engaged} {
		if set {
			flags |= 1 << i
		}
	}
	dst = binary.BigEndian.AppendUint32(dst, s.Boot)
	return append(AppendClock(dst, s.Clock), flags, s.Fault)
}

// ParseState reads a state; what a later beacon adds behind it is passed over.
func ParseState(b []byte) (s State, err error) {
	if len(b) < stateSize {
		return s, ErrShort
	}
	s.Boot = binary.BigEndian.Uint32(b)
	s.Clock, b, _ = CutClock(b[4:])
	s.Fresh, s.Radio, s.Engaged, s.Fault = b[0]&isFresh != 0, b[0]&isRadio != 0, b[0]&isEngaged != 0, b[1]
	return s, nil
}

func (c *Counters) fields() []*uint32 {
	return []*uint32{&c.Found, &c.Exchanges, &c.Unheard, &c.Repeats, &c.BadFrames, &c.Requests}
}

// Append writes the counters as an answer's payload.
func (c Counters) Append(dst []byte) []byte {
	for _, f := range c.fields() {
		dst = binary.BigEndian.AppendUint32(dst, *f)
	}
	return dst
}

// ParseCounters reads counters; what a later beacon adds behind them is passed over.
func ParseCounters(b []byte) (c Counters, err error) {
	for _, f := range c.fields() {
		if len(b) < 4 {
			return c, ErrShort
		}
		*f, b = binary.BigEndian.Uint32(b), b[4:]
	}
	return c, nil
}
