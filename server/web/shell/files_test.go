package shell_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"bompass/server/web"
	"bompass/server/web/webtest"
)

func TestFilesAreCompressedAndCached(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	for _, c := range []struct{ accept, encoding, body string }{
		{"br, gzip", "br", "brotli"},
		{"gzip, deflate, BR", "br", "brotli"},
		{"gzip", "gzip", "gzip"},
		{"br;q=0, gzip;q=0.5", "gzip", "gzip"},
		{"", "", "\x00asm, rather long"},
		{"identity", "", "\x00asm, rather long"},
	} {
		p := v.Get("/web/app.0a.wasm", webtest.Header("Accept-Encoding", c.accept))
		if p.Header.Get("Content-Encoding") != c.encoding || p.Body != c.body {
			t.Errorf("%q: got %q %q, want %q %q", c.accept, p.Header.Get("Content-Encoding"), p.Body, c.encoding,
				c.body)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/wasm", "Cache-Control": "public, max-age=31536000, immutable",
			"Vary": "Accept-Encoding",
		} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%q: %s is %q, want %q", c.accept, name, got, want)
			}
		}
	}
	for path, want := range map[string]string{
		"/web/bompass.0b.css": "text/css; charset=utf-8", "/web/companion.0d.js": "text/javascript; charset=utf-8",
		"/web/font/inter-latin.0f.woff2": "font/woff2", "/web/icon/bompass.0e.svg": "image/svg+xml",
		"/wasm_exec.js": "text/javascript; charset=utf-8",
		"/app.js":       "text/javascript; charset=utf-8", "/app-worker.js": "text/javascript; charset=utf-8",
		"/app.css":              "text/css; charset=utf-8",
		"/manifest.webmanifest": "application/manifest+json",
	} {
		if p := v.Get(path); p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != want {
			t.Errorf("%s: got %d %q, want 200 %q", path, p.StatusCode, p.Header.Get("Content-Type"), want)
		}
	}
	for _, path := range []string{
		"/web/", "/web/manifest.json", "/web/app.wasm", "/app.wasm", "/web/../go.mod", "/web/%2e%2e/go.mod",
	} {
		if p := v.Get(path); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: got %d", path, p.StatusCode)
		}
	}
}

func TestETagDependsOnFileAndEncoding(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	br := v.Get("/web/app.0a.wasm", webtest.Header("Accept-Encoding", "br")).Header.Get("Etag")
	raw := v.Get("/web/app.0a.wasm").Header.Get("Etag")
	css := v.Get("/web/bompass.0b.css").Header.Get("Etag")
	if br == raw || raw == css || raw == "" {
		t.Fatalf("tags: br %s, raw %s, css %s", br, raw, css)
	}
	for _, c := range []struct {
		tag, accept string
		want        int
	}{
		{br, "br", 304},
		{"W/" + br, "br", 304},
		{`"x", ` + br, "br", 304},
		{raw, "br", 200},
		{css, "", 200},
		{raw, "", 304},
	} {
		p := v.Get("/web/app.0a.wasm", webtest.Header("Accept-Encoding", c.accept),
			webtest.Header("If-None-Match", c.tag))
		if p.StatusCode != c.want || c.want == 304 && p.Body != "" {
			t.Errorf("tag %s, %q: got %d, want %d", c.tag, c.accept, p.StatusCode, c.want)
		}
	}
	if p := v.Get("/wasm_exec.js"); p.Body != "/* wasm_exec.0c.js */" {
		t.Errorf("the loader is not that of the toolchain: %q", p.Body)
	}
}

func TestManifestIconsAreServed(t *testing.T) {
	h := webtest.New(t)
	p := h.Visitor().Get("/manifest.webmanifest")
	var m struct {
		ID    string
		Lang  string
		Icons []struct{ Src string }
	}
	if err := json.Unmarshal([]byte(p.Body), &m); err != nil || m.ID != "/" || m.Lang != "nb" || len(m.Icons) == 0 {
		t.Fatalf("manifest: %v %s", err, p.Body)
	}
	for _, icon := range m.Icons {
		if q := h.Visitor().Get(icon.Src); q.StatusCode != http.StatusOK {
			t.Errorf("icon %s: got %d", icon.Src, q.StatusCode)
		}
	}
}

func TestMissingFilesAreReportedWithRemedy(t *testing.T) {
	for name, dir := range map[string]fstest.MapFS{
		"nothing":   {},
		"half":      {"manifest.json": {Data: []byte(`{"app.wasm":"app.1.wasm"}`)}},
		"not there": {"manifest.json": webtest.Bundle()["manifest.json"]},
	} {
		_, err := web.LoadAssets(dir)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if name != "not there" && (!errors.Is(err, web.ErrNotBuilt) || !strings.Contains(err.Error(), "make build")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
