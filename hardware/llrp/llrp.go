// Package llrp talks to ISO 18000-63 readers in the low level reader protocol, LLRP 1.1 with 1.0.1 as
// its elder: it makes octets of messages and back, sets a reader to work, and makes sightings of its
// reports. It implements hardware.Reader.
//
// It owns nothing of what a tag's number means beyond the numbering it is given; joining a tag with a
// plate is done in lane.
package llrp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Versions of the protocol, as a frame carries them.
const (
	Version101 uint8 = 1
	Version11  uint8 = 2
)

// Bounds of a frame.
const (
	headSize = 10
	frameMax = 1 << 20 // octets; a longer frame is not LLRP
)

// Kind is a message's type.
type Kind uint16

// The messages that are known here.
const (
	KindGetCapabilities     Kind = 1
	KindSetConfig           Kind = 3
	KindCloseReply          Kind = 4
	KindCapabilities        Kind = 11
	KindSetConfigReply      Kind = 13
	KindClose               Kind = 14
	KindAddROSpec           Kind = 20
	KindDeleteROSpec        Kind = 21
	KindStartROSpec         Kind = 22
	KindStopROSpec          Kind = 23
	KindEnableROSpec        Kind = 24
	KindDisableROSpec       Kind = 25
	KindAddROSpecReply      Kind = 30
	KindDeleteROSpecReply   Kind = 31
	KindStartROSpecReply    Kind = 32
	KindStopROSpecReply     Kind = 33
	KindEnableROSpecReply   Kind = 34
	KindDisableROSpecReply  Kind = 35
	KindGetSupportedVersion Kind = 46
	KindSetVersion          Kind = 47
	KindSupportedVersion    Kind = 56
	KindSetVersionReply     Kind = 57
	KindReport              Kind = 61
	KindKeepAlive           Kind = 62
	KindEvent               Kind = 63
	KindEnableReports       Kind = 64
	KindKeepAliveAck        Kind = 72
	KindErrorMessage        Kind = 100
)

// Message is the content of a frame: Plain, Ask, Reply, GetCapabilities, Capabilities, SupportedVersion,
// SetVersion, SetConfig, AddROSpec, Report, Event or Other, each by pointer.
type Message interface {
	// Kind is the message's type on the wire.
	Kind() Kind
	code(c *coder)
}

// Frame is one message on the line.
type Frame struct {
	Version uint8
	ID      uint32
	Message Message
}

// ErrFrame says that octets on the line are not a frame, so that nothing after them can be trusted.
var ErrFrame = errors.New("not an LLRP frame")

// Append writes a frame behind dst.
func Append(dst []byte, f Frame) ([]byte, error) {
	start := len(dst)
	dst = binary.BigEndian.AppendUint16(dst, uint16(f.Version&7)<<10|uint16(f.Message.Kind())&0x3FF)
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, f.ID)
	c := coder{b: dst, writing: true}
	f.Message.code(&c)
	if c.err != nil {
		return dst[:start], c.err
	}
	size := len(c.b) - start
	if size > frameMax {
		return dst[:start], fmt.Errorf("%w: %d octets, at most %d", ErrFrame, size, frameMax)
	}
	binary.BigEndian.PutUint32(c.b[start+2:], uint32(size))
	return c.b, nil
}

// Decode reads one whole frame, as ReadFrame returns it. Octets that are no message are an *Error that
// names the field; a message that is not known here is Other.
func Decode(b []byte) (Frame, error) {
	if len(b) < headSize || int64(binary.BigEndian.Uint32(b[2:])) != int64(len(b)) {
		return Frame{}, ErrFrame
	}
	head := binary.BigEndian.Uint16(b)
	f := Frame{Version: uint8(head>>10) & 7, ID: binary.BigEndian.Uint32(b[6:])}
	f.Message = newMessage(Kind(head & 0x3FF))
	c := coder{b: b, at: headSize, end: len(b)}
	f.Message.code(&c)
	if c.err == nil && c.at != c.end {
		c.fail("", c.end-c.at, 0)
	}
	return f, c.err
}

// ReadFrame reads the octets of one frame from a line. The error is ErrFrame or the line's.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[2:])
	if size < headSize || size > frameMax || head[0]>>5 != 0 {
		return nil, fmt.Errorf("%w: % X", ErrFrame, head)
	}
	b := make([]byte, size)
	copy(b, head[:])
	_, err := io.ReadFull(r, b[headSize:])
	return b, err
}

func newMessage(k Kind) Message {
	switch k {
	case KindGetSupportedVersion, KindClose, KindKeepAlive, KindEnableReports, KindKeepAliveAck:
		return &Plain{Of: k}
	case KindDeleteROSpec, KindStartROSpec, KindStopROSpec, KindEnableROSpec, KindDisableROSpec:
		return &Ask{Of: k}
	case KindSetConfigReply, KindCloseReply, KindAddROSpecReply, KindDeleteROSpecReply, KindStartROSpecReply,
		KindStopROSpecReply, KindEnableROSpecReply, KindDisableROSpecReply, KindSetVersionReply, KindErrorMessage:
		return &Reply{Of: k}
	case KindGetCapabilities:
		return &GetCapabilities{}
	case KindCapabilities:
		return &Capabilities{}
	case KindSupportedVersion:
		return &SupportedVersion{}
	case KindSetVersion:
		return &SetVersion{}
	case KindSetConfig:
		return &SetConfig{}
	case KindAddROSpec:
		return &AddROSpec{}
	case KindReport:
		return &Report{}
	case KindEvent:
		return &Event{}
	default:
		return &Other{Of: k}
	}
}
