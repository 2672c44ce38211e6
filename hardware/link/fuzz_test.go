package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/sim"
)

// hose is a port that reads fixed octets whatever is written to it.
type hose struct {
	said   io.Reader
	mu     sync.Mutex
	taken  bytes.Buffer
	closed chan struct{}
	once   sync.Once
}

func newHose(says []byte) *hose {
	return &hose{said: bytes.NewReader(says), closed: make(chan struct{})}
}

func (h *hose) Read(b []byte) (int, error) { return h.said.Read(b) }

func (h *hose) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.taken.Write(b)
}

func (h *hose) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// For any octets from a beacon, a session and a transaction end without a panic.
func FuzzBeaconOctets(f *testing.F) {
	state := link.Message{Op: link.OpState, Answer: true, Sequence: 1, Payload: link.State{Boot: 1, Radio: true}.Append(nil)}.Append(nil)
	vst := append(link.AppendClock(nil, time.Unix(1781510399, 0)), "\x91\x90\x00\x01\xC1\x02\x02\x06\x30\xC0\x01\x00\x01\x02\x80\x01\x00\x02\x00\x00"...)
	found := link.Message{Op: link.OpFind, Answer: true, Sequence: 2, Payload: vst}.Append(nil)
	gone := link.Message{Op: link.OpExchange, Answer: true, Sequence: 3, Status: link.NoAnswer}.Append(nil)
	f.Add(state)
	f.Add(append(bytes.Clone(state), found...))
	f.Add(append(append(bytes.Clone(state), found...), gone...))
	f.Fuzz(func(t *testing.T, says []byte) {
		line, _, err := link.NewLine(t.Context(), newHose(says), 0)
		if err != nil {
			return
		}
		h := efc.Host{Antenna: line, Keys: keys(), Now: time.Now}
		if read, err := h.Run(t.Context(), efc.New(profile(), dsrc.Octets4{})); err == nil && read.Verified {
			t.Errorf("verified %+v", read)
		}
		_, _ = line.Counters(t.Context())
		if err := line.Close(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	})
}

// For any octets from a host, the beacon answers in whole frames, at most one for each request.
func FuzzHostOctets(f *testing.F) {
	for op := range link.OpClock + 2 {
		f.Add(link.Message{Op: op, Sequence: 1, Payload: []byte{0, 1, 0x91, 0x80}}.Append(nil))
	}
	f.Fuzz(func(t *testing.T, says []byte) {
		zone := sim.NewZone()
		zone.Enter(newTag(t))
		port := newHose(says)
		beacon := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{NoAirTime: true})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond) // find windows take real time
		defer cancel()
		if err := beacon.Serve(ctx, port); err != nil {
			t.Fatal(err)
		}
		var d link.Deframer
		for _, body := range d.Feed(port.taken.Bytes()) {
			if m, err := link.ParseMessage(body); err != nil || !m.Answer {
				t.Errorf("got %+v %v", m, err)
			}
		}
		if d.Damaged() != 0 {
			t.Errorf("%d bad frames of the beacon's", d.Damaged())
		}
	})
}
