package web_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/legacy"
	"bompass/server/person"
	"bompass/server/web"
	"bompass/shared/api"
)

// serve runs a handler on a listener of its own and returns its host and port.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	var listening net.ListenConfig
	listener, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// deps is enough to build a face that is never asked for data.
func deps(t *testing.T, options ...option) web.Deps {
	t.Helper()
	assets, err := web.LoadAssets(bundle())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, live: &liveFeed{t: t}}
	d := web.Deps{
		Registrar: &access.Registrar{}, Factors: &factor.Service{}, Person: &person.Service{}, Agreements: &agreement.Service{}, Legacy: &legacy.Service{},
		Context: context.Background(), PublicURL: "http://localhost", Access: access.NewService(nil, seal.Keys{}, h.now), Overview: h,
		Passages: h, Tariffs: published, Live: h.live, Ready: func(context.Context) error { return nil }, Assets: assets, Now: h.now,
		Log: discard(),
	}
	for _, o := range options {
		o(&d)
	}
	return d
}

// follow opens the event stream and returns its lines; the channel is closed at its end.
func (v *visitor) follow() <-chan string {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url+api.Events.Path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") ||
		!strings.Contains(resp.Header.Get("Cache-Control"), "no-store") || resp.Header.Get("X-Accel-Buffering") != "no" {
		v.t.Fatalf("stream: %d %v", resp.StatusCode, resp.Header)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer func() { _ = resp.Body.Close() }()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			if s.Text() != "" {
				lines <- s.Text()
			}
		}
	}()
	return lines
}

func TestEventsArriveAndEndWithTheSession(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	lines := v.follow()
	if first := <-lines; !strings.HasPrefix(first, "retry: ") {
		t.Errorf("first line: %q", first)
	}
	h.live.tell(1440)
	if got, want := <-lines, `data: {"kind":"passage","lines":null,"balance":1440}`; got != want {
		t.Errorf("event: got %q, want %q", got, want)
	}
	if p := v.do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d", p.StatusCode)
	}
	for line := range lines { // must end, and tell nothing more
		t.Errorf("after logout: %q", line)
	}
}

func TestEventsEndWithTheServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	h := newHouse(t, func(d *web.Deps) { d.Context = ctx })
	v := h.signIn(kari)
	lines := v.follow()
	<-lines
	stop()
	for line := range lines {
		t.Errorf("after the server's end: %q", line)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("a request that came in while stopping: got %d", p.StatusCode)
	}
}

func TestAnOpenStreamDoesNotProlongTheSession(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.pass(access.SessionIdle - time.Minute)
	<-v.follow()
	h.pass(2 * time.Minute)
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", p.StatusCode)
	}
}

func TestOneSessionHasABoundedNumberOfStreams(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	first := v.follow()
	<-first
	for range 8 {
		<-v.follow()
	}
	for line := range first { // the oldest ends
		t.Errorf("first stream: %q", line)
	}
	if p := v.do(http.MethodHead, api.Events.Path, ""); p.StatusCode != http.StatusOK || p.body != "" {
		t.Errorf("head: got %d %q", p.StatusCode, p.body)
	}
}
