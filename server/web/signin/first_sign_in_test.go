package signin_test

import (
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
)

// S3.07, S3.12, S3.16, S3.23: beside the Swedish form stand what to do the first time, registering an
// address and creating a password; the form is sent by «Logga in».
func TestSwedishSignInPageLinksFirstTimePages(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	login := v.Get("/login?lang=sv")
	for _, want := range []string{
		`<a class="ds-link" href="/first">Första gången du loggar in</a>`,
		`<a class="ds-link" href="/first/email">Ny kund / registrera e-post</a>`,
		`<a class="ds-link" href="/first/password">Skapa lösenord</a>`,
		`type="submit">Logga in</button>`,
	} {
		if !strings.Contains(login.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	first := v.Get("/first")
	for _, want := range []string{`href="/first/email"`, `href="/first/password"`, `href="/register"`} {
		if !strings.Contains(first.Body, want) {
			t.Errorf("the first time: the page lacks %q", want)
		}
	}
	proves.That(t, "S3.07", "S3.12", "S3.16", "S3.23")
}

// S3.17, S3.18, S3.19, S3.20, S3.24, S3.25: registering asks for customer number, personal number and the
// address; creating a password asks for the customer number alone. Each is sent by a button that says so.
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

// S3.08: the mark at the top of every public page is a link to the portal, which asks who is there.
func TestLogoLinksToPortal(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	for _, path := range []string{"/login", "/help/login", "/register", "/first"} {
		if body := v.Get(path).Body; !strings.Contains(body, `<a class="bp-brand" href="/"><img src="`) {
			t.Errorf("%s has no mark that leads anywhere", path)
		}
	}
	v.CheckRedirect("/", "/login")
}
