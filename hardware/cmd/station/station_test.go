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

// intake is a server's side of the wire that may be away.
type intake struct {
	mu   sync.Mutex
	away bool
	seen map[string]uplink.Observation
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
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

// What a station saw while the server was away arrives when another agent takes up the spool.
func TestStationCatchesUp(t *testing.T) {
	in := &intake{seen: map[string]uplink.Observation{}, away: true}
	server := httptest.NewServer(in)
	defer server.Close()
	spool := t.TempDir()
	env := func(name string) string {
		return map[string]string{"BOMPASS_SERVER": server.URL, "BOMPASS_STATION_KEY": "key", "BOMPASS_STATION": "oslo-301", "BOMPASS_SPOOL": spool}[name]
	}
	args := []string{"--rate", "360000", "--duration", "200ms", "--lanes", "2"}
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := command(ctx, args, env, log, time.Now); err != nil {
		t.Fatal(err)
	}
	if len(in.seen) != 0 {
		t.Fatalf("got %d passages from a server that was away", len(in.seen))
	}
	in.set(false)
	if err := command(ctx, args, env, log, time.Now); err != nil {
		t.Fatal(err)
	}
	epochs := map[int64]int{}
	for _, o := range in.seen {
		epochs[o.Epoch]++
	}
	if len(epochs) != 2 {
		t.Errorf("got passages of %v, want both runs'", epochs)
	}
}

// Every problem is named at once.
func TestConfigNamesEveryProblem(t *testing.T) {
	none := func(string) string { return "" }
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

func TestLogsMaskPeople(t *testing.T) {
	for text, want := range map[string]string{"9578010000000000012": "…012", "DP45821": "…821", "": ""} {
		if got := mask(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
