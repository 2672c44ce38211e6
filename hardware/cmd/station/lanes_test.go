package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/llrp"
	"bompass/hardware/llrp/llrptest"
	"bompass/hardware/llrp/reader"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// beaconLane starts a simulated beacon with the host link over TCP.
func beaconLane(ctx context.Context, t *testing.T) (address string, zone *sim.Zone) {
	t.Helper()
	l := listen(t)
	zone = sim.NewZone()
	b := sim.NewBeacon(zone, time.Now, sim.BeaconOptions{NoAirTime: true})
	go func() { _ = b.ServeTCP(ctx, l) }()
	return "tcp://" + l.Addr().String(), zone
}

// A station with a DSRC beacon on TCP, an LLRP reader and a simulated lane: all passages arrive, the metrics
// count them, and there is no alarm.
func TestStationRunsEveryReaderKind(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	beacon, zone := beaconLane(ctx, t)
	rail := listen(t)
	started := make(chan struct{}, 1)
	emulator := &llrptest.Emulator{Now: time.Now, Started: func() { started <- struct{}{} }}
	go func() { _ = emulator.Listen(rail) }()
	in := &intake{seen: map[string]uplink.Observation{}}
	server := httptest.NewServer(in)
	defer server.Close()

	path := filepath.Join(t.TempDir(), "station.json")
	file := fmt.Sprintf(`{"station":"oslo-301","server":%q,"key":"key","spool":%q,"lanes":[
		{"lane":1,"direction":"in","reader":%q},{"lane":2,"direction":"out","reader":"llrp://%s","antenna":7},{"lane":3,"reader":"sim"}]}`,
		server.URL, filepath.Join(t.TempDir(), "spool"), beacon, rail.Addr())
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse([]string{"--config", path, "--rate", "72000"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	log := slog.New(slog.DiscardHandler)
	c.Listen = free(t)
	go func() { done <- c.run(ctx, os.Stdout, log, time.Now) }()

	<-started
	tag, err := sim.NewTag("9578010000000000012", hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		t.Fatal(err)
	}
	zone.Enter(tag)
	epc, err := reader.DecimalEPC([2]byte{0x30, 0xC0}, "9578010000000000020")
	if err != nil {
		t.Fatal(err)
	}
	emulator.ReportTags(llrp.TagReportData{EPC: epc, Antenna: 7, RSSI: -50, First: time.Now(), Last: time.Now()})
	lanes := func() map[int]string {
		in.mu.Lock()
		defer in.mu.Unlock()
		found := map[int]string{}
		for _, o := range in.seen {
			found[o.Lane] = o.Tag
		}
		return found
	}
	for end := time.Now().Add(5 * time.Minute); len(lanes()) < 3 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if got := lanes(); got[1] != "9578010000000000012" || got[2] != "9578010000000000020" || len(got) != 3 {
		t.Errorf("got lanes %v", got)
	}
	body := fetch(t, "http://"+c.Listen+"/metrics", http.StatusOK)
	for _, want := range []string{`bompass_station_passages_total{lane="1"} 1`, `bompass_station_reader_up{lane="2"} 1`, `bompass_station_findings_total{lane="1",finding="read"} 1`, "bompass_station_alarms 0"} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("metrics do not say %s:\n%s", want, body)
		}
	}
	if got := fetch(t, "http://"+c.Listen+"/healthz", http.StatusOK); got != "ok\n" {
		t.Errorf("got %q", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// free returns an address that was free a moment ago.
func free(t *testing.T) string {
	t.Helper()
	l := listen(t)
	defer l.Close()
	return l.Addr().String()
}

func fetch(t *testing.T, url string, status int) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		t.Errorf("%s: got %d %v, want %d: %s", url, res.StatusCode, err, status, body)
	}
	return string(body)
}

// silent is a reader with a fixed Health.
type silent struct{ health hardware.Health }

func (silent) Run(context.Context, func(hardware.Sighting) error) error { return nil }
func (s silent) Health() hardware.Health                                { return s.health }

// Every alarm is raised by its cause and makes the station unhealthy.
func TestAlarms(t *testing.T) {
	now := time.Unix(1_780_000_000, 0)
	clock := func() time.Time { return now }
	spool, err := uplink.Open(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	defer spool.Close()
	m := newMonitor(spool, []device{
		{kindLink, []int{1}, silent{hardware.Health{Up: true, Offset: 300 * time.Millisecond}}},
		{kindLLRP, []int{2}, silent{hardware.Health{Fault: "dial reader: refused"}}},
		{kindSim, []int{3}, silent{hardware.Health{Up: true}}},
	}, clock)
	now = now.Add(time.Minute)
	for i := range 30 {
		m.addPassage(uplink.Observation{Lane: 3, Sequence: int64(i + 1), Plate: "DP45821"}, hardware.Sighting{})
	}
	m.addPassage(uplink.Observation{Lane: 1, Sequence: 1}, hardware.Sighting{Tag: hardware.TagRead{Finding: hardware.Expired}})
	m.addPassage(uplink.Observation{Lane: 1, Sequence: 3}, hardware.Sighting{})
	text := strings.Join(m.alarms(), "\n")
	for _, want := range []string{"lane 1: reader clock is off by 300ms", "lane 1: 1 gaps", "lane 2: reader is down: dial reader: refused", "lane 3 is deaf: 0 tags of 30 vehicles"} {
		if !strings.Contains(text, want) {
			t.Errorf("alarms do not say %q:\n%s", want, text)
		}
	}
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "deaf") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	picture := m.render("oslo-301", []string{"a line of the log"})
	if !bytes.Contains(picture, []byte("a line of the log")) || bytes.Contains(picture, []byte("DP45821")) {
		t.Errorf("the live view shows people's plates or no log:\n%s", picture)
	}
}

// Errors in the configuration file name their lane.
func TestConfigFileErrorsNameTheLane(t *testing.T) {
	path := filepath.Join(t.TempDir(), "station.json")
	text := `{"station":"oslo-301","key":"k","issuer":"30","lanes":[{"lane":1,"reader":"smoke"},{"lane":1,"reader":"sim","direction":"up"}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := parse([]string{"--config", path}, func(string) string { return "" })
	for _, want := range []string{`reader "smoke"`, "a unique number", `direction "up"`, "issuer"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
	if err := os.WriteFile(path, []byte(`{"lains":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := parse([]string{"--config", path}, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "lains") {
		t.Errorf("got %v, want it to name the member that it has not", err)
	}
}
