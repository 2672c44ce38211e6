package webtest

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
	"bompass/server/billing"
	"bompass/server/casework"
	"bompass/server/dispute"
	"bompass/server/fleet"
	"bompass/server/legacy"
	"bompass/server/passage/export"
	"bompass/server/payment"
	"bompass/server/person"
	"bompass/server/store/accessdb"
	"bompass/server/store/noticedb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// Serve runs a handler on a listener of its own and returns its host and port.
func Serve(t *testing.T, handler http.Handler) string {
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

// Deps returns dependencies with which a server can be built but not used.
func Deps(t *testing.T, options ...option) web.Deps {
	t.Helper()
	assets, err := web.LoadAssets(Bundle())
	if err != nil {
		t.Fatal(err)
	}
	h := &Server{t: t, Live: &LiveFeed{t: t}}
	d := web.Deps{
		Registrar: &access.Registrar{}, Factors: &factor.Service{}, Person: &person.Service{},
		Cases: &casework.Service{}, Chargers: func() []toll.Charger { return nil },
		Agreements: &agreement.Service{}, Fleet: &fleet.Service{}, Legacy: &legacy.Service{},
		Context: context.Background(), PublicURL: "http://localhost",
		Access: access.NewService(nil, seal.Keys{}, h.Now), Ceremonies: accessdb.New(nil), Overview: h,
		Passages: h, Invoices: billing.NewReader(nil), Files: billing.NewFiles(nil, nil, h.Now), Exports: export.NewService(h, h.Now), Disputes: dispute.NewService(nil, nil, h.Now), Payments: &payment.Service{}, Tariffs: tariffsInForce, Contact: serviceContact(), Live: h.Live, Messages: noticedb.New(nil),
		Ready: func(context.Context) error { return nil }, Assets: assets, Now: h.Now,
		Log: Discard(),
	}
	for _, o := range options {
		o(&d)
	}
	return d
}

// OpenEventStream opens the event stream and returns its lines. The channel is closed at the end of the stream.
func (v *Visitor) OpenEventStream() <-chan string {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.URL+api.Events.Path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.Client.Do(r) //nolint:bodyclose // closed when the stream has been read
	if err != nil {
		v.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") ||
		!strings.Contains(resp.Header.Get("Cache-Control"),
			"no-store") || resp.Header.Get("X-Accel-Buffering") != "no" {
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

// serviceContact returns how the customer service of the tests is reached.
func serviceContact() toll.Contact {
	return toll.Contact{Phones: []string{"72 54 09 00", "72 54 09 10"}, Emails: []string{"kundeservice@bompass.example"}}
}
