package signin_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/access/factor"
	"bompass/server/web/webtest"
	"bompass/shared/fixture"
)

// titleOf returns the title of a page, as tabs and histories of browsers show it.
func titleOf(page webtest.Page) string {
	_, rest, _ := strings.Cut(page.Body, "<title>")
	title, _, _ := strings.Cut(rest, "</title>")
	return html.UnescapeString(title)
}

// Each page of signing in has a title of its own.
func TestPagesOfSigningInHaveTitlesOfTheirOwn(t *testing.T) {
	v := webtest.NewPortal(t).Visitor()
	seen := map[string]string{}
	for _, path := range []string{
		"/login", "/login?way=se", "/login?way=number", "/first", "/first/email", "/first/password", "/register", "/password/forgot", "/login/trouble", "/help/login", "/help",
	} {
		title := titleOf(v.Get(path))
		if other := seen[title]; other != "" || !strings.HasSuffix(title, " – Bompass") {
			t.Errorf("%s has the title %q, as %q has", path, title, other)
		}
		seen[title] = path
	}
}

// Readers of a language that is not offered get English, with the title of the page in English, too.
func TestReadersOfOtherLanguagesGetEnglish(t *testing.T) {
	h := webtest.New(t)
	for accept, want := range map[string]string{
		"fr-CA,fr;q=0.9": "en", "fi,sv;q=0.8": "sv", "nn-NO": "nb", "da": "en", "": "nb", "*": "nb", "pl,de;q=0.5": "de",
	} {
		for path, titles := range map[string]map[string]string{
			"/login":  {"en": "Sign in", "nb": "Logg inn", "sv": "Logga in", "de": "Anmelden"},
			"/prices": {"en": "What will the trip cost?", "nb": "Hva koster turen?", "sv": "Vad kostar resan?", "de": "Was kostet die Fahrt?"},
		} {
			page := h.Visitor().Get(path, webtest.Header("Accept-Language", accept))
			if !strings.Contains(page.Body, `lang="`+want+`"`) {
				t.Errorf("%s for %q is not in %s", path, accept, want)
			}
			if !strings.HasPrefix(titleOf(page), titles[want]) {
				t.Errorf("%s for %q has the title %q, want %q", path, accept, titleOf(page), titles[want])
			}
		}
	}
}

// The first page after signing in is in the language of the account, whatever the browser's was.
func TestLanguageOfTheAccountHoldsFromTheFirstPage(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.Get("/login?lang=de")
	v.SubmitPassword(webtest.Kari, fixture.Password)
	v.SubmitCode(h.TOTPCode(webtest.Kari))
	if got := v.CookieValue("lang"); got != "nb" {
		t.Errorf("the browser begins in %q", got)
	}
	if page := v.Get("/").Body; !strings.Contains(page, `lang="nb"`) || !strings.Contains(page, `data-picked="nb"`) {
		t.Error("the program is not told the language of its page")
	}
}

// An address in capital letters or with a slash at its end leads to its page.
func TestMisspeltAddressesLeadToTheirPage(t *testing.T) {
	v := webtest.New(t).Visitor()
	for path, want := range map[string]string{
		"/Login": "/login", "/login/": "/login", "/LOGIN/?next=%2Fpassages": "/login?next=%2Fpassages", "/Prices": "/prices", "/Help/Login/": "/help/login", "/passages/": "/passages",
	} {
		if p := v.Get(path); p.StatusCode != http.StatusMovedPermanently || p.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, p.StatusCode, p.Header.Get("Location"), want)
		}
	}
	for _, path := range []string{"//evil.example/", "/nowhere/", "/Api/v1/me"} {
		if p := v.Get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d to %q", path, p.StatusCode, p.Header.Get("Location"))
		}
	}
}

// Password managers open the page that changes the password at its well-known address (W3C change-password-url).
func TestWellKnownAddressLeadsToChangingThePassword(t *testing.T) {
	v := webtest.New(t).SignIn(webtest.Kari)
	if p := v.Get("/.well-known/change-password"); p.Header.Get("Location") != "/security/password" {
		t.Errorf("%d to %q", p.StatusCode, p.Header.Get("Location"))
	}
}

// Whoever cancels at the eID comes back to where they began, and from there to what they wanted.
func TestCancellingAtTheEIDLeadsBack(t *testing.T) {
	p := webtest.NewPortal(t)
	cancel := func(v *webtest.Visitor, country, begin string) string {
		asked := v.DoCrossSite(http.MethodGet, v.Get(begin).Header.Get("Location"), "")
		id := webtest.HiddenOf(asked.Body, "id")
		stopped := v.DoCrossSite(http.MethodPost, p.Issuers+"/"+country+"/choose", url.Values{"id": {id}, "cancel": {"1"}}.Encode())
		return v.DoCrossSite(http.MethodGet, stopped.Header.Get("Location"), "").Header.Get("Location")
	}
	if got, want := cancel(p.Visitor(), "no", "/login/eid/no?next=%2Fpassages"), "/login?next=%2Fpassages&why=eid-cancelled"; got != want {
		t.Errorf("signing in: %q, want %q", got, want)
	}
	if got, want := cancel(p.Visitor(), "se", "/login/eid/se"), "/login?way=se&why=eid-cancelled"; got != want {
		t.Errorf("signing in with a Swedish eID: %q, want %q", got, want)
	}
	v := p.SignInWithEID("kari")
	got := cancel(v, "no", "/login/eid/no?prove=1&next=%2Fsecurity")
	if want := "/prove?next=%2Fsecurity&why=eid-cancelled"; got != want {
		t.Errorf("confirming: %q, want %q", got, want)
	}
	if page := v.Get(got).Body; !strings.Contains(page, "Du avbrøt") {
		t.Error("the page does not say what happened")
	}
}

// A plus sign in the label of an authenticator's link is read as a space by some apps.
func TestLabelOfAuthenticatorHasNoPlusSign(t *testing.T) {
	if got := factor.EscapeLabel("kari+toll@bompass.example"); got != "kari%2Btoll@bompass.example" {
		t.Errorf("got %q", got)
	}
}

// A person who holds the telephone with the app cannot scan its own screen: a link opens the app with the same secret.
func TestEnrolmentOpensTheAppOnTheSameDevice(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.Register("siri@bompass.example", "Siri Moe")
	v.SubmitPassword("siri@bompass.example", webtest.NewPassword)
	body := html.UnescapeString(v.Get("/login/enrol").Body)
	secret := strings.ReplaceAll(webtest.SecretPattern.FindStringSubmatch(body)[1], " ", "")
	_, rest, found := strings.Cut(body, `href="otpauth://totp/Bompass:siri@bompass.example?`)
	query, _, _ := strings.Cut(rest, `"`)
	values, err := url.ParseQuery(query)
	if !found || err != nil || values.Get("secret") != secret || values.Get("issuer") != "Bompass" {
		t.Errorf("the link has %q, want the secret %s", query, secret)
	}
}
