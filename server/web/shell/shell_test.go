package shell_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
)

func TestPagesAllowZoomAndLoadOwnFilesOnly(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	for _, path := range []string{"/", "/passages", "/passages?vehicle=x"} {
		p := v.Get(path)
		if p.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d", path, p.StatusCode)
		}
		if strings.Contains(p.Body, "user-scalable") || strings.Contains(p.Body, "maximum-scale") ||
			!strings.Contains(p.Body, `name="viewport"`) {
			t.Errorf("%s: people cannot zoom: %s", path, p.Body)
		}
		if strings.Contains(p.Body, "https://") || strings.Contains(p.Body, "githubusercontent") {
			t.Errorf("%s names another site: %s", path, p.Body)
		}
		for _, want := range []string{
			`id="app-wasm-loader-icon" alt=""`, `<noscript>`, `/web/bompass.0b.css`, `/web/companion.0d.js`,
			`/web/icon/bompass.0e.svg`, `data-color-scheme="auto"`, `lang="nb"`,
			`<script src="/web/program.0p.js" data-program="/web/app.0a.wasm" data-compile defer></script>`,
		} {
			if !strings.Contains(p.Body, want) {
				t.Errorf("%s lacks %s: %s", path, want, p.Body)
			}
		}
	}
	if script := v.Get("/app.js").Body; !strings.Contains(script, `await bompassInstantiate(go.importObject)`) || strings.Contains(script, `fetchWithProgress("`) {
		t.Error("the program is compiled in the page's own thread")
	}
}

// go-app uses one ETag for all pages, and would answer a request with it as unchanged at any address.
func TestPagesHaveNoETag(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	assets, err := web.LoadAssets(webtest.Bundle())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/passages", "/app.js", "/app-worker.js"} {
		p := v.Get(path, webtest.Header("If-None-Match", `"`+assets.Version()+`"`))
		if p.StatusCode != http.StatusOK || p.Header.Get("Etag") != "" {
			t.Errorf("%s: got %d, tag %q", path, p.StatusCode, p.Header.Get("Etag"))
		}
	}
	if p := v.Get("/nowhere",
		webtest.Header("If-None-Match", `"`+assets.Version()+`"`)); p.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown address: got %d, want 404", p.StatusCode)
	}
}

// go-app writes attributes unescaped, so nothing of a request may reach its page.
func TestPagesDoNotReflectTheRequest(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	p := v.Get("/passages?q=%22%3E%3Cscript%3Ebait", webtest.Header("Referer", h.URL+"/bait"),
		webtest.Header("User-Agent", "bait"))
	if p.StatusCode != http.StatusOK || strings.Contains(p.Body, "bait") {
		t.Errorf("got %d %s", p.StatusCode, p.Body)
	}
}

func TestPagesUseLanguageOfAccount(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("ingrid@bompass.example")
	if p := v.Get("/"); !strings.Contains(p.Body, `lang="sv"`) || !strings.Contains(p.Body, "Översikt") || strings.Contains(p.Body, "Oversikt") {
		t.Errorf("page: %s", p.Body)
	}
	v.Do(http.MethodPost, api.Logout.Path, "{}")
	if p := v.Get("/login?why=signed-out"); !strings.Contains(p.Body, `<html lang="sv"`) ||
		!strings.Contains(p.Body, `role="status"`) {
		t.Errorf("sign-in page afterwards: %s", p.Body)
	}
}

func TestUnknownAddressHasNotFoundPage(t *testing.T) {
	h := webtest.New(t)
	p := h.Visitor().Get("/nowhere")
	if p.StatusCode != http.StatusNotFound || !strings.Contains(p.Body, "<h1") ||
		!strings.Contains(p.Body, `href="/"`) {
		t.Errorf("got %d %s", p.StatusCode, p.Body)
	}
}

func TestServiceWorkerRemovesItselfWhileProgramIsDeveloped(t *testing.T) {
	h := webtest.New(t, func(d *web.Deps) { d.Unkept = true })
	if p := h.Visitor().Get("/app-worker.js"); !strings.Contains(p.Body, "unregister") {
		t.Errorf("worker: %s", p.Body)
	}
}

// The service worker stores the program, its empty frame and public answers, and nothing of a person. Its version
// is the same on every server with the same program.
func TestServiceWorkerStoresPublicFilesOnly(t *testing.T) {
	worker := webtest.New(t).Visitor().Get("/app-worker.js").Body
	for _, want := range []string{
		`"/web/app.0a.wasm"`, `const frame = "/frame"`, `"/passages"`, `"/device"`,
		`const common = ["/api/v1/tariffs"]`,
	} {
		if !strings.Contains(worker, want) {
			t.Errorf("the worker lacks %s: %s", want, worker)
		}
	}
	if strings.Contains(worker, "{{") || strings.Contains(worker, "/login") ||
		strings.Contains(worker, `"/api/v1/me"`) {
		t.Errorf("worker: %s", worker)
	}
	if other := webtest.New(t).Visitor().Get("/app-worker.js").Body; other != worker {
		t.Error("another server with the same program has another worker")
	}
}

func TestEmptyFrameIsTheSameForEveryone(t *testing.T) {
	h := webtest.New(t)
	p := h.Visitor().Get("/frame")
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "app-wasm-loader") ||
		p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s", p.StatusCode, p.Body)
	}
	if strings.Contains(h.SignIn(webtest.Kari).Get("/frame").Body, "Kari") {
		t.Error("the frame holds a name")
	}
}
