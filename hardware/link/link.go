// Package link owns the line between a roadside computer and a beacon: frames of octets over serial or
// TCP, requests and their answers, and the Reader that keeps such a line up and carries out
// transactions over it.
//
// Three words: a port carries octets, a Line is a session of requests over a port, a Beacon is what a
// Line, or another maker's adapter, offers its host. The protocol is written down in assets/docs/link.md.
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

// Beacon is what an antenna gives its host, whatever the protocol behind it. One goroutine at a time
// talks to it. Find calls for a window of the beacon's own length; an error is the line's or a refusal,
// an *Error.
type Beacon interface {
	efc.Antenna
	// Release ends the transaction without a message.
	Release(ctx context.Context) error
	State(ctx context.Context) (State, error)
	// SetClock returns what the clock was before.
	SetClock(ctx context.Context, now time.Time) (was time.Time, err error)
	Close() error
}

// CounterSource is a Beacon that counts; ask with a type assertion.
type CounterSource interface {
	Counters(ctx context.Context) (Counters, error)
}

// State is how a beacon fares.
type State struct {
	Boot    uint32    // another number after every start
	Clock   time.Time // the beacon's own
	Fresh   bool      // started, and its clock not set since
	Radio   bool      // the carrier is on
	Engaged bool      // in a transaction
	Fault   uint8     // 0 is none; the others are the maker's
}

// Counters are what a beacon has counted since it started.
type Counters struct {
	Found     uint32 // tags that answered a BST
	Exchanges uint32 // messages answered by tags
	Unheard   uint32 // messages that no tag answered
	Repeats   uint32 // messages that were sent again over the air
	BadFrames uint32 // frames from the host that were none
	Requests  uint32 // carried out
}

// What can be wrong with a line.
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

// Opener opens a port anew.
type Opener func(ctx context.Context) (io.ReadWriteCloser, error)

// Connector reaches a beacon anew; a Reader calls it whenever the one before has gone down.
type Connector func(ctx context.Context) (Beacon, error)

// NewConnector reaches beacons that speak the host link over a port. random is where sessions take their first
// sequence number from.
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
