package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// intake counts what a simulation sends, as the server's own observations.
type intake struct {
	mu   sync.Mutex
	seen map[string]toll.Observation
}

func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+fixture.StationKey {
		w.WriteHeader(http.StatusUnauthorized)
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
}

// What is printed is what the server gets: the cast's own cars, with the tags mounted on them.
func TestSimulateDrivesTheCast(t *testing.T) {
	in := &intake{seen: map[string]toll.Observation{}}
	server := httptest.NewServer(in)
	defer server.Close()

	var out bytes.Buffer
	if err := simulateCommand(t.Context(), []string{"--rate", "200/s", "--duration", "300ms"}, server.URL, &out); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines == 0 || lines != len(in.seen) {
		t.Errorf("got %d passages for %d lines:\n%s", len(in.seen), lines, out.String())
	}
	tags := simulation{vehicles: "all"}.tags()
	for key, o := range in.seen {
		tag, known := tags[toll.Plate{Country: o.Country, Text: o.Plate}]
		if !known || o.Tag != "" && o.Tag != tag || o.Epoch <= fixture.Epoch {
			t.Errorf("%s: got %s %s with tag %s, which is not the cast's", key, o.Country, o.Plate, o.Tag)
		}
	}
}

func TestSimulateDrivesKariAlone(t *testing.T) {
	tags := simulation{vehicles: "kari"}.tags()
	if len(tags) != 2 {
		t.Errorf("got %d vehicles, want Kari's 2", len(tags))
	}
}

func TestSimulateRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"--rate", "0/s"}, {"--rate", "fast"}, {"--rate", "NaN/s"}, {"--rate", "1/y"}, {"--vehicles", "olav"}} {
		if err := simulateCommand(t.Context(), args, "http://127.0.0.1:1", &bytes.Buffer{}); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}
