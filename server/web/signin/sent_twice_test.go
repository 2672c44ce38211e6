package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fixture"
)

// twin returns a second browser with the cookies that v has now, as they are sent by the second of two requests at once.
func twin(h *webtest.Server, v *webtest.Visitor) *webtest.Visitor {
	w := h.Visitor()
	w.Client.Jar.SetCookies(h.ParsedURL(), v.Client.Jar.Cookies(h.ParsedURL()))
	return w
}

var sentByForm = webtest.Header("Content-Type", "application/x-www-form-urlencoded")

// Enter twice on the page of the code signs in once, and both answers are those of success, at once and one after the
// other.
func TestCodeSentTwiceSignsInOnce(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	token := webtest.HiddenOf(v.Get("/login/code").Body, "csrf")
	fields := url.Values{"csrf": {token}, "code": {h.TOTPCode(webtest.Kari)}}.Encode()
	visitors := []*webtest.Visitor{v, twin(h, v), twin(h, v)}
	late := twin(h, v)
	send := func(v *webtest.Visitor) {
		if p := v.Do(http.MethodPost, "/login/code", fields, sentByForm); p.Header.Get("Location") != "/" {
			t.Errorf("got %d %q", p.StatusCode, p.Header.Get("Location"))
		}
		if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
			t.Errorf("the answer opens no session: %d", p.StatusCode)
		}
	}
	var all sync.WaitGroup
	for _, v := range visitors {
		all.Go(func() { send(v) })
	}
	all.Wait()
	send(late)
	if n := h.QueryText("select count(*)::text from session s join account a on a.id = s.account_id where a.email = 'kari@bompass.example'"); n != "1" {
		t.Errorf("%s sessions were opened", n)
	}
	// Another browser, or another page, is no second send.
	if p := h.Visitor().Do(http.MethodPost, "/login/code", fields, sentByForm); p.Header.Get("Location") != "/login?why=cookies" {
		t.Errorf("without the cookies: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	h.Advance(2 * time.Minute)
	if p := late.Do(http.MethodPost, "/login/code", fields, sentByForm); p.Header.Get("Location") == "/" {
		t.Error("the answer is given again after two minutes")
	}
}

// A link that was used by the first of two requests is no error for the second.
func TestLinkSentTwiceIsUsedOnce(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	v.SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	v.Get(h.LinkIn(h.LastMessage(webtest.Kari)))
	fields := url.Values{"csrf": {webtest.HiddenOf(v.Get("/password/new").Body, "csrf")}, "password": {webtest.NewPassword}}.Encode()
	w := twin(h, v)
	first, second := v.Do(http.MethodPost, "/password/new", fields, sentByForm), w.Do(http.MethodPost, "/password/new", fields, sentByForm)
	if first.StatusCode != http.StatusOK || second.StatusCode != http.StatusOK || first.Body != second.Body {
		t.Errorf("got %d and %d: %s", first.StatusCode, second.StatusCode, second.Body)
	}
}

// The answers to a form are not readable in the database.
func TestStoredAnswersAreSealed(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	codes := v.SubmitFormAt("/security/codes", "/security", url.Values{})
	code, _, _ := strings.Cut(strings.SplitN(codes.Body, "<li><code>", 2)[1], "<")
	if n := h.QueryText("select count(*)::text from ceremony where position('" + code + "'::bytea in data) > 0"); n != "0" {
		t.Errorf("%s rows show a recovery code", n)
	}
	if n := h.QueryText("select count(*)::text from ceremony where length(data) > 1000"); n == "0" {
		t.Error("no answer is stored")
	}
}

func TestSessionSaysHowLongItStaysOpen(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(20 * time.Minute)
	if p := v.Get("/session"); p.StatusCode != http.StatusOK || !strings.HasPrefix(p.Body, `{"seconds":5`) && !strings.HasPrefix(p.Body, `{"seconds":600`) {
		t.Errorf("after twenty minutes: got %d %s", p.StatusCode, p.Body)
	}
	h.Advance(8 * time.Minute)
	v.Get("/session/stay")
	h.Advance(8 * time.Minute)
	if p := v.Get("/session"); p.StatusCode != http.StatusOK {
		t.Errorf("the session was not prolonged: %d", p.StatusCode)
	}
	h.Advance(21 * time.Minute) // asking does not prolong, nor does a page that keeps itself up to date
	if p := v.Get(api.Me.Path, webtest.Header(apiclient.BackgroundHeader, "1")); p.StatusCode != http.StatusOK {
		t.Errorf("a request of the page itself: got %d", p.StatusCode)
	}
	h.Advance(2 * time.Minute)
	if p := v.Get("/session"); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after half an hour: got %d", p.StatusCode)
	}
}
