package shell_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

const partHeader = "X-Bompass-Part"

// The first screen of a person is in the page, so that it is readable before the program has been loaded. The program
// begins with the same answers.
func TestPageShowsThePersonsFirstScreen(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	for path, answers := range map[string][]string{
		"/":         {api.Me.Path, api.Overview.Path},
		"/passages": {api.Me.Path, api.PassageList.Path + "?from=", api.Overview.Path},
		"/profile":  {api.Me.Path},
		"/prices":   {api.Me.Path, api.Overview.Path},
	} {
		p := v.Get(path)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Kari Lund") || strings.Contains(p.Body, "bp-nav-blank") {
			t.Errorf("%s: got %d without the name: %s", path, p.StatusCode, p.Body)
		}
		if p.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v may be stored", path, p.Header)
		}
		for _, want := range answers {
			if !strings.Contains(p.Body, `<script type="application/json" data-answer="`+strings.ReplaceAll(want, "&", "&amp;")) {
				t.Errorf("%s: no answer to %s in %s", path, want, p.Body)
			}
		}
		if !strings.Contains(p.Body, `id="app-wasm-loader"`) {
			t.Errorf("%s: the program is not loaded", path)
		}
	}
	if p := v.Get("/passages?from=2026-11-01&to=2026-11-20"); !strings.Contains(p.Body, "?from=2026-11-01&amp;to=2026-11-20") {
		t.Errorf("a period: %s", p.Body)
	}
}

func TestPageHasNothingOfThePersonWhen(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	for name, p := range map[string]webtest.Page{
		"a stranger may have chosen the query": v.Get("/passages?vehicle=0196"),
		"the query is not one of the page's":   v.Get("/?x=%22onload"),
		"a date is none":                       v.Get("/passages?from=%22%3E%3Cb&to=2026-11-20"),
	} {
		if p.StatusCode != http.StatusOK || strings.Contains(p.Body, "Kari") || strings.Contains(p.Body, "data-answer") {
			t.Errorf("%s: got %d %s", name, p.StatusCode, p.Body)
		}
	}
	if p := v.Get("/", webtest.Header("Cookie", "leaving=1")); p.StatusCode != http.StatusOK || strings.Contains(p.Body, "Kari") {
		t.Errorf("signed out without a network: got %d %s", p.StatusCode, p.Body)
	}
	h.Broken.Store(true)
	if p := v.Get("/"); p.StatusCode != http.StatusOK || strings.Contains(p.Body, "secret") || strings.Contains(p.Body, `data-answer="`+api.Overview.Path) {
		t.Errorf("without an overview: got %d %s", p.StatusCode, p.Body)
	}
}

// go-app writes attributes without escaping, and names are in attributes too.
func TestNamesCannotEndAnAttributeOfTheFirstScreen(t *testing.T) {
	h := webtest.New(t)
	if _, err := h.DB.Pool.Exec(t.Context(), `update customer set name = $1 where id = $2`,
		`Kari" onfocus="x" </script><b>&quot; \" Lund`, fixture.Kari); err != nil {
		t.Fatal(err)
	}
	p := h.SignIn(webtest.Kari).Get("/")
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Kari") {
		t.Fatalf("got %d %s", p.StatusCode, p.Body)
	}
	for _, bait := range []string{`" onfocus`, `\" onfocus`, "<b>", "Kari\""} {
		shown, _, _ := strings.Cut(p.Body, `<script type="application/json"`)
		if strings.Contains(shown, bait) {
			t.Errorf("the page has %s: %s", bait, shown)
		}
	}
	if strings.Contains(p.Body, "</script><b>") {
		t.Errorf("an answer ends its element: %s", p.Body)
	}
}

// The service worker has the empty frame, and asks for the rest.
func TestServiceWorkerAsksForTheFirstScreenAlone(t *testing.T) {
	h := webtest.New(t)
	part := webtest.Header(partHeader, "1")
	p := h.SignIn(webtest.Kari).Get("/", part)
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Kari Lund") || strings.Contains(p.Body, "<html") ||
		p.Header.Get("Content-Language") != "nb" || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v %s", p.StatusCode, p.Header, p.Body)
	}
	if p := h.SignIn("ingrid@bompass.example").Get("/", part); p.Header.Get("Content-Language") != "sv" {
		t.Errorf("language %s", p.Header.Get("Content-Language"))
	}
	if p := h.Visitor().Get("/", part); p.StatusCode != http.StatusSeeOther {
		t.Errorf("signed out: got %d", p.StatusCode)
	}
	if p := h.Visitor().Get("/prices", part); p.StatusCode != http.StatusNoContent || p.Body != "" {
		t.Errorf("a public page: got %d %s", p.StatusCode, p.Body)
	}
}
