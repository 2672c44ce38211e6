package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// intake is the server's intake; it may be unavailable.
type intake struct {
	mu    sync.Mutex
	away  bool
	tries int
	seen  map[string]uplink.Observation
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.tries++
	if i.away || r.Header.Get("Authorization") != "Bearer key" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	n := 0
	for lines := bufio.NewScanner(r.Body); lines.Scan(); n++ {
		var o uplink.Observation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		i.seen[fmt.Sprint(o.Station, o.Lane, o.Epoch, o.Sequence)] = o
	}
	fmt.Fprintf(w, `{"accepted":%d}`, n)
}

func (i *intake) set(away bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.away = away
}

// requested reports whether a station has sent anything.
func (i *intake) requested() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tries > 0
}

// epochs returns the number of runs whose passages have arrived.
func (i *intake) epochs() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	seen := map[int64]bool{}
	for _, o := range i.seen {
		seen[o.Epoch] = true
	}
	return len(seen)
}

// Passages stored while the server was down arrive when another agent opens the spool.
func TestStationSendsBacklog(t *testing.T) {
	in := &intake{seen: map[string]uplink.Observation{}, away: true}
	server := httptest.NewServer(in)
	defer server.Close()
	spool := t.TempDir()
	env := func(name string) string {
		return map[string]string{"BOMPASS_SERVER": server.URL, "BOMPASS_STATION_KEY": "key", "BOMPASS_STATION": "oslo-301", "BOMPASS_SPOOL": spool}[name]
	}
	args := []string{"--rate", "360000", "--lanes", "2"}
	runUntil(t, args, env, in.requested)
	if len(in.seen) != 0 {
		t.Fatalf("got %d passages from a server that was away", len(in.seen))
	}
	in.set(false)
	runUntil(t, args, env, func() bool { return in.epochs() == 2 })
}

// runUntil runs the agent until so returns true.
func runUntil(t *testing.T, args []string, env func(string) string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	go func() {
		for ctx.Err() == nil && !so() {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if err := command(ctx, args, env, slog.New(slog.DiscardHandler), time.Now); err != nil {
		t.Fatal(err)
	}
	if !so() {
		t.Fatal("the condition was not met")
	}
}

// Every problem of a configuration is reported at once.
func TestConfigReportsEveryProblem(t *testing.T) {
	none := func(string) string { return "" }
	if _, err := parse([]string{"--demo", "fast"}, none); err == nil || !strings.Contains(err.Error(), `unknown argument "fast"`) {
		t.Errorf("got %v, want it to name the argument", err)
	}
	_, err := parse([]string{"--server", "localhost", "--lanes", "0", "--rate", "0", "--misread", "2", "--upstream", "nats://h"}, none)
	for _, want := range []string{"upstream", "station", "key", "server", "lanes", "rate", "misread"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
	if _, err := parse([]string{"--station", "oslo-301", "--key", "k"}, none); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

// `make reader` finds the portal that `make run` started with the same environment.
func TestDemoDefaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		env    map[string]string
		args   []string
		server string
		spool  string
	}{
		{"a portal given by a flag", nil, []string{"--server", "http://127.0.0.1:8080"}, "http://127.0.0.1:8080", ".run/station/oslo-301"},
		{"a second portal", map[string]string{"BOMPASS_ADDR": "127.0.0.1:8081", "BOMPASS_HOME": "/tmp/second"}, nil, "http://127.0.0.1:8081", "/tmp/second/station/oslo-301"},
		{"a portal elsewhere", map[string]string{"BOMPASS_ADDR": "127.0.0.1:8081", "BOMPASS_SERVER": "https://portal.example"}, nil, "https://portal.example", ".run/station/oslo-301"},
		{"another station", nil, []string{"--station", "oslo-104", "--server", "http://127.0.0.1:8080"}, "http://127.0.0.1:8080", ".run/station/oslo-104"},
	} {
		got, err := parse(append([]string{"--demo"}, c.args...), func(name string) string { return c.env[name] })
		if err != nil || got.Server != c.server || got.Spool != c.spool {
			t.Errorf("%s: got %s, %s, %v, want %s, %s", c.name, got.Server, got.Spool, err, c.server, c.spool)
		}
	}
}

// The demo sends nothing to a server that was not given.
func TestDemoRequiresServer(t *testing.T) {
	if _, err := parse([]string{"--demo"}, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "server") {
		t.Errorf("got %v, want it to require a server", err)
	}
}

func TestLogsMaskTagsAndPlates(t *testing.T) {
	for text, want := range map[string]string{"9578010000000000012": "…012", "DP45821": "…821", "": ""} {
		if got := mask(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
