package shell_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
)

// How pages look is remembered by the device: on pages before signing in, and in the program's first paint.
func TestColorSchemeIsStoredOnDevice(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	looks := func(path, want string) {
		t.Helper()
		if p := v.Get(path); !strings.Contains(p.Body, `data-color-scheme="`+want+`"`) {
			t.Errorf("%s is not %s", path, want)
		}
	}
	looks("/login", "auto")
	looks("/login?theme=dark", "dark")
	looks("/login", "dark")
	looks("/prices", "dark")
	looks("/login?theme=pink", "dark")
	looks("/login?theme=auto", "auto")
}

// The workbench is for those who make the product: anywhere else there is no such page.
func TestWorkbenchIsForDevelopmentOnly(t *testing.T) {
	h := webtest.New(t)
	if p := h.Visitor().Get("/_ui"); p.StatusCode != http.StatusNotFound {
		t.Errorf("in production: got %d, want 404", p.StatusCode)
	}
	h = webtest.New(t, func(d *web.Deps) { d.Development = true })
	if p := h.Visitor().Get("/_ui"); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Workbench") || strings.Contains(p.Body, "<script") {
		t.Errorf("in development: got %d", p.StatusCode)
	}
}
