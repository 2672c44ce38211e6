package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/link/linktest"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
)

const pan = "9578010000000000012"

func newTag(tb testing.TB) *sim.Tag {
	tb.Helper()
	tag, err := sim.NewTag(pan, hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		tb.Fatal(err)
	}
	return tag.Secure(keys())
}

func keys() *seal.KeySet { return seal.TestKeys(sim.NorwegianMark()) }

func profile() efc.Profile {
	no := dsrc.Provider{Country: dsrc.CountryOf("NO"), Issuer: 1}
	return efc.Secure(dsrc.BeaconID{Manufacturer: 1, Individual: 1052}, seal.TestKeyRef, &efc.Receipt{Charger: no, Station: 301, Lane: 1})
}

// session begins a session with a beacon over a pipe.
func session(t *testing.T, beacon *sim.Beacon, wrap func(io.ReadWriteCloser) io.ReadWriteCloser) *link.Line {
	t.Helper()
	host, device := net.Pipe()
	go func() {
		if err := beacon.Serve(t.Context(), device); err != nil {
			t.Error(err)
		}
	}()
	var port io.ReadWriteCloser = host
	if wrap != nil {
		port = wrap(port)
	}
	line, _, err := link.NewLine(t.Context(), port, 0)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestTransactionOverLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zone, tag := sim.NewZone(), newTag(t)
		beacon := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{Skew: time.Second})
		line := session(t, beacon, nil)
		h := efc.Host{Antenna: line, Keys: keys(), Now: time.Now}
		if read, err := h.Run(t.Context(), efc.New(profile(), dsrc.Octets4{1})); err != nil || read.Finding != hardware.NoTag {
			t.Errorf("an empty lane: got %+v %v", read, err)
		}
		zone.Enter(tag)
		start := time.Now()
		read, err := h.Run(t.Context(), efc.New(profile(), dsrc.Octets4{2}))
		if err != nil || read.Finding != hardware.Read || !read.Verified || read.PAN != pan {
			t.Errorf("got %+v %v", read, err)
		}
		if skew := read.Device.Sub(start); skew < time.Second || skew > 1010*time.Millisecond {
			t.Errorf("the beacon heard it %v after the call by its own clock, want about a second", skew)
		}
		if tag.Receipts[0].Station != 301 {
			t.Errorf("got receipts %+v", tag.Receipts)
		}
		if c, err := line.Counters(t.Context()); err != nil || c.Found != 1 || c.Exchanges != 4 || c.Unheard != 0 {
			t.Errorf("got %+v %v", c, err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRefusalIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := session(t, sim.NewBeacon(sim.NewZone(), time.Now, sim.BeaconOptions{}), nil)
		_, err := line.Exchange(t.Context(), []byte{0x91, 0}, false)
		if refused, ok := errors.AsType[*link.Error](err); !ok || refused.Status != link.Idle || err.Error() != "link: exchange: no transaction" {
			t.Errorf("got %v", err)
		}
		if _, err := line.Exchange(t.Context(), nil, false); err == nil || err.Error() != "link: exchange: malformed request" {
			t.Errorf("got %v", err)
		}
		if err := errors.Join(line.Release(t.Context()), line.Close()); err != nil {
			t.Error(err)
		}
		if _, err := line.State(t.Context()); !errors.Is(err, link.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("after its end: got %v", err)
		}
	})
}

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := session(t, sim.NewBeacon(sim.NewZone(), time.Now, sim.BeaconOptions{Skew: -3 * time.Second}), nil)
		was, err := line.SetClock(t.Context(), time.Now())
		if err != nil || time.Since(was) != 3*time.Second {
			t.Errorf("got %v %v", was, err)
		}
		if s, err := line.State(t.Context()); err != nil || s.Fresh || !s.Clock.Equal(time.Now()) {
			t.Errorf("got %+v %v", s, err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A silent beacon takes the line down after three transmissions.
func TestSilentBeaconTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, device := net.Pipe()
		asked := make(chan int)
		go func() {
			n, buffer := 0, make([]byte, 100)
			for {
				if _, err := device.Read(buffer); err != nil {
					asked <- n
					return
				}
				n++
			}
		}()
		_, _, err := link.NewLine(t.Context(), host, 0)
		if !errors.Is(err, link.ErrSilent) {
			t.Errorf("got %v, want %v", err, link.ErrSilent)
		}
		if n := <-asked; n != 3 {
			t.Errorf("asked %d times, want 3", n)
		}
	})
}

// A port that never accepts a write does not block the host forever.
func TestBlockedPortTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, device := net.Pipe()
		if _, _, err := link.NewLine(t.Context(), host, 0); err == nil {
			t.Error("a session began without a beacon")
		}
		_ = device.Close()
	})
}

func TestRecordingPlaysBack(t *testing.T) {
	var recording bytes.Buffer
	transaction := func(t *testing.T, line *link.Line) hardware.TagRead {
		t.Helper()
		h := efc.Host{Antenna: line, Keys: keys(), Now: time.Now}
		read, err := h.Run(t.Context(), efc.New(profile(), dsrc.Octets4{7}))
		if err != nil {
			t.Error(err)
		}
		return read
	}
	synctest.Test(t, func(t *testing.T) {
		zone := sim.NewZone()
		zone.Enter(newTag(t))
		beacon := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{NoAirTime: true})
		line := session(t, beacon, func(p io.ReadWriteCloser) io.ReadWriteCloser { return linktest.NewRecorder(p, &recording) })
		if read := transaction(t, line); read.Finding != hardware.Read {
			t.Errorf("got %+v", read)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	})
	text := recording.String()
	synctest.Test(t, func(t *testing.T) {
		port, err := linktest.NewPlayback(strings.NewReader("# a tag of level 1\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		line, _, err := link.NewLine(t.Context(), port, 0)
		if err != nil {
			t.Fatal(err)
		}
		if read := transaction(t, line); read.Finding != hardware.Read || !read.Verified {
			t.Errorf("got %+v", read)
		}
		if err := errors.Join(line.Close(), port.Err()); err != nil {
			t.Error(err)
		}
	})
}

// The driver sends the octets of a kept recording, whatever changes inside it.
func TestRecordingFromFieldReplays(t *testing.T) {
	f, err := os.Open("testdata/level1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	port, err := linktest.NewPlayback(f)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Unix(1781510399, 0).UTC() }
	line, _, err := link.NewLine(t.Context(), port, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := efc.Host{Antenna: line, Keys: keys(), Now: now}
	read, err := h.Run(t.Context(), efc.New(profile(), dsrc.Octets4{0x4E, 0xCF, 0x3F, 0xBD}))
	if err := errors.Join(err, line.Close(), port.Err()); err != nil || read.PAN != pan || !read.Verified || read.Plate.Text != "DP45821" {
		t.Errorf("got %+v %v", read, err)
	}
}

func TestPlaybackReportsMismatch(t *testing.T) {
	if _, err := linktest.NewPlayback(strings.NewReader("> 00\n? 00\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
	port, err := linktest.NewPlayback(strings.NewReader("> 0102\n< 03\n> 04\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, first := port.Write([]byte{1})
	_, second := port.Write([]byte{2})
	b := make([]byte, 8)
	n, third := port.Read(b)
	if err := errors.Join(first, second, third); err != nil || n != 1 || b[0] != 3 {
		t.Errorf("got %d %X %v", n, b[:n], err)
	}
	if err := port.Err(); !errors.Is(err, linktest.ErrMismatch) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("it stopped early: got %v", err)
	}
	if _, err := port.Write([]byte{5}); !errors.Is(err, linktest.ErrMismatch) {
		t.Errorf("it said something else: got %v", err)
	}
}

// The serial path, over a pseudo-terminal.
func TestSerialLine(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // sim.OpenPTY exists for Linux only
	}
	near, far, err := sim.OpenPTY()
	if err != nil {
		t.Fatal(err)
	}
	zone := sim.NewZone()
	zone.Enter(newTag(t))
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	beacon := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{})
	open, err := link.ParseAddress("serial:" + far)
	if err != nil {
		t.Fatal(err)
	}
	port, err := open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() { served <- beacon.Serve(ctx, near) }()
	line, state, err := link.NewLine(ctx, port, 0x7D7E)
	if err != nil || !state.Radio {
		t.Fatal(state, err)
	}
	h := efc.Host{Antenna: line, Keys: keys(), Now: time.Now}
	for _, want := range []hardware.Finding{hardware.Read, hardware.NoTag} { // the second is an empty lane, longer than one read timeout of the port
		if read, err := h.Run(ctx, efc.New(profile(), dsrc.Octets4{1})); err != nil || read.Finding != want {
			t.Errorf("got %+v %v, want %q", read, err, want)
		}
	}
	if err := line.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	<-served // the far end of a closed pseudo-terminal reads as an error
}

func TestParseAddress(t *testing.T) {
	for _, text := range []string{"", "tcp://", "serial:", "udp://x:1", "/dev/ttyS0"} {
		if _, err := link.ParseAddress(text); err == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}

func TestTCPLine(t *testing.T) {
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	beacon := sim.NewBeacon(sim.NewZone(), time.Now, sim.BeaconOptions{})
	go func() { served <- beacon.ServeTCP(ctx, l) }()
	open, err := link.ParseAddress("tcp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the host reconnects
		port, err := open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		line, state, err := link.NewLine(ctx, port, 0)
		if err != nil || state.Boot != 1 {
			t.Fatal(state, err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
