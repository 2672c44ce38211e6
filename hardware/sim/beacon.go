package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"bompass/hardware/link"
)

// Beacon is a simulated beacon with the host link on one side and a radio channel on the other. It serves
// one host at a time, over any number of ports in turn.
type Beacon struct {
	zone      *Zone
	channel   *Channel
	now       func() time.Time
	noAirTime bool

	lock chan struct{} // a one-token semaphore that guards the fields below

	boot       uint32
	fresh      bool
	skew       time.Duration // of its clock from now
	fault      uint8
	busy       bool
	engaged    *Tag
	lateAnswer []byte // an answer that arrives in the next window
	counters   link.Counters

	answered bool // last is the answer to a request
	last     link.Message
}

// BeaconOptions are the options of a Beacon.
type BeaconOptions struct {
	Channel   *Channel      // nil is a perfect channel
	Skew      time.Duration // of its clock until the clock is set
	NoAirTime bool          // transmit in no time
}

// NewBeacon returns a beacon that has just started.
func NewBeacon(zone *Zone, now func() time.Time, o BeaconOptions) *Beacon {
	b := &Beacon{
		zone: zone, channel: o.Channel, now: now, noAirTime: o.NoAirTime, skew: o.Skew,
		lock: make(chan struct{}, 1), boot: 1, fresh: true,
	}
	if b.channel == nil {
		b.channel = &Channel{}
	}
	b.lock <- struct{}{}
	return b
}

// Restart restarts the beacon: tag, session, counters and clock are lost.
func (b *Beacon) Restart() {
	<-b.lock
	b.boot++
	b.fresh, b.engaged, b.lateAnswer, b.answered = true, nil, nil, false
	b.counters = link.Counters{}
	b.lock <- struct{}{}
}

// SetFault sets the reported fault code; 0 is none.
func (b *Beacon) SetFault(code uint8) {
	<-b.lock
	b.fault = code
	b.lock <- struct{}{}
}

// SetBusy makes the beacon refuse every find and exchange while busy is true.
func (b *Beacon) SetBusy(busy bool) {
	<-b.lock
	b.busy = busy
	b.lock <- struct{}{}
}

// Serve answers a host until the port fails or ctx ends, and closes the port.
func (b *Beacon) Serve(ctx context.Context, port io.ReadWriteCloser) error {
	stop := context.AfterFunc(ctx, func() { _ = port.Close() }) // which ends Read
	defer stop()
	defer func() { _ = port.Close() }() // it has failed already
	var frames link.Deframer
	buffer := make([]byte, 512)
	for {
		n, err := port.Read(buffer)
		bad := frames.Damaged()
		for _, body := range frames.Feed(buffer[:n]) {
			request, err := link.ParseMessage(body)
			if err != nil || request.Answer {
				continue
			}
			if _, err := port.Write(b.handle(ctx, request, frames.Damaged()-bad).Append(nil)); err != nil {
				return ignoreClosed(ctx, err)
			}
		}
		if err != nil {
			return ignoreClosed(ctx, err)
		}
	}
}

// ignoreClosed returns nil for an error that means an orderly end.
func ignoreClosed(ctx context.Context, err error) error {
	if ctx.Err() == nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// ServeTCP serves connecting hosts until ctx ends, and closes the listener.
func (b *Beacon) ServeTCP(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // which ends Accept
	defer stop()
	var hosts sync.WaitGroup
	defer hosts.Wait()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept host: %w", err)
		}
		hosts.Go(func() { _ = b.Serve(ctx, conn) }) // a host that disconnects may connect again
	}
}

// handle carries out a request once: a repeated request gets the stored answer.
func (b *Beacon) handle(ctx context.Context, request link.Message, bad uint32) link.Message {
	<-b.lock
	defer func() { b.lock <- struct{}{} }()
	b.counters.BadFrames += bad
	begins := request.Op == link.OpState && len(request.Payload) > 0 && request.Payload[0] == 1
	if b.answered && b.last.Sequence == request.Sequence && b.last.Op == request.Op && !begins {
		return b.last
	}
	if begins {
		b.engaged, b.lateAnswer = nil, nil
	}
	b.counters.Requests++
	status, payload := b.carryOut(ctx, request)
	b.answered = true
	b.last = link.Message{Op: request.Op, Answer: true, Sequence: request.Sequence, Status: status, Payload: payload}
	return b.last
}

// carryOut carries out a request of the host and returns the answer.
func (b *Beacon) carryOut(ctx context.Context, request link.Message) (link.Status, []byte) {
	if b.busy && (request.Op == link.OpFind || request.Op == link.OpExchange) {
		return link.Busy, nil
	}
	switch request.Op {
	case link.OpState:
		s := link.State{Boot: b.boot, Clock: b.clock(), Fresh: b.fresh, Radio: true, Engaged: b.engaged != nil, Fault: b.fault}
		return link.OK, s.Append(nil)
	case link.OpFind:
		return b.find(ctx, request.Payload)
	case link.OpExchange:
		return b.exchange(ctx, request.Payload)
	case link.OpRelease:
		b.engaged = nil
		return link.OK, nil
	case link.OpCounters:
		return link.OK, b.counters.Append(nil)
	case link.OpClock:
		return b.setClock(request.Payload)
	}
	return link.Unknown, nil
}

func (b *Beacon) clock() time.Time { return b.now().Add(b.skew) }

// setClock sets the beacon's clock and returns the previous time, from which the host computes the offset.
func (b *Beacon) setClock(payload []byte) (link.Status, []byte) {
	at, _, err := link.CutClock(payload)
	if err != nil {
		return link.Malformed, nil
	}
	was := b.clock()
	b.skew, b.fresh = at.Sub(b.now()), false
	return link.OK, link.AppendClock(nil, was)
}
