package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

// A beacon with keys and a camera of one lane: every tag gets its receipt and the camera's plate, a vehicle
// without a tag is a passage of its own, and a disconnected camera is reconnected.
func TestStationJoinsBeaconAndCamera(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	beacon, zone := beaconLane(ctx, t)
	cameras := listen(t)
	in := &intake{seen: map[string]uplink.Observation{}}
	server := httptest.NewServer(in)
	defer server.Close()
	spool := filepath.Join(t.TempDir(), "spool")
	c := &config{
		Station: "oslo-301", Server: server.URL, Key: "key", Spool: spool, live: "off", perHour: 1, Secure: true,
		Lanes: []laneConfig{{Lane: 1, Direction: "in", Reader: beacon}}, Cameras: []string{cameras.Addr().String()},
	}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.run(ctx, os.Stdout, slog.New(slog.DiscardHandler), time.Now) }()
	first := accept(t, cameras)
	_ = first.Close() // the camera restarts
	line := accept(t, cameras)
	tell := func(plate string, at time.Time) {
		if err := json.NewEncoder(line).Encode(cameraLine{Lane: 1, At: at, Country: "NO", Plate: plate}); err != nil {
			t.Fatal(err)
		}
	}
	var tags []*sim.Tag
	for i := range 8 {
		number := fmt.Sprintf("957801%012d", i)
		plate := fmt.Sprintf("EK1000%d", i)
		tag, err := sim.NewTag(number+luhnOf(number), hardware.PlateRead{Country: "NO", Text: plate})
		if err != nil {
			t.Fatal(err)
		}
		tags = append(tags, tag.Secure(seal.TestKeys(sim.NorwegianMark())))
		released := make(chan struct{})
		tag.Released = sync.OnceFunc(func() { close(released) })
		zone.Enter(tag)
		<-released
		zone.Leave(tag)
		tell(plate, time.Now().Add(500*time.Millisecond)) // the camera's clock is ahead
	}
	time.Sleep(500 * time.Millisecond)
	tell("RK20877", time.Now().Add(500*time.Millisecond))
	counts := func() (joined, alone int) {
		in.mu.Lock()
		defer in.mu.Unlock()
		for _, o := range in.seen {
			switch {
			case o.Tag != "" && o.Plate != "":
				joined++
			case o.Plate == "RK20877" && o.Tag == "":
				alone++
			}
		}
		return joined, alone
	}
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if joined, alone := counts(); joined == 8 && alone == 1 {
			break
		}
	}
	if joined, alone := counts(); joined != 8 || alone != 1 || len(in.seen) != 9 {
		t.Errorf("got %d joined and %d alone of %d, want 8 and 1 of 9", joined, alone, len(in.seen))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for i, tag := range tags {
		if tag.Receipts[0] == tag.Receipts[1] {
			t.Errorf("tag %d: no receipt was written", i)
		}
	}
}

func accept(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// luhnOf returns the check digit of a number.
func luhnOf(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return string(rune('0' + (10-sum%10)%10))
}
