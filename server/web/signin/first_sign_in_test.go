package signin_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
)

// S3.07, S3.12, S3.16, S3.23: the Swedish sign-in page links to the pages for the first sign-in, registering an
// address and creating a password.
func TestSwedishSignInPageLinksFirstTimePages(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	login := v.Get("/login?lang=sv")
	for _, want := range []string{
		`<a class="ds-link" href="/first">Ny här?</a>`,
		`<a class="ds-link" href="/login/trouble">Kommer du inte in?</a>`,
		`type="submit">Logga in</button>`,
	} {
		if !strings.Contains(login.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	first := v.Get("/first")
	for _, want := range []string{`href="/first/email">Jag har kundnummer`, `href="/first/password">Jag har kundnummer`, `href="/register"`} {
		if !strings.Contains(first.Body, want) {
			t.Errorf("the page for the first sign-in lacks %q", want)
		}
	}
	trouble := v.Get("/login/trouble")
	for _, want := range []string{`href="/password/forgot"`, `href="/login">Jag har inte autentiseringsappen`, `href="/first"`, `href="/help/login"`} {
		if !strings.Contains(trouble.Body, want) {
			t.Errorf("the page for people who cannot sign in lacks %q", want)
		}
	}
	proves.That(t, "S3.07", "S3.12", "S3.16", "S3.23")
}

// S3.17–S3.20, S3.24, S3.25: registering an address asks for customer number, personal number and address; creating a
// password asks for the customer number only. Each button says what it does.
func TestFirstTimeFormsAskOnlyForRequiredFields(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.Get("/login?lang=sv")
	for path, c := range map[string]struct {
		asks  []string
		words []string
	}{
		"/first/email":    {[]string{"number", "personal", "email"}, []string{">Kundnummer<", ">Personnummer<", "ÅÅÅÅMMDD-XXXX", ">E-postadress<", `type="submit">Registrera e-postadressen</button>`}},
		"/first/password": {[]string{"number"}, []string{">Kundnummer<", "senaste fakturan", `type="submit">Skapa lösenord</button>`}},
	} {
		p := v.Get(path)
		if got := p.FieldNames(); !slices.Equal(got, c.asks) {
			t.Errorf("%s asks for %v, want %v", path, got, c.asks)
		}
		for _, want := range c.words {
			if !strings.Contains(p.Body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	proves.That(t, "S3.17–S3.20", "S3.24", "S3.25")
}

// S3.08: the logo on every public page leads to the portal.
func TestLogoLinksToPortal(t *testing.T) {
	h := webtest.New(t)
	v, kari := h.Visitor(), h.SignIn(webtest.Kari)
	for _, path := range []string{"/login", "/help/login", "/register", "/first", "/password/forgot"} {
		logo := logoPattern.FindStringSubmatch(v.Get(path).Body)
		if logo == nil {
			t.Errorf("%s has no logo that is a link", path)
			continue
		}
		if p := kari.Get(logo[1], webtest.Header("Cookie", "leaving=1")); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Oversikt</h1>") {
			t.Errorf("%s: the logo leads a signed-in person to %d %s", path, p.StatusCode, p.Body)
		}
		v.CheckRedirect(logo[1], "/login")
		if logo[2] == "" {
			continue // drawn in the page itself
		}
		if icon := v.Get(logo[2]); icon.StatusCode != http.StatusOK || icon.Header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("%s: the icon %s: got %d %s", path, logo[2], icon.StatusCode, icon.Header.Get("Content-Type"))
		}
	}
	proves.That(t, "S3.08")
}

// logoPattern matches the logo at the top of a page: the address that it links to, and that of its icon if it is a file.
var logoPattern = regexp.MustCompile(`<header[^>]*>\s*<a class="bp-brand" href="([^"]+)">(?:<img src="([^"]+)"|<svg)`)
