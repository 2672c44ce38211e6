package passage_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bompass/server/passage"
	"bompass/shared/fault"
)

// A station whose key is wrong is not silent, and whoever tries many keys does not fill the disk with it.
func TestWrongKeysAreToldOnceAMinute(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	r.stop()
	var log bytes.Buffer
	now := r.now()
	p, err := passage.NewPipeline(t.Context(), passage.Deps{
		Store: r.store, Plan: r.plan, Conn: r.conn, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil)),
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
		t.Error("a leaf node comes in with any key")
	}
	told := log.String()
	for n, want := range []string{"times=1", "times=3", "times=1"} {
		line, rest, _ := strings.Cut(told, "\n")
		if told = rest; !strings.Contains(line, want+" latest=") {
			t.Errorf("line %d: got %q, want %q", n+1, line, want)
		}
	}
	if told != "" || strings.Contains(log.String(), "mistyped") {
		t.Errorf("got %s", log.String())
	}
}
