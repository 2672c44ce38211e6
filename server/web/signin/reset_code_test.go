package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/fixture"
)

// askResetCode asks for a code to a new password by SMS and returns the browser on the page where it is typed.
func askResetCode(t *testing.T, h *webtest.Server, number string) *webtest.Visitor {
	t.Helper()
	v := h.Visitor()
	if p := v.SubmitForm("/password/forgot", url.Values{"name": {number}}); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/password/code" {
		t.Fatalf("forgotten password of %s: %d %q", number, p.StatusCode, p.Header.Get("Location"))
	}
	return v
}

func submitResetCode(v *webtest.Visitor, code string) webtest.Page {
	return v.SubmitForm("/password/code", url.Values{"code": {code}})
}

// withoutTokens returns a page without the tokens of its forms.
func withoutTokens(body string) string { return webtest.HiddenPattern.ReplaceAllString(body, "") }

// S4.10, S4.12, ASVS V6.5.4: the password of a person who signs in with the mobile number is reset by a code that is sent
// to it and typed in the browser that asked. The message has no link.
func TestPasswordIsResetByCode(t *testing.T) {
	h := webtest.New(t)
	if p := h.Visitor().Get("/password/code"); p.Header.Get("Location") != "/password/forgot" {
		t.Errorf("the page of the code without a request: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	for i := range pasted("123456") {
		h.Advance(time.Hour) // past the throttle
		v := askResetCode(t, h, "900 00 001")
		if p := v.Get("/password/code"); !strings.Contains(p.Body, "72 54 09 00") || strings.Contains(p.Body, "maxlength") {
			t.Errorf("the page has no telephone number, or cuts the code: %s", p.Body)
		}
		sms := h.LastMessage(webtest.Phone)
		if !sms.SMS || strings.Contains(sms.Text, "://") || strings.Contains(sms.Text, "/password") {
			t.Errorf("text message: %+v", sms)
		}
		code := pasted(h.TextCode())[i]
		if p := submitResetCode(v, code); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/password/new" {
			t.Fatalf("%q: got %d %q", code, p.StatusCode, p.Header.Get("Location"))
		}
		if i > 0 {
			continue
		}
		if p := h.Visitor().SubmitForm("/password/new", url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("another browser: got %d", p.StatusCode)
		}
		if p := v.SubmitForm("/password/new", url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusOK {
			t.Fatalf("new password: %d %s", p.StatusCode, p.Body)
		}
		if p := v.SubmitPassword(webtest.Phone, webtest.NewPassword); p.Header.Get("Location") != "/login/code" {
			t.Errorf("the new password: %d %q, want the second factor", p.StatusCode, p.Header.Get("Location"))
		}
		if p := v.SubmitPassword(webtest.Phone, fixture.Password); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("the old password: got %d", p.StatusCode)
		}
	}
	proves.That(t, "S4.10", "S4.12")
}

// A number that no account has gets the same pages, and a code for it cannot be right.
func TestResetCodeDoesNotRevealAccounts(t *testing.T) {
	h := webtest.New(t)
	known, unknown := askResetCode(t, h, webtest.Phone), askResetCode(t, h, "+4790009999")
	if a, b := known.Get("/password/code").Body, unknown.Get("/password/code").Body; withoutTokens(a) != withoutTokens(b) {
		t.Error("the pages of a known and an unknown number differ")
	}
	for n := range 6 {
		a, b := submitResetCode(known, "000000x"), submitResetCode(unknown, "000000x")
		if a.StatusCode != b.StatusCode || a.StatusCode != http.StatusUnprocessableEntity || withoutTokens(a.Body) != withoutTokens(b.Body) {
			t.Errorf("try %d: known %d, unknown %d, or other words", n, a.StatusCode, b.StatusCode)
		}
	}
	if sent := h.Inbox.List("+4790009999"); len(sent) != 0 {
		t.Errorf("messages to an unknown number: %+v", sent)
	}
}

// ASVS V6.5.4, V6.6.2: a code has five tries and ten minutes, works in the browser that asked for it, once. A new code
// gives no new tries of the day.
func TestResetCodeIsLimited(t *testing.T) {
	h := webtest.New(t)
	refused := func(what string, v *webtest.Visitor, code string, want int) {
		t.Helper()
		if p := submitResetCode(v, code); p.StatusCode != want {
			t.Errorf("%s: got %d, want %d", what, p.StatusCode, want)
		}
	}
	first := askResetCode(t, h, webtest.Phone)
	code := h.TextCode()
	if p := h.Visitor().SubmitFormAt("/password/code", "/password/forgot", url.Values{"code": {code}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another browser: got %d", p.StatusCode)
	}
	h.Advance(10*time.Minute + time.Second)
	refused("after ten minutes", first, code, http.StatusUnprocessableEntity)

	once := askResetCode(t, h, webtest.Phone)
	code = h.TextCode()
	token := once.CookieValue("link")
	refused("the code", once, code, http.StatusSeeOther)
	once.SetCookie("link", token)
	refused("the code again", once, code, http.StatusUnprocessableEntity)

	for range 2 {
		h.Advance(16 * time.Minute)
		v := askResetCode(t, h, webtest.Phone)
		code = h.TextCode()
		for range 5 {
			refused("a wrong code", v, "000000x", http.StatusUnprocessableEntity)
		}
		refused("the code after five wrong ones", v, code, http.StatusUnprocessableEntity)
	}
	h.Advance(16 * time.Minute)
	v := askResetCode(t, h, webtest.Phone)
	code = h.TextCode()
	for range 15 {
		submitResetCode(v, "000000x")
	}
	refused("a new code after the tries of a day", v, code, http.StatusTooManyRequests)
}

// Where the telephone is a factor, too, its owner gets the link by mail, and no code opens a new password: whoever guesses
// or reads messages on the telephone alone does not get in.
func TestTelephoneThatIsFactorResetsByMail(t *testing.T) {
	h := webtest.New(t)
	h.Exec("insert into text_factor values ('0196a000-0000-7000-8000-000000000501', '" + webtest.Phone + "', now())")
	askResetCode(t, h, webtest.Phone)
	if got := h.QueryText("select count(*)::text from link where purpose = 'password.code' and account_id is not null"); got != "0" {
		t.Errorf("%s codes of the account", got)
	}
	if got := h.QueryText("select count(*)::text from link where purpose = 'password' and account_id is not null"); got != "1" {
		t.Errorf("%s links of the account", got)
	}
}
