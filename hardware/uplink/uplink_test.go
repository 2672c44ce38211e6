package uplink_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// server is an intake that stores the passages it has answered for.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	kept  map[string]uplink.Observation
	order []string
	posts int
}

// newServer starts an intake. before may answer a post itself and then returns true.
func newServer(t *testing.T, before func(post int, lines []uplink.Observation, w http.ResponseWriter) bool) *server {
	t.Helper()
	s := &server{kept: map[string]uplink.Observation{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != uplink.Route || r.Header.Get("Authorization") != "Bearer key" || r.Header.Get("Content-Type") != "application/x-ndjson" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil { // the station was killed in the middle of its batch
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.take(w, read(t, body), before)
	}))
	t.Cleanup(s.Close)
	return s
}

func read(t *testing.T, body []byte) (lines []uplink.Observation) {
	t.Helper()
	for scan := bufio.NewScanner(bytes.NewReader(body)); scan.Scan(); {
		var o uplink.Observation
		if err := json.Unmarshal(scan.Bytes(), &o); err != nil {
			t.Errorf("line %q: %v", scan.Bytes(), err)
		}
		lines = append(lines, o)
	}
	return lines
}

// lines parses a batch.
func lines(body io.Reader, each func(uplink.Observation)) error {
	scan := bufio.NewScanner(body)
	for scan.Scan() {
		var o uplink.Observation
		if err := json.Unmarshal(scan.Bytes(), &o); err != nil {
			return err
		}
		each(o)
	}
	return scan.Err()
}

// answer returns a response with status 200.
func answer(text string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}
}

func (s *server) take(w http.ResponseWriter, lines []uplink.Observation, before func(int, []uplink.Observation, http.ResponseWriter) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	if before != nil && before(s.posts, lines, w) {
		return
	}
	for _, o := range lines {
		key := key(o)
		if _, twice := s.kept[key]; !twice {
			s.order = append(s.order, key)
		}
		s.kept[key] = o
	}
	fmt.Fprintf(w, `{"accepted":%d,"quarantined":0,"refused_count":0}`, len(lines))
}

// received returns the keys of the passages in the order of their first arrival.
func (s *server) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// passages returns the received passages by key.
func (s *server) passages() map[string]uplink.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.kept)
}

func (s *server) postCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posts
}

func key(o uplink.Observation) string {
	return fmt.Sprintf("%s/%d/%d/%d", o.Station, o.Lane, o.Epoch, o.Sequence)
}

func open(t *testing.T, dir string) *uplink.Spool {
	t.Helper()
	spool, err := uplink.Open(dir, time.Unix(1_780_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return spool
}

func sender(address string, spool *uplink.Spool) *uplink.Sender {
	return &uplink.Sender{
		Server: address, Key: "key", Client: http.DefaultClient, Spool: spool,
		Wait:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Jitter: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
	}
}

func fill(t *testing.T, spool *uplink.Spool, n int) (keys []string) {
	t.Helper()
	for i := range n {
		o, err := spool.Append(uplink.Observation{
			Station: "oslo-301", Lane: 1 + i%3, At: time.Unix(1_780_000_000+int64(i), 0).UTC(), Direction: "in", Tag: "9578010000000000018", Country: "NO", Plate: "DP45821",
		})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key(o))
	}
	return keys
}

func TestPassagesArriveOnceAndInOrder(t *testing.T) {
	s := newServer(t, nil)
	spool := open(t, t.TempDir())
	want := fill(t, spool, 2*uplink.BatchMax+17)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, s.received(), want)
	if spool.Waiting() != 0 || s.postCount() != 3 {
		t.Errorf("got %d waiting after %d posts, want 0 after 3", spool.Waiting(), s.postCount())
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d passages, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("passage %d: got %s, want %s", i, got[i], want[i])
		}
	}
}

// Whatever the server or a proxy answers, a passage is kept until an answer counts it.
func TestPassagesSurviveInvalidResponses(t *testing.T) {
	answers := []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		func(w http.ResponseWriter) { fmt.Fprint(w, "<html>welcome to the hotel</html>") },
		func(w http.ResponseWriter) { fmt.Fprint(w, "{}") },
		func(w http.ResponseWriter) { fmt.Fprint(w, `{"accepted":1}`) },
		func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	s := newServer(t, func(post int, _ []uplink.Observation, w http.ResponseWriter) bool {
		if post > len(answers) {
			return false
		}
		answers[post-1](w)
		return true
	})
	spool := open(t, t.TempDir())
	want := fill(t, spool, 40)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, s.received(), want)
}

func TestRefusedPassagesAreKeptInFile(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, func(_ int, lines []uplink.Observation, w http.ResponseWriter) bool {
		for i, o := range lines {
			if o.Sequence == 5 && o.Lane == 2 {
				if len(lines) > 4 {
					w.WriteHeader(http.StatusUnprocessableEntity)
					return true
				}
				fmt.Fprintf(w, `{"accepted":%d,"refused_count":1,"refused":[{"line":%d}]}`, len(lines)-1, i+1)
				return true
			}
		}
		return false
	})
	spool := open(t, dir)
	fill(t, spool, 60)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "refused.ndjson"))
	var refused uplink.Observation
	if err != nil || json.Unmarshal(text, &refused) != nil || refused.Sequence != 5 || refused.Lane != 2 {
		t.Errorf("got %q %v, want the one line of lane 2 with sequence 5", text, err)
	}
}

func TestSpoolSurvivesReopening(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, nil)
	spool := open(t, dir)
	want := fill(t, spool, 30)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	spool = open(t, dir)
	if spool.Waiting() != 30 {
		t.Errorf("got %d waiting, want 30", spool.Waiting())
	}
	want = append(want, fill(t, spool, 30)...) // a new epoch, so the sequence numbers do not collide
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, s.received(), want)
}

func TestTornRecordIsCutOff(t *testing.T) {
	dir := t.TempDir()
	spool := open(t, dir)
	want := fill(t, spool, 10)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "0000000001.seg")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < 60; cut += 7 {
		if err := os.WriteFile(path, whole[:len(whole)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		torn := open(t, dir)
		if torn.Waiting() != len(want)-1 || torn.Damage().Octets == 0 || torn.Damage().Records != 0 {
			t.Errorf("cut by %d: got %d waiting, want %d", cut, torn.Waiting(), len(want)-1)
		}
		if err := torn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSpoolIsLocked(t *testing.T) {
	dir := t.TempDir()
	spool := open(t, dir)
	if _, err := uplink.Open(dir, time.Unix(1_780_000_000, 0)); err == nil {
		t.Error("a second agent opened the spool")
	}
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}
