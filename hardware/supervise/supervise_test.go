package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware/supervise"
)

// The waits of a backoff double up to the maximum, minus up to half at random, and start over after a reset.
func TestBackoffDoubles(t *testing.T) {
	b := supervise.Backoff{Jitter: func() float64 { return 1 }}
	var got []time.Duration
	for range 9 {
		got = append(got, b.Next())
	}
	for i, wait := range got {
		if want := min(250*time.Millisecond<<i, 30*time.Second); wait != want {
			t.Errorf("wait %d: got %v, want %v", i, wait, want)
		}
	}
	if b.Reset(); b.Next() != 250*time.Millisecond {
		t.Error("a reset does not start over")
	}
	zero := supervise.Backoff{}
	if wait := zero.Next(); wait < 125*time.Millisecond || wait > 250*time.Millisecond {
		t.Errorf("the zero value waits %v", wait)
	}
}

// A loop reconnects until its context ends, records the fault of the lost connection with its onset, and ends
// it once a connection works.
func TestLoopReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		state := supervise.NewState(time.Now)
		loop := supervise.Loop{Name: "device", State: state, Now: time.Now}
		tries, onset := 0, time.Now()
		if err := loop.Run(ctx, func(ctx context.Context) error {
			tries++
			h := state.Health()
			switch {
			case tries > 1 && (h.Up || len(h.Faults) != 1 || !h.Faults[0].Since.Equal(onset) || h.Fault != "no such port"):
				t.Errorf("try %d: got %+v", tries, h)
			case tries == 5:
				state.SetUp()
				if h := state.Health(); !h.Up || h.Fault != "" {
					t.Errorf("connected: got %+v", h)
				}
				cancel()
				<-ctx.Done()
			}
			return errors.New("no such port")
		}); err != nil || tries != 5 || state.Health().Up {
			t.Errorf("got %v after %d tries, %+v", err, tries, state.Health())
		}
	})
}

// An error made by Stop ends the loop and is returned as it was.
func TestStopEndsLoop(t *testing.T) {
	full := errors.New("disk is full")
	loop := supervise.Loop{Name: "device", State: supervise.NewState(time.Now), Now: time.Now}
	err := loop.Run(t.Context(), func(context.Context) error { return errors.Join(errors.New("line lost"), supervise.Stop(full)) })
	if !errors.Is(err, full) || supervise.Stop(nil) != nil || !supervise.Stopped(supervise.Stop(full)) || supervise.Stopped(full) {
		t.Errorf("got %v", err)
	}
}

// A raised fault keeps its onset while its text changes; the oldest is the health's fault.
func TestFaultsHaveOnsetAndEnd(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	state := supervise.NewState(func() time.Time { return now })
	state.Raise("antenna/2", "antenna 2 is disconnected")
	now = now.Add(time.Minute)
	state.Raise("clock", "clock is off by 3s")
	state.Raise("antenna/2", "antenna 2 is hot")
	h := state.Health()
	if len(h.Faults) != 2 || h.Fault != "antenna 2 is hot" || !h.Faults[0].Since.Equal(now.Add(-time.Minute)) {
		t.Errorf("got %+v", h)
	}
	state.Clear("antenna/2")
	if h := state.Health(); h.Fault != "clock is off by 3s" {
		t.Errorf("got %+v", h)
	}
	if state.ClearAll(); state.Health().Fault != "" {
		t.Errorf("got %+v", state.Health())
	}
}

// A device that is connected, lost and connected again.
func ExampleLoop() {
	ctx, cancel := context.WithCancel(context.Background())
	state := supervise.NewState(time.Now)
	loop := supervise.Loop{Name: "device", State: state, Now: time.Now, Wait: func(context.Context, time.Duration) error { return nil }}
	tries := 0
	err := loop.Run(ctx, func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("no such port")
		}
		state.SetUp()
		fmt.Println("connected after", tries, "tries")
		cancel()
		return nil
	})
	fmt.Println(err)
	// Output:
	// connected after 3 tries
	// <nil>
}
