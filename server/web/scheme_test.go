package web_test

import (
	"net/http"
	"strings"
	"testing"

	"bompass/server/web"
)

// How pages look is remembered by the device: on pages before signing in, and in the program's first paint.
func TestADeviceRemembersHowPagesLook(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	looks := func(path, want string) {
		t.Helper()
		if p := v.get(path); !strings.Contains(p.body, `data-color-scheme="`+want+`"`) {
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
func TestTheWorkbenchIsForDevelopmentOnly(t *testing.T) {
	h := newHouse(t)
	if p := h.visitor().get("/_ui"); p.StatusCode != http.StatusNotFound {
		t.Errorf("in production: got %d, want 404", p.StatusCode)
	}
	h = newHouse(t, func(d *web.Deps) { d.Development = true })
	if p := h.visitor().get("/_ui"); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "Workbench") || strings.Contains(p.body, "<script") {
		t.Errorf("in development: got %d", p.StatusCode)
	}
}
