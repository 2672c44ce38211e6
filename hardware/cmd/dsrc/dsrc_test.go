package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware"
	"bompass/hardware/sim"
)

type vector struct {
	Name  string          `json:"name"`
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
	Hex   string          `json:"hex"`
}

func vectors(t *testing.T) (good, rejects []vector) {
	t.Helper()
	text, err := os.ReadFile("../../dsrc/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors, Rejects []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors, file.Rejects
}

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := tool{in: strings.NewReader(""), out: &out, now: time.Now}.run(t.Context(), args)
	return strings.TrimSpace(out.String()), err
}

func plain(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Every vector is decoded, encoded, and explained octet by octet.
func TestVectorsAreExplained(t *testing.T) {
	good, rejects := vectors(t)
	for _, v := range good {
		if strings.HasSuffix(v.Name, "-ext") {
			rejects = append(rejects, v)
			continue
		}
		text, err := run(t, "decode", "--json", v.Type, v.Hex)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if diff := cmp.Diff(plain(t, string(v.Value)), plain(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
		if got, err := run(t, "encode", v.Type, string(v.Value)); got != v.Hex || err != nil {
			t.Errorf("%s: got %s %v, want %s", v.Name, got, err, v.Hex)
		}
		text, err = run(t, "decode", v.Type, v.Hex)
		if explained := octetsIn(text); err != nil || !strings.Contains(text, "…") && explained != v.Hex {
			t.Errorf("%s: explained %s %v, want %s\n%s", v.Name, explained, err, v.Hex, text)
		}
	}
	for _, v := range rejects {
		out, err := run(t, "decode", v.Type, v.Hex)
		if err == nil || !strings.Contains(err.Error(), ": ") || out != "" {
			t.Errorf("%s: got %q %v, want a refusal that names the field", v.Name, out, err)
		}
	}
}

// octetsIn joins the second column.
func octetsIn(text string) (octets string) {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] != "its" {
			octets += fields[1]
		}
	}
	return octets
}

func TestDecodeExplainsValues(t *testing.T) {
	text, err := run(t, "decode", "TApdu", "74 02 01 20 40 9578010000001234560F 539F 0000")
	for _, want := range []string{"number 9578010000001234560", "2031", "12", "PaymentMeans"} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("got %v, want it to say %s\n%s", err, want, text)
		}
	}
}

func TestInvalidCommandsAreErrors(t *testing.T) {
	for _, args := range [][]string{{}, {"nonsense"}, {"decode"}, {"decode", "TApdu", "XY"}, {"decode", "Nothing", "00"}, {"scan"}, {"scan", "nowhere"}, {"replay"}, {"replay", "no-such-file"}, {"replay", "--on"}, {"replay", "--on", "nowhere", "dsrc_test.go"}} {
		if _, err := run(t, args...); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}

// A simulated line is scanned, recorded and replayed.
func TestScanRecordReplay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "line.txt")
	text, err := run(t, "record", "--for", "4s", "sim", path)
	if err != nil || !strings.Contains(text, "beacon: boot 1") || !strings.Contains(text, "read number 9578019") {
		t.Fatalf("got %v\n%s", err, text)
	}
	text, err = run(t, "replay", path)
	if err != nil || !strings.Contains(text, "initialisationResponse") || !strings.Contains(text, "find: ok") {
		t.Errorf("got %v\n%s", err, text)
	}
	text, err = run(t, "replay", "--on", "sim", path) // the same seed, so the same vehicles
	if err != nil || !strings.Contains(text, "answered the same") || strings.Contains(text, ": was ") {
		t.Errorf("got %v\n%s", err, text)
	}
}

// beaconWith starts a beacon on TCP with a tag in its zone, or none.
func beaconWith(t *testing.T, tag *sim.Tag) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	zone := sim.NewZone()
	if tag != nil {
		zone.Enter(tag)
	}
	beacon := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{})
	go func() {
		for {
			port, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = beacon.Serve(t.Context(), port) }() // it ends with its port
		}
	}()
	return "tcp://" + l.Addr().String()
}

func tagOf(t *testing.T, pan, plate string) *sim.Tag {
	t.Helper()
	tag, err := sim.NewTag(pan, hardware.PlateRead{Country: "NO", Text: plate})
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

// Replaying a recording on another tag reports how its answers differ.
func TestReplayOnLineReportsDifferences(t *testing.T) {
	path := filepath.Join(t.TempDir(), "line.txt")
	first := beaconWith(t, tagOf(t, "9578010000001234560", "EK12345"))
	if text, err := run(t, "record", "--for", "2s", first, path); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	// A tag ignores the beacon that has just released it, so the vehicle must come again.
	text, err := run(t, "replay", "--on", beaconWith(t, tagOf(t, "9578010000001234560", "EK12345")), path)
	if err != nil || !strings.Contains(text, "answered the same") || strings.Contains(text, ": was ") {
		t.Errorf("the same tag: got %v\n%s", err, text)
	}
	other := beaconWith(t, tagOf(t, "9578019000000000009", "DP45821"))
	text, err = run(t, "replay", "--on", other, path)
	for _, want := range []string{
		"personalAccountNumber: was 9578010000001234560F  (number 9578010000001234560), is 9578019000000000009F",
		"licencePlateNumber: was 454B3132333435  (EK12345), is 44503435383231  (DP45821)",
	} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("another tag: got %v, want it to say %s\n%s", err, want, text)
		}
	}
	if text, err := run(t, "replay", "--for", "1s", "--on", beaconWith(t, nil), path); err == nil || !strings.Contains(err.Error(), "no tag found") {
		t.Errorf("empty zone: got %v\n%s", err, text)
	}
	silent := filepath.Join(t.TempDir(), "silence.txt")
	if text, err := run(t, "record", "--for", "1s", beaconWith(t, nil), silent); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if text, err := run(t, "replay", "--on", first, silent); err == nil || !strings.Contains(err.Error(), "no message to a tag") {
		t.Errorf("a recording without tags: got %v\n%s", err, text)
	}
}

func TestHelpExitsWithoutError(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}, {"decode", "--help"}, {"encode", "-h"}, {"scan", "--help"}, {"replay", "--help"}, {"types", "help"}} {
		if text, err := run(t, args...); err != nil || !strings.Contains(text, "dsrc decode") {
			t.Errorf("%v: got %v\n%s", args, err, text)
		}
	}
}
