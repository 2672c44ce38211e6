package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
)

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

var inline = regexp.MustCompile(
	`(?i)<script(?:\s+(?:defer|async))*\s*>|<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:`,
)

// answers matches what a page has as data, which no browser runs.
var answers = regexp.MustCompile(`<script type="application/json" data-answer="[^"<>]*">[^<]*</script>`)

// Every answer has the content security policy, and no page has inline scripts or styles, which the policy forbids.
func TestEveryAnswerHasContentSecurityPolicy(t *testing.T) {
	h := webtest.New(t)
	v, visitor := h.SignIn(webtest.Kari), h.Visitor()
	pending := h.Visitor()
	pending.SubmitPassword("olav@bompass.example", "fjell-fjord-bru-7")
	for name, p := range map[string]webtest.Page{
		"app": v.Get("/"), "deep": v.Get("/passages"), "missing": v.Get("/nowhere"), "login": visitor.Get("/login"),
		"login refused": visitor.SubmitPassword(webtest.Kari, "wrong"), "code": pending.Get("/login/code"),
		"api":         v.Get("/api/v1/me"),
		"api missing": v.Get("/api/v1/x"), "file": v.Get("/web/bompass.0b.css"), "robots": v.Get("/robots.txt"),
		"another host": v.Get("/", webtest.Host("evil.example")), "health": v.Get("/healthz"),
		"worker": v.Get("/app-worker.js"),
	} {
		if got := p.Header.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: policy %q", name, got)
		}
		if p.Header.Get("X-Content-Type-Options") != "nosniff" || p.Header.Get("X-Frame-Options") != "DENY" || p.Header.Get("Server") != "" {
			t.Errorf("%s: headers %v", name, p.Header)
		}
		if found := inline.FindString(answers.ReplaceAllString(p.Body, "")); strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") &&
			found != "" {
			t.Errorf("%s: inline %q", name, found)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") &&
			!strings.Contains(p.Header.Get("Content-Type"), "utf-8") {
			t.Errorf("%s: content type %q", name, p.Header.Get("Content-Type"))
		}
	}
}

// A request with the name of another host is refused. go-app would otherwise fetch these files from that host and serve
// them to everyone.
func TestForgedHostIsRefused(t *testing.T) {
	requested := make(chan string, 10)
	h := webtest.New(t)
	var bait http.ServeMux
	bait.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		requested <- r.URL.Path
		_, _ = w.Write([]byte("<script>bait</script>"))
	})
	other := webtest.Serve(t, &bait)
	v := h.Visitor()
	for _, path := range []string{
		"/robots.txt", "/sitemap.xml", "/ads.txt", "/", "/login", "/web/robots.txt", "/api/v1/me",
	} {
		p := v.Get(path, webtest.Host(other))
		if p.StatusCode != http.StatusMisdirectedRequest || strings.Contains(p.Body, "bait") ||
			strings.Contains(p.Body, other) {
			t.Errorf("%s with a forged host: got %d %q", path, p.StatusCode, p.Body)
		}
		if p := v.Get(path); strings.Contains(p.Body, "bait") {
			t.Errorf("%s is served from the other host", path)
		}
	}
	if p := v.Get("/robots.txt"); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Disallow: /") {
		t.Errorf("robots.txt: got %d %q", p.StatusCode, p.Body)
	}
	for _, path := range []string{"/sitemap.xml", "/ads.txt"} {
		if p := v.Get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, p.StatusCode)
		}
	}
	select {
	case path := <-requested:
		t.Errorf("the server fetched %s from the forged host", path)
	default:
	}
}

func TestEveryLoopbackNameIsAccepted(t *testing.T) {
	h := webtest.New(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(h.URL, "http://"), ":")
	for name, want := range map[string]int{
		"localhost:" + port: 200, "LOCALHOST:" + port: 200, "[::1]:" + port: 200, "127.0.0.1:" + port: 200,
		"localhost": 421, "localhost:1": 421, "localhost:" + port + ".evil.example": 421, "evil.example": 421,
	} {
		if p := h.Visitor().Get("/login", webtest.Host(name)); p.StatusCode != want {
			t.Errorf("host %s: got %d, want %d", name, p.StatusCode, want)
		}
	}
}

func TestPublicAddressNeedsHTTPS(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://bompass.example": true, "http://127.0.0.1:8080": true, "http://localhost:8080/": true,
		"http://[::1]:8080":      true,
		"http://bompass.example": false, "bompass.example": false, "https://bompass.example/path": false,
		"ftp://bompass.example": false, "": false,
	} {
		_, err := web.New(webtest.Deps(t, func(d *web.Deps) { d.PublicURL = address }))
		if (err == nil) != ok {
			t.Errorf("%q: got %v, want ok %v", address, err, ok)
		}
	}
}

func TestReadinessReportsFailedDependency(t *testing.T) {
	var broken error
	h := webtest.New(t, func(d *web.Deps) { d.Ready = func(context.Context) error { return broken } })
	if p := h.Visitor().Get("/readyz"); p.StatusCode != http.StatusOK {
		t.Errorf("ready: got %d", p.StatusCode)
	}
	broken = errors.New("database on 10.0.0.7 is down")
	p := h.Visitor().Get("/readyz")
	if p.StatusCode != http.StatusServiceUnavailable || strings.Contains(p.Body, "10.0.0.7") {
		t.Errorf("not ready: got %d %q", p.StatusCode, p.Body)
	}
	if p := h.Visitor().Get("/healthz", webtest.Host("10.0.0.9")); p.StatusCode != http.StatusOK {
		t.Errorf("health by address: got %d", p.StatusCode)
	}
}

// Stations go on sending while the portal is not ready, for example because the database does not answer.
func TestReadinessOfIntakeIsItsOwn(t *testing.T) {
	h := webtest.New(t, func(d *web.Deps) {
		d.Ready = func(context.Context) error { return errors.New("the database is away") }
		d.IntakeReady = func(context.Context) error { return nil }
	})
	if p := h.Visitor().Get("/readyz"); p.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("portal: got %d", p.StatusCode)
	}
	if p := h.Visitor().Get("/readyz/intake"); p.StatusCode != http.StatusOK {
		t.Errorf("intake: got %d", p.StatusCode)
	}
}

// Behind a proxy, the throttle counts the addresses of clients and not that of the proxy. A client cannot choose the
// address under which it is counted.
func TestForwardedAddressIsAcceptedFromProxiesOnly(t *testing.T) {
	guess := func(h *webtest.Server, forwarded string) int {
		v := h.Visitor()
		return v.SubmitForm("/login", url.Values{"email": {webtest.Kari}, "password": {"wrong"}},
			webtest.Header("X-Forwarded-For", forwarded)).StatusCode
	}
	for _, c := range []struct {
		name, proxies, forwarded, then string
		want                           int
	}{
		{"no proxy: the header is ignored", "", "192.0.2.1", "192.0.2.2", 429},
		{"one proxy: clients are counted separately", "127.0.0.0/8, ::1/128", "192.0.2.1", "192.0.2.2", 401},
		{"what the client wrote before it is ignored", "127.0.0.0/8", "192.0.2.1", "198.51.100.1, 192.0.2.1", 429},
		{"two proxies", "127.0.0.0/8,10.0.0.0/8", "192.0.2.1, 10.0.0.1", "192.0.2.2, 10.0.0.1", 401},
		{"an invalid address counts as the proxy's", "127.0.0.0/8", "x", "y", 429},
	} {
		h := webtest.New(t, func(d *web.Deps) { d.Proxies = c.proxies })
		for range 6 {
			guess(h, c.forwarded)
		}
		if got := guess(h, c.then); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	for proxies, warnings := range map[string]int{"": 1, "127.0.0.0/8, ::1/128": 0} {
		h := webtest.New(t, func(d *web.Deps) { d.Proxies = proxies })
		guess(h, "192.0.2.1")
		guess(h, "192.0.2.1")
		if got := strings.Count(h.Log.String(), "set BOMPASS_PROXIES"); got != warnings {
			t.Errorf("with proxies %q: %d warnings, want %d", proxies, got, warnings)
		}
	}
	if _, err := web.New(webtest.Deps(t, func(d *web.Deps) { d.Proxies = "10.0.0.1" })); err == nil {
		t.Error("a proxy that is not a network is accepted")
	}
}

func TestListsAreCompressed(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	for path, want := range map[string]string{"/api/v1/overview": "gzip", "/api/v1/me": ""} {
		if p := v.Get(path, webtest.Header("Accept-Encoding", "gzip")); p.StatusCode != 200 ||
			p.Header.Get("Content-Encoding") != want {
			t.Errorf("%s: got %d %q, want %q", path, p.StatusCode, p.Header.Get("Content-Encoding"), want)
		}
	}
}
