package webtest

import (
	"strings"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
)

// LocalhostURL returns the server's address with the host localhost: browsers accept passkeys on it, but not on an IP
// address.
func (h *Server) LocalhostURL() string { return strings.Replace(h.URL, "127.0.0.1", "localhost", 1) }

// SignInWithBrowser signs a person of the demo data in with the browser, and opens the page of security settings.
func (h *Server) SignInWithBrowser(page *e2e.Page, origin, email string) {
	h.t.Helper()
	page.Go(origin + "/login?next=/security")
	page.Fill("#email", email)
	page.Fill("#password", fixture.Password)
	page.Press("main form button[type=submit]")
	page.Fill("#code", h.TOTPCode(email))
	page.Press("main form button[type=submit]")
	page.Wait("the page about sign-in", `location.pathname === "/security"`)
}
