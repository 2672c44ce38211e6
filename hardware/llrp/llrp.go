// Package llrp implements the Low Level Reader Protocol of GS1 for ISO 18000-63 (UHF RFID) readers, versions
// 1.1 and 1.0.1: the codec of its messages and a driver that sets up a reader and turns its reports into
// sightings.
//
// Tags are numbered by a function of the caller. Joining tags with plates is done in package lane.
package llrp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Protocol versions in a frame's header.
const (
	Version101 uint8 = 1
	Version11  uint8 = 2
)

// Limits of a frame.
const (
	headSize = 10
	frameMax = 1 << 20 // in octets; a longer frame is invalid
)

// MessageType is the type of a message, as named in the LLRP specification.
type MessageType uint16

// Message types.
const (
	TypeGetReaderCapabilities         MessageType = 1
	TypeSetReaderConfig               MessageType = 3
	TypeCloseConnectionResponse       MessageType = 4
	TypeGetReaderCapabilitiesResponse MessageType = 11
	TypeSetReaderConfigResponse       MessageType = 13
	TypeCloseConnection               MessageType = 14
	TypeAddROSpec                     MessageType = 20
	TypeDeleteROSpec                  MessageType = 21
	TypeStartROSpec                   MessageType = 22
	TypeStopROSpec                    MessageType = 23
	TypeEnableROSpec                  MessageType = 24
	TypeDisableROSpec                 MessageType = 25
	TypeAddROSpecResponse             MessageType = 30
	TypeDeleteROSpecResponse          MessageType = 31
	TypeStartROSpecResponse           MessageType = 32
	TypeStopROSpecResponse            MessageType = 33
	TypeEnableROSpecResponse          MessageType = 34
	TypeDisableROSpecResponse         MessageType = 35
	TypeGetSupportedVersion           MessageType = 46
	TypeSetProtocolVersion            MessageType = 47
	TypeGetSupportedVersionResponse   MessageType = 56
	TypeSetProtocolVersionResponse    MessageType = 57
	TypeROAccessReport                MessageType = 61
	TypeKeepalive                     MessageType = 62
	TypeReaderEventNotification       MessageType = 63
	TypeEnableEventsAndReports        MessageType = 64
	TypeKeepaliveAck                  MessageType = 72
	TypeErrorMessage                  MessageType = 100
)

// Message is the content of a frame: Plain, Ask, Reply, GetReaderCapabilities,
// GetReaderCapabilitiesResponse, GetSupportedVersionResponse, SetProtocolVersion, SetReaderConfig,
// AddROSpec, ROAccessReport, ReaderEventNotification or Other, each by pointer.
type Message interface {
	// Type returns the message's type.
	Type() MessageType
	code(c *coder)
}

// Frame is a message with its header.
type Frame struct {
	Version uint8
	ID      uint32
	Message Message
}

// ErrFrame is returned for octets that are not a frame, so that the start of the next frame is unknown.
var ErrFrame = errors.New("not an LLRP frame")

// Append appends a frame to dst.
func Append(dst []byte, f Frame) ([]byte, error) {
	start := len(dst)
	dst = binary.BigEndian.AppendUint16(dst, uint16(f.Version&7)<<10|uint16(f.Message.Type())&0x3FF)
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

// Decode decodes one whole frame, as returned by ReadFrame. Invalid octets are an *Error that names the
// field. A message of unknown type is decoded as Other.
func Decode(b []byte) (Frame, error) {
	if len(b) < headSize || int64(binary.BigEndian.Uint32(b[2:])) != int64(len(b)) {
		return Frame{}, ErrFrame
	}
	head := binary.BigEndian.Uint16(b)
	f := Frame{Version: uint8(head>>10) & 7, ID: binary.BigEndian.Uint32(b[6:])}
	f.Message = newMessage(MessageType(head & 0x3FF))
	c := coder{b: b, at: headSize, end: len(b)}
	f.Message.code(&c)
	if c.err == nil && c.at != c.end {
		c.setError("", c.end-c.at, 0)
	}
	return f, c.err
}

// ReadFrame reads the octets of one frame. The error is ErrFrame or the connection's.
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

func newMessage(k MessageType) Message {
	switch k {
	case TypeGetSupportedVersion, TypeCloseConnection, TypeKeepalive, TypeEnableEventsAndReports, TypeKeepaliveAck:
		return &Plain{Of: k}
	case TypeDeleteROSpec, TypeStartROSpec, TypeStopROSpec, TypeEnableROSpec, TypeDisableROSpec:
		return &Ask{Of: k}
	case TypeSetReaderConfigResponse, TypeCloseConnectionResponse, TypeAddROSpecResponse, TypeDeleteROSpecResponse, TypeStartROSpecResponse,
		TypeStopROSpecResponse, TypeEnableROSpecResponse, TypeDisableROSpecResponse, TypeSetProtocolVersionResponse, TypeErrorMessage:
		return &Reply{Of: k}
	case TypeGetReaderCapabilities:
		return &GetReaderCapabilities{}
	case TypeGetReaderCapabilitiesResponse:
		return &GetReaderCapabilitiesResponse{}
	case TypeGetSupportedVersionResponse:
		return &GetSupportedVersionResponse{}
	case TypeSetProtocolVersion:
		return &SetProtocolVersion{}
	case TypeSetReaderConfig:
		return &SetReaderConfig{}
	case TypeAddROSpec:
		return &AddROSpec{}
	case TypeROAccessReport:
		return &ROAccessReport{}
	case TypeReaderEventNotification:
		return &ReaderEventNotification{}
	default:
		return &Other{Of: k}
	}
}
