// Package llrp implements the messages of the Low Level Reader Protocol (LLRP) of GS1 for ISO 18000-63 (UHF
// RFID) readers, versions 1.1 and 1.0.1, with the names of the specification.
//
// The package encodes and decodes frames and does nothing else; the driver of a reader is package llrp/reader.
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
	frameMax = 1 << 20 // in octets; a longer frame is skipped
	skipMax  = 1 << 22 // in octets; a longer frame is taken for garbage
)

// MessageType is the type of a message, as named in the LLRP specification.
type MessageType uint16

// Message types.
const (
	TypeGetReaderCapabilities         MessageType = 1
	TypeGetReaderConfig               MessageType = 2
	TypeGetReaderConfigResponse       MessageType = 12
	TypeGetROSpecs                    MessageType = 26
	TypeGetROSpecsResponse            MessageType = 36
	TypeDeleteAccessSpec              MessageType = 41
	TypeDeleteAccessSpecResponse      MessageType = 51
	TypeGetReport                     MessageType = 60
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

// Message is the content of a frame: a pointer to one of the message types of this package. A message of
// another type is an *Unknown.
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

// ErrLong is returned for a frame that is too long. Its octets have been read and dropped, so that the next
// frame can be read.
var ErrLong = errors.New("LLRP frame is too long")

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
// field. A message of a type without a Go
// type is decoded as Unknown.
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

// ReadFrame reads the octets of one frame. The error is ErrFrame, ErrLong or the
// connection's.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[2:])
	if size < headSize || size > skipMax || head[0]>>5 != 0 {
		return nil, fmt.Errorf("%w: % X", ErrFrame, head)
	}
	if size > frameMax {
		if _, err := io.CopyN(io.Discard, r, int64(size)-headSize); err != nil {
			return nil, err
		}
		return head[:], fmt.Errorf("%w: %d octets", ErrLong, size)
	}
	b := make([]byte, size)
	copy(b, head[:])
	_, err := io.ReadFull(r, b[headSize:])
	return b, err
}

// newMessage returns an empty message of a type.
func newMessage(t MessageType) Message {
	if make, ok := messages[t]; ok {
		return make()
	}
	return &Unknown{MessageType: t}
}

// messages are the constructors of the message types.
var messages = map[MessageType]func() Message{
	TypeGetROSpecs:                    func() Message { return &GetROSpecs{} },
	TypeGetSupportedVersion:           func() Message { return &GetSupportedVersion{} },
	TypeGetReport:                     func() Message { return &GetReport{} },
	TypeKeepalive:                     func() Message { return &Keepalive{} },
	TypeKeepaliveAck:                  func() Message { return &KeepaliveAck{} },
	TypeEnableEventsAndReports:        func() Message { return &EnableEventsAndReports{} },
	TypeCloseConnection:               func() Message { return &CloseConnection{} },
	TypeDeleteROSpec:                  func() Message { return &DeleteROSpec{} },
	TypeStartROSpec:                   func() Message { return &StartROSpec{} },
	TypeStopROSpec:                    func() Message { return &StopROSpec{} },
	TypeEnableROSpec:                  func() Message { return &EnableROSpec{} },
	TypeDisableROSpec:                 func() Message { return &DisableROSpec{} },
	TypeDeleteAccessSpec:              func() Message { return &DeleteAccessSpec{} },
	TypeSetReaderConfigResponse:       func() Message { return &SetReaderConfigResponse{} },
	TypeCloseConnectionResponse:       func() Message { return &CloseConnectionResponse{} },
	TypeAddROSpecResponse:             func() Message { return &AddROSpecResponse{} },
	TypeDeleteROSpecResponse:          func() Message { return &DeleteROSpecResponse{} },
	TypeStartROSpecResponse:           func() Message { return &StartROSpecResponse{} },
	TypeStopROSpecResponse:            func() Message { return &StopROSpecResponse{} },
	TypeEnableROSpecResponse:          func() Message { return &EnableROSpecResponse{} },
	TypeDisableROSpecResponse:         func() Message { return &DisableROSpecResponse{} },
	TypeSetProtocolVersionResponse:    func() Message { return &SetProtocolVersionResponse{} },
	TypeDeleteAccessSpecResponse:      func() Message { return &DeleteAccessSpecResponse{} },
	TypeErrorMessage:                  func() Message { return &ErrorMessage{} },
	TypeGetSupportedVersionResponse:   func() Message { return &GetSupportedVersionResponse{} },
	TypeSetProtocolVersion:            func() Message { return &SetProtocolVersion{} },
	TypeGetReaderCapabilities:         func() Message { return &GetReaderCapabilities{} },
	TypeGetReaderCapabilitiesResponse: func() Message { return &GetReaderCapabilitiesResponse{} },
	TypeSetReaderConfig:               func() Message { return &SetReaderConfig{} },
	TypeGetReaderConfig:               func() Message { return &GetReaderConfig{} },
	TypeGetReaderConfigResponse:       func() Message { return &GetReaderConfigResponse{} },
	TypeAddROSpec:                     func() Message { return &AddROSpec{} },
	TypeGetROSpecsResponse:            func() Message { return &GetROSpecsResponse{} },
	TypeROAccessReport:                func() Message { return &ROAccessReport{} },
	TypeReaderEventNotification:       func() Message { return &ReaderEventNotification{} },
}
