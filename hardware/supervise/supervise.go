// Package supervise keeps a device or a server connected: it reconnects with backoff and records health and
// faults with their onset and end. The drivers of beacons, readers and cameras and the uplink share it.
package supervise

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Backoff is an exponential backoff with jitter. The zero value waits from a quarter of a second to half a
// minute without jitter. It must not be used concurrently.
type Backoff struct {
	Min, Max time.Duration  // 0.25 s and 30 s when zero
	Jitter   func() float64 // 0 ≤ x < 1; nil is 1/2

	next time.Duration
}

// Standard limits of a Backoff.
const (
	backoffMin = 250 * time.Millisecond
	backoffMax = 30 * time.Second
)

// Next returns the next wait: between half and all of the current step, so that clients of a server that was
// down do not return at the same moment. The step doubles with every call.
func (b *Backoff) Next() time.Duration {
	least, most := b.Min, b.Max
	if least <= 0 {
		least = backoffMin
	}
	if most <= 0 {
		most = backoffMax
	}
	wait := min(max(b.next, least), most)
	b.next = min(2*wait, most)
	jitter := 0.5
	if b.Jitter != nil {
		jitter = b.Jitter()
	}
	return wait/2 + time.Duration(jitter*float64(wait/2))
}

// Reset starts over with the shortest wait.
func (b *Backoff) Reset() { b.next = 0 }

// steadyFrom is how long a connection must last to reset the backoff.
const steadyFrom = 2 * time.Second

// stopError ends a Loop.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

// Stop wraps an error that ends a Loop, because another connection would not help: an error of emit, for
// example.
func Stop(err error) error {
	if err == nil {
		return nil
	}
	return &stopError{err}
}

// Stopped reports whether an error was made by Stop.
func Stopped(err error) bool {
	_, ok := errors.AsType[*stopError](err)
	return ok
}

// Loop runs connections one after another. Set the fields before Run.
type Loop struct {
	Name    string // of the device, for the log
	State   *State
	Backoff Backoff
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error; nil is Sleep
	Log     *slog.Logger                               // nil discards
}

// connectFault is the key of the fault of a lost connection.
const connectFault = "connection"

// Run calls connect until ctx ends, and then returns nil, or until connect returns an error made by Stop, and
// then returns what Stop wrapped. connect runs one connection to its end and calls State.SetUp once it works.
func (l *Loop) Run(ctx context.Context, connect func(context.Context) error) error {
	wait, log := l.Wait, l.Log
	if wait == nil {
		wait = Sleep
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	for {
		began := l.Now()
		err := connect(ctx)
		l.State.SetDown()
		if stopped, ok := errors.AsType[*stopError](err); ok {
			return stopped.err
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end was requested
		}
		if err != nil {
			l.State.Raise(connectFault, err.Error())
		}
		if l.Now().Sub(began) >= steadyFrom {
			l.Backoff.Reset()
		}
		again := l.Backoff.Next()
		log.Warn("connect to "+l.Name, "retry_in", again.Round(time.Millisecond), "error", err)
		if wait(ctx, again) != nil {
			return nil //nolint:nilerr // the end was requested
		}
	}
}

// Sleep waits for d or until ctx ends, and returns the context's error then.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
