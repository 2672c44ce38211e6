package command_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"bompass/server/command"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// passagesWanted is the number of passages after which a simulation is stopped.
const passagesWanted = 20

// intake receives the passages of a simulation in the server's place.
type intake struct {
	enough func() // called when passagesWanted passages have arrived
	refuse int    // requests to refuse first

	mu   sync.Mutex
	seen map[string]toll.Observation
}

// wantLines checks that there is one line for every passage received.
func (i *intake) wantLines(t *testing.T, lines []string) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.seen) < passagesWanted || len(lines) != len(i.seen) {
		t.Errorf("got %d passages for %d lines:\n%s", len(i.seen), len(lines), strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if !strings.Contains(line, " lane ") {
			t.Errorf("got %q, which is not a passage", line)
		}
	}
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+fixture.StationKey {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if i.refuse > 0 {
		i.refuse--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	n := 0
	for lines := bufio.NewScanner(r.Body); lines.Scan(); n++ {
		var o toll.Observation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		i.seen[o.Key()] = o
	}
	fmt.Fprintf(w, `{"accepted":%d}`, n)
	if len(i.seen) >= passagesWanted {
		i.enough()
	}
}

// simulate runs a simulation until an intake has seen some passages, and returns the lines of passages and the log.
func simulate(t *testing.T, in *intake, args ...string) (lines []string, log string) {
	t.Helper()
	server := httptest.NewServer(in)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	in.enough = cancel
	var out, errOut bytes.Buffer
	if err := command.Simulate(ctx, args, server.URL, &out, &errOut); err != nil {
		t.Fatalf("%v\n%s", err, errOut.String())
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), errOut.String()
}

// demoTags returns the tag of every demo vehicle, empty if it has none.
func demoTags() map[toll.Plate]toll.TagID {
	mounted := map[toll.VehicleID]toll.TagID{}
	for _, m := range fixture.Mounts() {
		mounted[m.Vehicle] = m.Tag
	}
	tags := map[toll.Plate]toll.TagID{}
	for _, v := range fixture.Vehicles() {
		tags[v.Plate] = mounted[v.ID]
	}
	return tags
}

// The server receives exactly the passages that are printed, one line each: the demo vehicles, with the tags mounted
// in them. The log is not among the lines.
func TestSimulatePrintsEveryPassageSent(t *testing.T) {
	in := &intake{seen: map[string]toll.Observation{}}
	lines, _ := simulate(t, in, "--rate", "200/s")
	in.wantLines(t, lines)
	tags := demoTags()
	for key, o := range in.seen {
		tag, known := tags[toll.Plate{Country: o.Country, Text: o.Plate}]
		if !known || o.Tag != "" && o.Tag != tag || o.Epoch <= fixture.Epoch {
			t.Errorf("%s: got %s %s with tag %s, which is not of the demo data", key, o.Country, o.Plate, o.Tag)
		}
	}
}

// A server that refuses requests makes the uplink log warnings, which are not among the passages.
func TestSimulateLogIsNotAmongThePassages(t *testing.T) {
	in := &intake{seen: map[string]toll.Observation{}, refuse: 2}
	lines, log := simulate(t, in, "--rate", "200/s")
	in.wantLines(t, lines)
	if !strings.Contains(log, "level=") {
		t.Errorf("got log %q, want a warning of the uplink", log)
	}
}

func TestSimulateCanBeLimitedToKari(t *testing.T) {
	karis := map[toll.Plate]bool{}
	for _, v := range fixture.Vehicles() {
		karis[v.Plate] = v.Owner == fixture.Kari
	}
	in := &intake{seen: map[string]toll.Observation{}}
	lines, _ := simulate(t, in, "--rate", "200/s", "--vehicles", "kari")
	in.wantLines(t, lines)
	for key, o := range in.seen {
		if !karis[toll.Plate{Country: o.Country, Text: o.Plate}] {
			t.Errorf("%s: got %s %s, which is not Kari's", key, o.Country, o.Plate)
		}
	}
}

func TestSimulateRefusesInvalidFlags(t *testing.T) {
	for _, args := range [][]string{{"--rate", "0/s"}, {"--rate", "fast"}, {"--rate", "NaN/s"}, {"--rate", "1/y"}, {"--vehicles", "olav"}} {
		if err := command.Simulate(t.Context(), args, "http://127.0.0.1:1", io.Discard, io.Discard); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}
