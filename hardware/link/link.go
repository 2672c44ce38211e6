// Package link implements the host link between a roadside computer and a beacon: frames over a serial port
// or TCP, requests and answers, and a Reader that keeps the line up and runs transactions over it.
//
// A port carries octets. A Line is a session of requests over a port. A Beacon is the interface of a Line,
// or of an adapter to another manufacturer's protocol. The protocol is specified in assets/docs/link.md.
package link

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"bompass/hardware/efc"
)

// Beacon is an antenna as its host sees it, independent of the protocol. It is used by one goroutine at a
// time. Find blocks for a window of the beacon's own length. An error is one of the line or a refusal, an
// *Error.
type Beacon interface {
	efc.Antenna
	// Release ends the transaction without sending a message.
	Release(ctx context.Context) error
	State(ctx context.Context) (State, error)
	// SetClock sets the clock and returns its previous time.
	SetClock(ctx context.Context, now time.Time) (was time.Time, err error)
	Close() error
}

// CounterSource is implemented by a Beacon with counters; test for it with a type assertion.
type CounterSource interface {
	Counters(ctx context.Context) (Counters, error)
}

// State is the state of a beacon.
type State struct {
	Boot    uint32    // changes with every start
	Clock   time.Time // the beacon's own
	Fresh   bool      // started, and its clock not set since
	Radio   bool      // the carrier is on
	Engaged bool      // in a transaction
	Fault   uint8     // 0 for none; other codes are the manufacturer's
}

// Counters are a beacon's counters since its start.
type Counters struct {
	Found     uint32 // tags that answered a BST
	Exchanges uint32 // messages answered by a tag
	Unheard   uint32 // messages that no tag answered
	Repeats   uint32 // messages sent again over the air
	BadFrames uint32 // damaged frames from the host
	Requests  uint32 // requests carried out
}

// Errors of a line.
var (
	ErrSilent = errors.New("link: beacon does not answer")
	ErrClosed = errors.New("link: line is closed")
)

// Error is a beacon's refusal of a request.
type Error struct {
	Op     Op
	Status Status
}

func (e *Error) Error() string { return fmt.Sprintf("link: %v: %v", e.Op, e.Status) }

// Opener opens a port.
type Opener func(ctx context.Context) (io.ReadWriteCloser, error)

// Connector connects to a beacon. A Reader calls it again after every lost connection.
type Connector func(ctx context.Context) (Beacon, error)

// NewConnector returns a Connector for beacons that speak the host link. The first sequence number of each
// session is read from random.
func NewConnector(open Opener, random io.Reader) Connector {
	return func(ctx context.Context) (Beacon, error) {
		var first [2]byte
		if _, err := io.ReadFull(random, first[:]); err != nil {
			return nil, err
		}
		port, err := open(ctx)
		if err != nil {
			return nil, err
		}
		line, _, err := NewLine(ctx, port, binary.BigEndian.Uint16(first[:]))
		if err != nil {
			return nil, err
		}
		return line, nil
	}
}
