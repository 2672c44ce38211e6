package shell_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
)

// The color scheme is stored in a cookie and applies to pages before sign-in and to the program's first paint.
func TestColorSchemeIsStoredOnDevice(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	expect := func(path, want string) {
		t.Helper()
		if p := v.Get(path); !strings.Contains(p.Body, `data-color-scheme="`+want+`"`) {
			t.Errorf("%s is not %s", path, want)
		}
	}
	expect("/login", "auto")
	expect("/login?theme=dark", "dark")
	expect("/login", "dark")
	expect("/prices", "dark")
	expect("/login?theme=pink", "dark")
	expect("/login?theme=auto", "auto")
}

// The workbench is a page of development servers only.
func TestWorkbenchIsForDevelopmentOnly(t *testing.T) {
	h := webtest.New(t)
	if p := h.Visitor().Get("/_ui"); p.StatusCode != http.StatusNotFound {
		t.Errorf("in production: got %d, want 404", p.StatusCode)
	}
	h = webtest.New(t, func(d *web.Deps) { d.Development = true })
	if p := h.Visitor().Get("/_ui"); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Workbench") ||
		strings.Contains(p.Body, "<script") {
		t.Errorf("in development: got %d", p.StatusCode)
	}
}
