package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Op is the operation of a request. An answer has the highest bit set in addition.
type Op uint8

// Operations.
const (
	OpState    Op = 1 + iota // one octet: 1 begins a session, 0 only queries
	OpFind                   // window in ms, two octets; the BST. Answer: the clock; the VST
	OpExchange               // one octet: 1 for the last message; the T-APDU. Answer: the tag's T-APDU
	OpRelease                // no payload
	OpCounters               // no payload. Answer: six numbers of four octets
	OpClock                  // the time to set. Answer: the previous time
)

const answerBit = 0x80

func (o Op) String() string {
	names := [...]string{"", "state", "find", "exchange", "release", "counters", "clock"}
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("request %d", uint8(o))
}

// Status is the result of a request.
type Status uint8

// Statuses.
const (
	OK        Status = iota
	NoAnswer         // no tag, or no answer from it
	Busy             // try again later
	Unknown          // unknown operation
	Malformed        // the payload is malformed
	Idle             // there is no transaction to continue
	Faulty           // the beacon has a fault; see its State
)

func (s Status) String() string {
	names := [...]string{"ok", "no answer", "busy", "unknown request", "malformed request", "no transaction", "beacon is faulty"}
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

// isAnswerTo reports whether m is the answer to a request.
func (m Message) isAnswerTo(request Message) bool {
	return m.Op == request.Op && m.Sequence == request.Sequence
}

// headSize is the length of op, sequence and status.
const headSize = 4

// ErrShort is returned for a message or payload that is too short.
var ErrShort = errors.New("link: message is too short")

// Append appends the message as a frame to dst.
func (m Message) Append(dst []byte) []byte {
	op := byte(m.Op)
	if m.Answer {
		op |= answerBit
	}
	body := make([]byte, 0, headSize+len(m.Payload))
	body = append(body, op, byte(m.Sequence>>8), byte(m.Sequence), byte(m.Status))
	return AppendFrame(dst, append(body, m.Payload...))
}

// ParseMessage parses a frame's body. The payload is a slice of it.
func ParseMessage(body []byte) (Message, error) {
	if len(body) < headSize {
		return Message{}, ErrShort
	}
	return Message{
		Op: Op(body[0] &^ answerBit), Answer: body[0]&answerBit != 0, Sequence: binary.BigEndian.Uint16(body[1:]),
		Status: Status(body[3]), Payload: body[headSize:],
	}, nil
}

// clockSize is the length of a time: milliseconds since 1970.
const clockSize = 8

// AppendClock appends a time to dst.
func AppendClock(dst []byte, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(at.UnixMilli()))
}

// CutClock parses a time and returns the octets after it.
func CutClock(b []byte) (at time.Time, rest []byte, err error) {
	if len(b) < clockSize {
		return at, nil, ErrShort
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b))), b[clockSize:], nil
}

// Flags of a state.
const (
	isFresh = 1 << iota
	isRadio
	isEngaged
)

// stateSize is the length of boot number, clock, flags and fault.
const stateSize = 4 + clockSize + 2

// Append appends the state as an answer's payload to dst.
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

// ParseState parses a state. Octets that a later version appends are ignored.
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

// Append appends the counters as an answer's payload to dst.
func (c Counters) Append(dst []byte) []byte {
	for _, f := range c.fields() {
		dst = binary.BigEndian.AppendUint32(dst, *f)
	}
	return dst
}

// ParseCounters parses counters. Octets that a later version appends are ignored.
func ParseCounters(b []byte) (c Counters, err error) {
	for _, f := range c.fields() {
		if len(b) < 4 {
			return c, ErrShort
		}
		*f, b = binary.BigEndian.Uint32(b), b[4:]
	}
	return c, nil
}
