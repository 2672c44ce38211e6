package signin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

func TestSignInIsTwoPlainForms(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	p := v.Get("/passages?from=2026-11-01")
	if want := "/login?next=%2Fpassages%3Ffrom%3D2026-11-01"; p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != want {
		t.Fatalf("signed out: got %d %q, want 303 %q", p.StatusCode, p.Header.Get("Location"), want)
	}
	login := v.Get(p.Header.Get("Location"))
	for _, want := range []string{
		`autocomplete="username"`, `autocomplete="current-password"`, `inputmode="email"`, `<form method="post" action="/login"`,
		`<script src="/web/program.0p.js" data-program="/web/app.0a.wasm" defer></script>`, `href="/web/bompass.0b.css"`,
		`data-color-scheme="auto"`, `<label class="ds-label" data-weight="medium" for="email">`,
	} {
		if !strings.Contains(login.Body, want) {
			t.Errorf("login page lacks %s", want)
		}
	}
	fields := url.Values{"email": {" Kari@Bompass.example "}, "password": {fixture.Password}}
	p = v.SubmitForm("/login?next=%2Fpassages%3Ffrom%3D2026-11-01", fields)
	next := p.Header.Get("Location")
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(next, "/login/code?next=") {
		t.Fatalf("password: got %d %q", p.StatusCode, next)
	}
	if p := v.Get("/"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("after the password alone: got %d, want a redirect to sign-in", p.StatusCode)
	}
	if body := v.Get(next).Body; !strings.Contains(body, `inputmode="numeric"`) || !strings.Contains(body, `autocomplete="one-time-code"`) {
		t.Error("the field of the code has no input mode or no autocomplete")
	}
	p = v.SubmitForm(next, url.Values{"code": {h.TOTPCode(webtest.Kari)}})
	if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/passages?from=2026-11-01" {
		t.Fatalf("code: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := v.Get("/login"); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Errorf("login page when signed in: got %d %q, want 303 /", p.StatusCode, p.Header.Get("Location"))
	}
	if me := v.Get(api.Me.Path); !strings.Contains(me.Body, `"person":"Kari Lund"`) {
		t.Errorf("me: got %d %s", me.StatusCode, me.Body)
	}
}

// A wrong password, an unknown address and a wrong code get the same answer.
func TestFailedSignInsShowSameMessage(t *testing.T) {
	h := webtest.New(t)
	message := func(p webtest.Page) string {
		_, text, _ := strings.Cut(p.Body, `id="failure"`)
		_, text, _ = strings.Cut(text, ">")
		text, _, _ = strings.Cut(text, "<")
		return text
	}
	wrong := h.Visitor().SubmitPassword(webtest.Kari, "not-the-password")
	unknown := h.Visitor().SubmitPassword("nobody@bompass.example", fixture.Password)
	v := h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	code := v.SubmitCode("000000")
	if message(wrong) == "" {
		t.Fatalf("no message: %s", wrong.Body)
	}
	for name, p := range map[string]webtest.Page{"unknown user": unknown, "wrong code": code} {
		if message(p) != message(wrong) || p.StatusCode != wrong.StatusCode {
			t.Errorf("%s: got %d %q, want %d %q", name, p.StatusCode, message(p), wrong.StatusCode, message(wrong))
		}
	}
	if strings.Contains(wrong.Body, "not-the-password") {
		t.Error("the page repeats the password")
	}
}

// A browser that keeps no cookies cannot sign in, and is told so: it would otherwise come back to the form for ever.
func TestBrowserWithoutCookiesIsToldSo(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.Client.Jar = nil
	p := v.SubmitPassword(webtest.Kari, fixture.Password)
	if p.Header.Get("Location") != "/login?why=cookies" {
		t.Fatalf("got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if page := v.Get("/login?why=cookies").Body; !strings.Contains(page, "Tillat informasjonskapsler fra denne adressen") {
		t.Errorf("the page does not say why: %s", page)
	}
}

func TestPasswordGuessesAreThrottled(t *testing.T) {
	h := webtest.New(t)
	var last webtest.Page
	for range 7 {
		last = h.Visitor().SubmitPassword(webtest.Kari, "wrong")
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("seventh try: got %d, want 429 with Retry-After", last.StatusCode)
	}
	h.Advance(16 * time.Minute)
	if p := h.Visitor().SubmitPassword(webtest.Kari, fixture.Password); p.StatusCode != http.StatusSeeOther {
		t.Errorf("after a quarter of an hour: got %d", p.StatusCode)
	}
}

func TestSignInFormNeedsSameOriginAndBrowser(t *testing.T) {
	h := webtest.New(t)
	fields := func() url.Values { return url.Values{"email": {webtest.Kari}, "password": {fixture.Password}} }
	for name, c := range map[string]webtest.Change{
		"other site":    webtest.Header("Sec-Fetch-Site", "cross-site"),
		"sister site":   webtest.Header("Sec-Fetch-Site", "same-site"),
		"other origin":  webtest.Header("Origin", "https://elsewhere.example"),
		"opaque origin": webtest.Header("Origin", "null"),
		"no origin":     func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
	} {
		if p := h.Visitor().SubmitForm("/login", fields(), c); p.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, p.StatusCode)
		}
	}
	forged := fields()
	forged.Set("csrf", "guess")
	if p := h.Visitor().SubmitForm("/login", forged); p.Header.Get("Location") != "/login?why=expired" {
		t.Errorf("form of another browser: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.Visitor().SubmitForm("/login", url.Values{"email": {strings.Repeat("x", 9000)}}); p.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 9 kB: got %d, want 413", p.StatusCode)
	}
}

func TestNextAddressStaysOnSite(t *testing.T) {
	h := webtest.New(t)
	for _, next := range []string{
		"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, "javascript:alert(1)", "/api/v1/me", "/login", "\t//x",
	} {
		p := h.Visitor().SubmitForm("/login?next="+url.QueryEscape(next), url.Values{"email": {webtest.Kari}, "password": {fixture.Password}, "next": {next}})
		if p.Header.Get("Location") != "/login/code" {
			t.Errorf("next %q: redirected to %q", next, p.Header.Get("Location"))
		}
	}
}

func TestSessionCookieIsHTTPOnlyAndSameSite(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	opened := v.SubmitCode(h.TOTPCode(webtest.Kari)).Cookies()
	if !slices.ContainsFunc(opened, func(c *http.Cookie) bool { return c.Name == v.CookieName("sid") && c.Value != "" }) {
		t.Fatalf("no session was opened: %v", opened)
	}
	for _, c := range opened {
		if c.HttpOnly == (c.Name == v.CookieName("lang")) || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
	}
	for _, name := range []string{"lang", "device"} { // from the beginning, so that the first page is in the account's language
		if value := v.CookieValue(name); value == "" || strings.Contains(value, "kari") {
			t.Errorf("cookie %s: %q", name, value)
		}
	}
	secure := webtest.New(t, func(d *web.Deps) { d.PublicURL = "https://bompass.example" })
	sv := secure.Visitor()
	login := sv.Get("/login", webtest.Host("bompass.example"))
	if len(login.Cookies()) == 0 {
		t.Fatal("the form has no cookie")
	}
	for _, c := range login.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" {
			t.Errorf("cookie on https: %+v", c)
		}
	}
	if got := login.Header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("Strict-Transport-Security on https: %q, want a year with subdomains", got)
	}
}

// Browsers send the cookies of a host to all of its ports. Two portals on one machine must not end each other's
// sessions.
func TestPortalsOnOneHostHaveSeparateCookies(t *testing.T) {
	one, two := webtest.New(t), webtest.New(t)
	v, neighbour := one.Visitor(), two.Visitor()
	v.Client.Jar = neighbour.Client.Jar
	for _, side := range []struct {
		h *webtest.Server
		v *webtest.Visitor
	}{{one, v}, {two, neighbour}} {
		side.v.SubmitPassword(webtest.Kari, fixture.Password)
		side.v.SubmitCode(side.h.TOTPCode(webtest.Kari))
	}
	for name, v := range map[string]*webtest.Visitor{"first": v, "second": neighbour} {
		if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
}

func TestSessionEndsAtLogout(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	other := h.Visitor()
	other.Client.Jar = v.Client.Jar // a copy of the cookie must not survive either
	if p := v.Do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d %s", p.StatusCode, p.Body)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after logout: got %d, want 401", p.StatusCode)
	}
	if p := v.Get("/"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("page after logout: got %d, want 303", p.StatusCode)
	}
}

func TestSessionExpires(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(29 * time.Minute)
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("used within half an hour: got %d", p.StatusCode)
	}
	h.Advance(30*time.Minute + time.Second)
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("idle for half an hour: got %d", p.StatusCode)
	}
	v = h.SignIn("olav@bompass.example")
	for range 12*3 - 1 {
		h.Advance(20 * time.Minute)
		v.Get(api.Me.Path)
	}
	h.Advance(19 * time.Minute)
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("before twelve hours are over: got %d", p.StatusCode)
	}
	h.Advance(time.Minute)
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after twelve hours of use: got %d", p.StatusCode)
	}
}

func TestChosenLanguageIsKept(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	for _, c := range []struct{ path, accept, want string }{
		{"/login", "", "nb"},
		{"/login", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"/login", "fr, nn;q=0.8", "nb"},
		{"/login?lang=xx", "sv", "sv"},
		{"/login?lang=en", "de", "en"},
		{"/login", "de", "en"}, // remembered
	} {
		if p := v.Get(c.path, webtest.Header("Accept-Language", c.accept)); !strings.Contains(p.Body, `<html lang="`+c.want+`"`) {
			t.Errorf("%s with %q: not in %s", c.path, c.accept, c.want)
		}
	}
}

// S2.20, S2.21: sign-in with a password needs a second factor, sign-in with an eID does not.
func TestOnlyPasswordSignInNeedsSecondFactor(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	if got := v.SubmitPassword(webtest.Kari, fixture.Password); got.Header.Get("Location") != "/login/code" {
		t.Errorf("with a password: redirected to %q", got.Header.Get("Location"))
	}
	if got := v.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the password alone: got %d", got.StatusCode)
	}
	if got := p.SignInWithEID("kari").Get(api.Me.Path); got.StatusCode != http.StatusOK || !strings.Contains(got.Body, `"person":"Kari Lund"`) {
		t.Errorf("the same person with an eID: %d %s", got.StatusCode, got.Body)
	}
	proves.That(t, "S2.20")
}

// ASVS V6.3.5: after a hundred wrong codes in a row no code is accepted, and the owner is notified once.
func TestSuspendedAuthenticatorIsReported(t *testing.T) {
	h := webtest.New(t)
	h.Exec("insert into factor_guard (account_id, fails) values ('0196a000-0000-7000-8000-000000000501', 99)")
	for range 2 {
		v := h.Visitor()
		v.SubmitPassword(webtest.Kari, fixture.Password)
		if p := v.SubmitCode("000000"); p.StatusCode != http.StatusUnauthorized {
			t.Fatalf("a wrong code: got %d", p.StatusCode)
		}
	}
	if got := h.LastMessage(webtest.Kari); len(h.Inbox.List(webtest.Kari)) != 1 || !strings.Contains(got.Subject, "sperret") {
		t.Errorf("%d messages, the newest is %q", len(h.Inbox.List(webtest.Kari)), got.Subject)
	}
	v := h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	if p := v.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the right code: got %d", p.StatusCode)
	}
	if events := h.QueryText("select count(*)::text from account_event where kind = 'suspended'"); events != "1" {
		t.Errorf("%s events in the history", events)
	}
}
