package intake_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/pipelinetest"
	"bompass/server/passage/pipeline"
	"bompass/server/pricelist"
	"bompass/shared/fault"
)

// An unknown key is logged, but many requests with unknown keys do not fill the disk.
func TestUnknownKeysAreLoggedOnceAMinute(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	r.Stop()
	var log bytes.Buffer
	now := r.Now()
	p, err := pipeline.New(t.Context(), pipeline.Deps{
		Store: r.Store, Prices: pricelist.Fixed(r.Plan), Conn: r.Conn, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, wait := range []time.Duration{0, time.Second, 20 * time.Second, 39 * time.Second} {
		now = now.Add(wait)
		if _, err := p.TakeIn(t.Context(), "a-mistyped-key", nil, now); fault.CodeOf(err) != fault.KeyUnknown {
			t.Errorf("got %v", err)
		}
	}
	now = now.Add(time.Hour)
	if p.AcceptsKey(t.Context(), "a-mistyped-key") {
		t.Error("an unknown key is accepted from a leaf node")
	}
	logged := log.String()
	for n, want := range []string{"count=1", "count=3", "count=1"} {
		line, rest, _ := strings.Cut(logged, "\n")
		if logged = rest; !strings.Contains(line, want+" latest=") {
			t.Errorf("line %d: got %q, want %q", n+1, line, want)
		}
	}
	if logged != "" || strings.Contains(log.String(), "mistyped") {
		t.Errorf("got %s", log.String())
	}
}
