package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

func TestSignInIsTwoPlainForms(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	p := v.get("/passages?from=2026-11-01")
	if want := "/login?next=%2Fpassages%3Ffrom%3D2026-11-01"; p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != want {
		t.Fatalf("signed out: got %d %q, want 303 %q", p.StatusCode, p.Header.Get("Location"), want)
	}
	login := v.get(p.Header.Get("Location"))
	for _, want := range []string{
		`autocomplete="username"`, `autocomplete="current-password"`, `inputmode="email"`, `<form method="post" action="/login"`,
		`<link rel="preload" as="fetch" type="application/wasm" crossorigin href="/web/app.0a.wasm">`, `href="/web/bompass.0b.css"`,
		`data-color-scheme="auto"`, `<label class="ds-label" data-weight="medium" for="email">`,
	} {
		if !strings.Contains(login.body, want) {
			t.Errorf("login page lacks %s", want)
		}
	}
	fields := url.Values{"email": {" Kari@Bompass.example "}, "password": {fixture.Password}}
	p = v.fill("/login?next=%2Fpassages%3Ffrom%3D2026-11-01", fields)
	next := p.Header.Get("Location")
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(next, "/login/code?next=") {
		t.Fatalf("password: got %d %q", p.StatusCode, next)
	}
	if p := v.get("/"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("half way in: got %d, want to be sent to sign in", p.StatusCode)
	}
	if body := v.get(next).body; !strings.Contains(body, `inputmode="numeric"`) || !strings.Contains(body, `autocomplete="one-time-code"`) {
		t.Error("the code's field does not say what it is for")
	}
	p = v.fill(next, url.Values{"code": {h.codeOf(kari)}})
	if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/passages?from=2026-11-01" {
		t.Fatalf("code: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := v.get("/login"); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Errorf("login page when signed in: got %d %q, want 303 /", p.StatusCode, p.Header.Get("Location"))
	}
	if me := v.get(api.Me.Path); !strings.Contains(me.body, `"person":"Kari Lund"`) {
		t.Errorf("me: got %d %s", me.StatusCode, me.body)
	}
}

func TestWrongPasswordUnknownUserAndWrongCodeReadTheSame(t *testing.T) {
	h := newHouse(t)
	message := func(p page) string {
		_, text, _ := strings.Cut(p.body, `id="failure"`)
		_, text, _ = strings.Cut(text, ">")
		text, _, _ = strings.Cut(text, "<")
		return text
	}
	wrong := h.visitor().password(kari, "not-the-password")
	unknown := h.visitor().password("nobody@bompass.example", fixture.Password)
	v := h.visitor()
	v.password(kari, fixture.Password)
	code := v.code("000000")
	if message(wrong) == "" {
		t.Fatalf("no message: %s", wrong.body)
	}
	for name, p := range map[string]page{"unknown user": unknown, "wrong code": code} {
		if message(p) != message(wrong) || p.StatusCode != wrong.StatusCode {
			t.Errorf("%s: got %d %q, want %d %q", name, p.StatusCode, message(p), wrong.StatusCode, message(wrong))
		}
	}
	if strings.Contains(wrong.body, "not-the-password") {
		t.Error("the page repeats the password")
	}
}

func TestGuessingIsSlowedAndTheOwnerElsewhereIsNot(t *testing.T) {
	h := newHouse(t)
	var last page
	for range 7 {
		last = h.visitor().password(kari, "wrong")
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("seventh try: got %d, want 429 with Retry-After", last.StatusCode)
	}
	h.pass(16 * time.Minute)
	if p := h.visitor().password(kari, fixture.Password); p.StatusCode != http.StatusSeeOther {
		t.Errorf("after a quarter of an hour: got %d", p.StatusCode)
	}
}

func TestFormsNeedTheirOwnBrowserAndSite(t *testing.T) {
	h := newHouse(t)
	fields := func() url.Values { return url.Values{"email": {kari}, "password": {fixture.Password}} }
	for name, c := range map[string]change{
		"other site":             header("Sec-Fetch-Site", "cross-site"),
		"sister site":            header("Sec-Fetch-Site", "same-site"),
		"other origin":           header("Origin", "https://elsewhere.example"),
		"opaque origin":          header("Origin", "null"),
		"no word on where it is": func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
	} {
		if p := h.visitor().fill("/login", fields(), c); p.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, p.StatusCode)
		}
	}
	forged := fields()
	forged.Set("csrf", "guess")
	if p := h.visitor().fill("/login", forged); p.Header.Get("Location") != "/login?why=expired" {
		t.Errorf("form of another browser: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.visitor().fill("/login", url.Values{"email": {strings.Repeat("x", 9000)}}); p.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 9 kB: got %d, want 413", p.StatusCode)
	}
}

func TestNextStaysOnThisSite(t *testing.T) {
	h := newHouse(t)
	for _, next := range []string{
		"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, "javascript:alert(1)", "/api/v1/me", "/login", "\t//x",
	} {
		p := h.visitor().fill("/login?next="+url.QueryEscape(next), url.Values{"email": {kari}, "password": {fixture.Password}, "next": {next}})
		if p.Header.Get("Location") != "/login/code" {
			t.Errorf("next %q: went on to %q", next, p.Header.Get("Location"))
		}
	}
}

func TestSessionCookieIsClosedToScriptsAndOtherSites(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	v.password(kari, fixture.Password)
	opened := v.code(h.codeOf(kari)).Cookies()
	if !slices.ContainsFunc(opened, func(c *http.Cookie) bool { return c.Name == v.cookieName("sid") && c.Value != "" }) {
		t.Fatalf("no session was opened: %v", opened)
	}
	for _, c := range opened {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
	}
	for _, c := range v.get("/").Cookies() {
		if (c.Name != v.cookieName("device") && c.Name != v.cookieName("lang")) || !c.HttpOnly || strings.Contains(c.Value, "kari") {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
	}
	secure := newHouse(t, func(d *web.Deps) { d.PublicURL = "https://bompass.example" })
	sv := secure.visitor()
	login := sv.get("/login", host("bompass.example"))
	if len(login.Cookies()) == 0 {
		t.Fatal("the form has no cookie")
	}
	for _, c := range login.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" {
			t.Errorf("cookie on https: %+v", c)
		}
	}
	if got := login.Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("https does not insist on itself")
	}
}

// Browsers give a host's cookies to all of its ports: two portals on one machine must not sign each other's
// people out.
func TestPortalsOnOneMachineHaveCookiesOfTheirOwn(t *testing.T) {
	one, two := newHouse(t), newHouse(t)
	v, neighbour := one.visitor(), two.visitor()
	v.client.Jar = neighbour.client.Jar
	for _, side := range []struct {
		h *house
		v *visitor
	}{{one, v}, {two, neighbour}} {
		side.v.password(kari, fixture.Password)
		side.v.code(side.h.codeOf(kari))
	}
	for name, v := range map[string]*visitor{"first": v, "second": neighbour} {
		if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
}

func TestSessionEndsAtLogout(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	other := h.visitor()
	other.client.Jar = v.client.Jar // a copy of the cookie must not survive either
	if p := v.do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d %s", p.StatusCode, p.body)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after logout: got %d, want 401", p.StatusCode)
	}
	if p := v.get("/"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("page after logout: got %d, want 303", p.StatusCode)
	}
}

func TestSessionEndsByItself(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.pass(access.SessionIdle - time.Minute)
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("used within half an hour: got %d", p.StatusCode)
	}
	h.pass(access.SessionIdle + time.Second)
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("idle for half an hour: got %d", p.StatusCode)
	}
	v = h.signIn("olav@bompass.example")
	for range access.SessionMax / (20 * time.Minute) {
		h.pass(20 * time.Minute)
		v.get(api.Me.Path)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after twelve hours of use: got %d", p.StatusCode)
	}
}

func TestLanguageIsChosenOnThePageAndKept(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	for _, c := range []struct{ path, accept, want string }{
		{"/login", "", "nb"},
		{"/login", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"/login", "fr, nn;q=0.8", "nb"},
		{"/login?lang=xx", "sv", "sv"},
		{"/login?lang=en", "de", "en"},
		{"/login", "de", "en"}, // remembered
	} {
		if p := v.get(c.path, header("Accept-Language", c.accept)); !strings.Contains(p.body, `<html lang="`+c.want+`"`) {
			t.Errorf("%s with %q: not in %s", c.path, c.accept, c.want)
		}
	}
}
