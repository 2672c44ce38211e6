package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/web"
	"bompass/shared/api"
)

func TestPagesCanBeZoomedAndLoadOnlyOurs(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	for _, path := range []string{"/", "/passages", "/passages?vehicle=x"} {
		p := v.get(path)
		if p.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d", path, p.StatusCode)
		}
		if strings.Contains(p.body, "user-scalable") || strings.Contains(p.body, "maximum-scale") || !strings.Contains(p.body, `name="viewport"`) {
			t.Errorf("%s: people cannot zoom: %s", path, p.body)
		}
		if strings.Contains(p.body, "https://") || strings.Contains(p.body, "githubusercontent") {
			t.Errorf("%s names another site: %s", path, p.body)
		}
		for _, want := range []string{
			`id="app-wasm-loader-icon" alt=""`, `<noscript>`, `/web/bompass.0b.css`, `/web/companion.0d.js`, `/web/icon/bompass.0e.svg`, `data-color-scheme="auto"`, `lang="nb"`,
			`<link rel="preload" as="fetch" type="application/wasm" crossorigin href="/web/app.0a.wasm">`,
		} {
			if !strings.Contains(p.body, want) {
				t.Errorf("%s lacks %s: %s", path, want, p.body)
			}
		}
	}
	if script := v.get("/app.js").body; !strings.Contains(script, ` fetch("/web/app.0a.wasm"`) {
		t.Error("the program is not fetched as it is, so that browsers can compile it on the way")
	}
}

// The library would answer any address as unchanged to whoever shows its one tag.
func TestPagesHaveNoTagAndAreNeverUnchanged(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	assets, err := web.LoadAssets(bundle())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/passages", "/app.js", "/app-worker.js"} {
		p := v.get(path, header("If-None-Match", `"`+assets.Version()+`"`))
		if p.StatusCode != http.StatusOK || p.Header.Get("Etag") != "" {
			t.Errorf("%s: got %d, tag %q", path, p.StatusCode, p.Header.Get("Etag"))
		}
	}
	if p := v.get("/nowhere", header("If-None-Match", `"`+assets.Version()+`"`)); p.StatusCode != http.StatusNotFound {
		t.Errorf("an address that is not there: got %d, want 404", p.StatusCode)
	}
}

// The library writes attributes unescaped, so nothing of a request may reach its page.
func TestPagesRepeatNothingOfTheRequest(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	p := v.get("/passages?q=%22%3E%3Cscript%3Ebait", header("Referer", h.url+"/bait"), header("User-Agent", "bait"))
	if p.StatusCode != http.StatusOK || strings.Contains(p.body, "bait") {
		t.Errorf("got %d %s", p.StatusCode, p.body)
	}
	other := h.signIn("nils@fjordfrakt.example")
	// The library writes attributes in any order.
	sorted := func(p page) []string {
		return slices.Sorted(strings.FieldsFuncSeq(p.body, func(r rune) bool { return strings.ContainsRune(" <>\n", r) }))
	}
	if diff := cmp.Diff(sorted(v.get("/")), sorted(other.get("/"))); diff != "" {
		t.Errorf("the page differs from person to person: %s", diff)
	}
	if strings.Contains(v.get("/").body, "Kari") {
		t.Error("the page holds a name")
	}
}

func TestPagesSpeakTheAccountsLanguage(t *testing.T) {
	h := newHouse(t)
	v := h.signIn("ingrid@bompass.example")
	if p := v.get("/"); !strings.Contains(p.body, ` lang="sv"`) || strings.Contains(p.body, ` lang="nb"`) {
		t.Errorf("page: %s", p.body)
	}
	v.do(http.MethodPost, api.Logout.Path, "{}")
	if p := v.get("/login?why=signed-out"); !strings.Contains(p.body, `<html lang="sv"`) || !strings.Contains(p.body, `role="status"`) {
		t.Errorf("sign-in page afterwards: %s", p.body)
	}
}

func TestUnknownAddressesAreAPageThatSaysSo(t *testing.T) {
	h := newHouse(t)
	p := h.visitor().get("/nowhere")
	if p.StatusCode != http.StatusNotFound || !strings.Contains(p.body, "<h1") || !strings.Contains(p.body, `href="/"`) {
		t.Errorf("got %d %s", p.StatusCode, p.body)
	}
}

func TestAProgramThatIsBeingWorkedOnIsNotKept(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Unkept = true })
	if p := h.visitor().get("/app-worker.js"); !strings.Contains(p.body, "unregister") {
		t.Errorf("worker: %s", p.body)
	}
}

// The worker keeps the program, its empty frame and what is public; its version is the same wherever the
// same program is served.
func TestTheWorkerKeepsWhatIsEverybodys(t *testing.T) {
	worker := newHouse(t).visitor().get("/app-worker.js").body
	for _, want := range []string{`"/web/app.0a.wasm"`, `const frame = "/frame"`, `"/passages"`, `"/device"`, `const common = ["/api/v1/tariffs"]`} {
		if !strings.Contains(worker, want) {
			t.Errorf("the worker lacks %s: %s", want, worker)
		}
	}
	if strings.Contains(worker, "{{") || strings.Contains(worker, "/login") || strings.Contains(worker, `"/api/v1/me"`) {
		t.Errorf("worker: %s", worker)
	}
	if again := newHouse(t).visitor().get("/app-worker.js").body; again != worker {
		t.Error("another server of the same program has another worker")
	}
}

func TestTheEmptyFrameIsForEveryone(t *testing.T) {
	h := newHouse(t)
	p := h.visitor().get("/frame")
	if p.StatusCode != http.StatusOK || !strings.Contains(p.body, "app-wasm-loader") || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s", p.StatusCode, p.body)
	}
	if strings.Contains(h.signIn(kari).get("/frame").body, "Kari") {
		t.Error("the frame holds a name")
	}
}
