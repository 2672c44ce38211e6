package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bompass/server/web/webtest"
	"bompass/shared/fixture"
)

// wide writes letters and digits as the keyboards of East Asia do.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, s)
}

// pasted returns a code of six digits as it comes out of messages, apps and keyboards.
func pasted(code string) []string {
	return []string{" " + code[:3] + " " + code[3:], code[:3] + "-" + code[3:], code[:3] + "\u00a0" + code[3:], wide(code), code + "\u200b"}
}

func TestCodesAreAcceptedAsTheyArePasted(t *testing.T) {
	h := webtest.New(t)
	for i := range pasted(h.TOTPCode(webtest.Kari)) {
		h.Advance(time.Minute) // a code counts once
		v := h.Visitor()
		v.SubmitPassword(webtest.Kari, fixture.Password)
		if body := v.Get("/login/code").Body; regexp.MustCompile(`<input[^>]*id="code"[^>]*(maxlength|pattern)`).MatchString(body) {
			t.Error("the browser cuts or refuses what is cleaned later")
		}
		code := pasted(h.TOTPCode(webtest.Kari))[i]
		if p := v.SubmitCode(code); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
			t.Errorf("%q: got %d %q", code, p.StatusCode, p.Header.Get("Location"))
		}
		h.Advance(time.Minute)
		code = pasted(h.TOTPCode(webtest.Kari))[i]
		if p := v.SubmitForm("/prove?next=/profile", url.Values{"code": {code}}); p.StatusCode != http.StatusSeeOther {
			t.Errorf("%q within the session: got %d", code, p.StatusCode)
		}
	}
	h.Advance(time.Minute)
	v := h.SignIn(webtest.Kari)
	codes := regexp.MustCompile(`<code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(v.SubmitFormAt("/security/codes", "/security", url.Values{}).Body, -1)
	if len(codes) == 0 {
		t.Fatal("there are no recovery codes")
	}
	for i, code := range []string{wide(codes[0][1]), strings.ToLower(strings.ReplaceAll(codes[1][1], "-", "\u2013"))} {
		v := h.Visitor()
		v.SubmitPassword(webtest.Kari, fixture.Password)
		if p := v.SubmitForm("/login/recovery", url.Values{"code": {code}}); p.StatusCode != http.StatusSeeOther {
			t.Errorf("recovery code %d, %q: got %d", i, code, p.StatusCode)
		}
	}
}

// Names are of every script and can have a slash, but no address of a page.
func TestNamesAreOfEveryScript(t *testing.T) {
	h := webtest.New(t)
	register := func(email, name string) webtest.Page {
		v := h.Visitor()
		v.SubmitForm("/register", url.Values{"email": {email}})
		return v.OpenLink(h.LinkIn(h.LastMessage(email)), url.Values{"name": {name}, "password": {webtest.NewPassword}})
	}
	for i, name := range []string{"Ravi S/O Kumar", "Asha d/o. Mohan", strings.Repeat("渡", 100), "محمد علی\u200cزاده", "Þórarinn O’Brien-Nuñez"} {
		if p := register("n"+string(rune('a'+i))+"@bompass.example", name); p.StatusCode != http.StatusOK {
			t.Errorf("%q is refused: %d", name, p.StatusCode)
		}
	}
	for i, name := range []string{"see evil.example/x", "http://evil.example", "//evil", strings.Repeat("x", 101), "a@b"} {
		if p := register("w"+string(rune('a'+i))+"@bompass.example", name); p.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q: got %d, want a refusal", name, p.StatusCode)
		}
	}
}
