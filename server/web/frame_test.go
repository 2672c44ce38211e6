package web_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/site"
)

// renderedPages are pages of the server that a person opens from the program.
var renderedPages = []string{
	site.Security, "/security/password", site.StepUp + "?next=%2Fsecurity", site.Export, site.FindAgreements, "/agreements/find/old", site.Help, site.LoginHelp, "/terms/general",
	site.BecomeCustomer, site.Parties, "/nowhere",
}

// Every page that the server renders for a person who is signed in has the header, the menus and the footer of the
// program, and works without scripts.
func TestRenderedPagesStandInTheFrameOfTheProgram(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignIn("nils@fjordfrakt.example")
	for _, path := range renderedPages {
		page := html.UnescapeString(v.Get(path).Body)
		for _, want := range []string{
			`<nav class="bp-nav" aria-label="Hovedmeny">`, `href="/passages"`, `href="/prices"`, `href="/help"`,
			`popovertarget="who-menu"`, "Nils Berg · Fjordfrakt AS", `href="/profile"`, `href="/security"`, `href="/people"`, `href="/device"`, `action="/logout"`,
			"Bytt til", "Din personlige profil", `popovertarget="more-menu"`,
			`href="/privacy"`, `href="/accessibility"`, `href="/cookies"`, `value="de" lang="de"`, `name="theme" value="dark"`, "tel:+4772540900",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Count(page, "<h1") != 1 || strings.Contains(page, "bp-door") {
			t.Errorf("%s has another frame", path)
		}
	}
}

// The menus leave out what the role may not open.
func TestMenuOfRenderedPagesFollowsTheRole(t *testing.T) {
	for role, absent := range map[string]string{"accountant": `href="/passages"`, "driver": `href="/people"`, "auditor": `href="/people"`} {
		p := webtest.NewPortal(t)
		p.SetRole(role)
		if page := p.SignIn("astrid@fjordfrakt.example").Get(site.Security).Body; strings.Contains(page, absent) {
			t.Errorf("the menu of the %s has %s", role, absent)
		}
	}
}

// Public pages have the same frame for visitors, with the public pages and the way to sign in.
func TestPublicPagesStandInTheFrameForVisitors(t *testing.T) {
	v := webtest.New(t).Visitor()
	for _, path := range []string{site.Help, site.LoginHelp, "/terms/general"} {
		page := v.Get(path + "?lang=en").Body
		for _, want := range []string{`class="bp-nav"`, `href="/login">Sign in`, `href="/prices"`, `href="/privacy"`, `hreflang="sv"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Contains(page, "who-menu") || strings.Contains(page, "more-menu") {
			t.Errorf("%s has the menu of people who are signed in", path)
		}
	}
}

// The choices of a rendered page's footer are stored in the account and in the browser, and lead back to the page.
func TestFooterOfRenderedPagesStoresChoices(t *testing.T) {
	v := webtest.New(t).SignIn(webtest.Kari)
	post := func(path string, fields url.Values) webtest.Page {
		fields.Set("csrf", v.CSRF)
		return v.Do(http.MethodPost, path, fields.Encode(), webtest.Header("Content-Type", "application/x-www-form-urlencoded"))
	}
	got := post(site.Preferences, url.Values{"lang": {"sv"}, "back": {"/security"}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/security" {
		t.Fatalf("language: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	if me := v.Get(api.Me.Path).Body; !strings.Contains(me, `"language":"sv"`) || v.CookieValue("lang") != "sv" {
		t.Errorf("the language is not stored: %s", me)
	}
	post(site.Preferences, url.Values{"theme": {"dark"}, "back": {"//evil.example/"}})
	if page := v.Get(site.Security).Body; !strings.Contains(page, `lang="sv" data-color-scheme="dark"`) {
		t.Errorf("the page does not follow the choices: %.120s", page)
	}
	if got := post(site.Preferences, url.Values{"lang": {"sv"}, "back": {"//evil.example/"}}); got.Header.Get("Location") != "/" {
		t.Errorf("another site is led to: %q", got.Header.Get("Location"))
	}
}

// The button to log out of a rendered page ends the session and has the browser delete what it stores.
func TestLogoutOfRenderedPageEndsTheSession(t *testing.T) {
	v := webtest.New(t).SignIn(webtest.Kari)
	form := webtest.Header("Content-Type", "application/x-www-form-urlencoded")
	if got := v.Do(http.MethodPost, site.Logout, "csrf=wrong", form); got.StatusCode != http.StatusForbidden {
		t.Fatalf("without the session's token: %d", got.StatusCode)
	}
	got := v.Do(http.MethodPost, site.Logout, url.Values{"csrf": {v.CSRF}}.Encode(), form)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/login?why=signed-out" || got.Header.Get("Clear-Site-Data") != `"storage"` {
		t.Errorf("%d to %q, deleting %q", got.StatusCode, got.Header.Get("Location"), got.Header.Get("Clear-Site-Data"))
	}
	if me := v.Get(api.Me.Path); me.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session is still open: %d", me.StatusCode)
	}
}
