package main

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/supervise"
)

// newCamera returns a camera of lane 1 that counts its quarantined lines.
func newCamera(quarantined *int) *camera {
	return &camera{
		address: "127.0.0.1:0", lanes: map[int]string{1: "in"}, now: time.Now, log: slog.New(slog.DiscardHandler),
		quarantine: func(any, error) error { *quarantined++; return nil }, state: supervise.NewState(time.Now),
	}
}

// A line that cannot be a sighting is quarantined, and the lines behind it go on.
func TestInvalidCameraLineIsQuarantined(t *testing.T) {
	long := make([]byte, 20_000)
	for i := range long {
		long[i] = 'E'
	}
	quarantined, emitted := 0, 0
	c := newCamera(&quarantined)
	for _, line := range []string{
		`{"lane":1,"at":"2026-06-01T06:00:00Z","country":"NO","plate":"` + string(long) + `"}`,
		`{"lane":7,"at":"2026-06-01T06:00:00Z","plate":"EK10001"}`,
		`{"lane":1,"plate":"EK10001"}`,
		`{"lane":1,"at":"2026-06-01T06:00:00Z","plate":"EK\u0000"}`,
		`not JSON`,
		`{"lane":1,"at":"2026-06-01T06:00:00Z","country":"NO","plate":"EK 10001"}`,
	} {
		if err := c.take([]byte(line), func(hardware.Sighting) error { emitted++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if quarantined != 5 || emitted != 1 {
		t.Errorf("got %d quarantined and %d emitted, want 5 and 1", quarantined, emitted)
	}
}

// Any line is a storable sighting or is quarantined.
func FuzzCameraLine(f *testing.F) {
	f.Add([]byte(`{"lane":1,"at":"2026-06-01T06:00:00.123Z","country":"NO","plate":"EK12345"}`))
	f.Add([]byte(`{"lane":1,"at":"2026-06-01T06:00:00Z"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > cameraLineMax {
			return
		}
		quarantined, emitted := 0, 0
		err := newCamera(&quarantined).take(line, func(s hardware.Sighting) error {
			emitted++
			_, err := json.Marshal(s)
			return err
		})
		if err != nil || quarantined+emitted != 1 {
			t.Errorf("got %v, %d quarantined, %d emitted", err, quarantined, emitted)
		}
	})
}
