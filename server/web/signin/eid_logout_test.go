package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
)

// OpenID Connect RP-Initiated Logout: a person who signed in with an eID signs out at the issuer, too. A form sends
// the ID token, so that it is in no address.
func TestLogoutEndsSessionAtIssuer(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("kari")
	out := v.Do(http.MethodPost, api.Logout.Path, "{}")
	if out.StatusCode != http.StatusOK || !strings.Contains(out.Body, `"next":"/logout/eid"`) {
		t.Fatalf("logout: %d %s", out.StatusCode, out.Body)
	}
	leave := v.Get("/logout/eid")
	if got := leave.Header.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' "+p.Issuers+";") || strings.Contains(got, "unsafe-inline") {
		t.Errorf("policy: %q", got)
	}
	if !strings.Contains(leave.Body, `action="`+p.Issuers+`/no/endsession"`) || strings.Contains(leave.Body, "<script>") {
		t.Errorf("page: %s", leave.Body)
	}
	form := url.Values{"id_token_hint": {webtest.HiddenOf(leave.Body, "id_token_hint")}, "post_logout_redirect_uri": {webtest.HiddenOf(leave.Body, "post_logout_redirect_uri")}, "state": {"x"}}
	left := v.DoCrossSite(http.MethodPost, p.Issuers+"/no/endsession", form.Encode())
	if left.StatusCode != http.StatusOK || !strings.Contains(left.Body, "/logout/done") || len(form.Get("id_token_hint")) < 100 {
		t.Errorf("at the issuer: %d %s", left.StatusCode, left.Body)
	}
	if done := v.Get("/logout/done"); done.Header.Get("Location") != "/login?why=signed-out" {
		t.Errorf("done: %q", done.Header.Get("Location"))
	}
	if again := v.Get("/logout/eid"); again.StatusCode != http.StatusSeeOther {
		t.Errorf("the page a second time: %d", again.StatusCode)
	}
	if password := p.SignIn(webtest.Kari); strings.Contains(password.Do(http.MethodPost, api.Logout.Path, "{}").Body, "next") {
		t.Error("a person who signed in with a password is sent to an issuer")
	}
}

// Front-channel logout arrives in a frame of the issuer, without a cookie, and ends one session.
func TestFrontChannelLogoutEndsSession(t *testing.T) {
	p := webtest.NewPortal(t)
	v, other := p.SignInWithEID("kari"), p.SignInWithEID("olav")
	farewell := p.FrontChannelLogoutPath(v)
	stranger := p.Visitor()
	for name, address := range map[string]string{
		"no session": "/logout/front?iss=" + url.QueryEscape(p.Issuers+"/no"), "another issuer": strings.Replace(farewell, "%2Fno", "%2Fse", 1),
		"another session": "/logout/front?sid=x&iss=" + url.QueryEscape(p.Issuers+"/no"), "nothing": "/logout/front",
	} {
		if got := stranger.Get(address, webtest.Header("Sec-Fetch-Site", "cross-site")); got.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", name, got.StatusCode)
		}
	}
	if got := v.Get(api.Me.Path); got.StatusCode != http.StatusOK {
		t.Fatalf("before: got %d", got.StatusCode)
	}
	framed := stranger.Get(farewell, webtest.Header("Sec-Fetch-Site", "cross-site"))
	policy := framed.Header.Get("Content-Security-Policy")
	if framed.StatusCode != http.StatusOK || !strings.Contains(policy, "frame-ancestors "+p.Issuers) || strings.Contains(policy, "'self'") || framed.Header.Get("X-Frame-Options") != "" {
		t.Errorf("frame: %d %q", framed.StatusCode, policy)
	}
	if got := v.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("after: got %d", got.StatusCode)
	}
	if got := other.Get(api.Me.Path); got.StatusCode != http.StatusOK {
		t.Errorf("another person: got %d", got.StatusCode)
	}
}

// OpenID Connect Back-Channel Logout: signing out at another service ends the session here. A logout token is accepted
// once.
func TestBackChannelLogoutEndsSessions(t *testing.T) {
	p := webtest.NewPortal(t)
	v, other := p.SignInWithEID("kari"), p.SignInWithEID("olav")
	p.Norway.EndSessions(t.Context(), "kari")
	if got := v.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("after signing out at another service: got %d", got.StatusCode)
	}
	if got := other.Get(api.Me.Path); got.StatusCode != http.StatusOK {
		t.Errorf("another person: got %d", got.StatusCode)
	}
	message, err := p.Norway.LogoutToken("unknown", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	stranger := p.Visitor()
	send := func(path, message string) int {
		return stranger.DoCrossSite(http.MethodPost, p.URL+path, url.Values{"logout_token": {message}}.Encode()).StatusCode
	}
	for _, c := range []struct {
		name, path, message string
		want                int
	}{
		{"about nobody here", "/logout/back/no", message, 200},
		{"the same again", "/logout/back/no", message, 400},
		{"at another issuer's", "/logout/back/se", message, 400},
		{"at nobody's", "/logout/back/xx", message, 400},
		{"without a message", "/logout/back/no", "", 400},
	} {
		if got := send(c.path, c.message); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
