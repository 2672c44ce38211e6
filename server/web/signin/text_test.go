package signin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/access/factor"
	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// newTextServer returns a server on which Kari has text codes as a factor.
func newTextServer(t *testing.T) *webtest.Server {
	t.Helper()
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	if p := v.SubmitFormAt("/security/text", "/security", url.Values{}); p.Header.Get("Location") != "/security/text" {
		t.Fatalf("add: %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitFormAt("/security/text/code", "/security/text", url.Values{"code": {h.TextCode()}}); p.Header.Get("Location") != "/security" {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.Body)
	}
	h.Advance(factor.TextCodeInterval + time.Second)
	return h
}

// S2.22, ASVS V6.6.1, V6.6.2: a code by text message signs in once, in the browser that asked for it, and does not
// count as a step-up.
func TestTextCodeSignsInWithoutStepUp(t *testing.T) {
	h := newTextServer(t)
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "SMS") {
		t.Errorf("the owner is not notified of the new factor: %+v", mail)
	}
	v := h.RequestTextCode()
	if sms := h.LastMessage(webtest.Phone); !sms.SMS || !strings.HasSuffix(sms.Text, "\n\n@127.0.0.1 #"+h.TextCode()) {
		t.Errorf("the message is not bound to our pages: %q", sms.Text)
	}
	other := h.Visitor()
	other.SubmitPassword(webtest.Kari, fixture.Password)
	if p := other.SubmitTextCode(h.TextCode()); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("in a browser that did not ask: got %d", p.StatusCode)
	}
	code := h.TextCode()
	if p := v.SubmitTextCode(code); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Fatalf("the code: got %d %s", p.StatusCode, p.Body)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("the session: got %d", p.StatusCode)
	}
	for _, path := range []string{"/security/app", "/security/password"} {
		if p := v.Get(path); !strings.HasPrefix(p.Header.Get("Location"), "/prove") {
			t.Errorf("%s in a session that a text message opened: got %d, want another factor asked for", path, p.StatusCode)
		}
	}
	h.Advance(factor.TextCodeInterval + time.Second)
	again := h.RequestTextCode()
	if p := again.SubmitTextCode(code); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code that was used: got %d", p.StatusCode)
	}
	proves.That(t, "S2.22")
}

// Simultaneous requests with the same code open one session.
func TestTextCodeOpensOneSession(t *testing.T) {
	h := newTextServer(t)
	v := h.RequestTextCode()
	code := h.TextCode()
	token := webtest.HiddenPattern.FindStringSubmatch(v.Get("/login/text").Body)[2]
	var in atomic.Int64
	var all sync.WaitGroup
	for n := range 4 { // a step has five tries
		all.Go(func() {
			// As of four pages: one page that is sent twice gets the same answer.
			fields := url.Values{"csrf": {token + strconv.Itoa(n)}, "code": {code}}.Encode()
			if p := v.Do(http.MethodPost, "/login/text/code", fields, webtest.Header("Content-Type", "application/x-www-form-urlencoded")); p.Header.Get("Location") == "/" {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d sessions were opened, want 1", in.Load())
	}
}

// ASVS V6.6.3: codes expire, and the numbers of tries and of messages are limited.
func TestTextCodesAreLimitedAndExpire(t *testing.T) {
	h := newTextServer(t)
	v := h.RequestTextCode()
	right := h.TextCode()
	if p := v.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" {
		t.Errorf("another message at once: got %d", p.StatusCode)
	}
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	for range 5 {
		if p := v.SubmitTextCode(wrong); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("a wrong code: got %d", p.StatusCode)
		}
	}
	if p := v.SubmitTextCode(right); p.Header.Get("Location") != "/login?why=expired" {
		t.Errorf("the right one after five wrong ones: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	h.Advance(time.Hour) // past the throttle, and past the code
	v = h.RequestTextCode()
	late := h.TextCode()
	h.Advance(4*time.Minute + time.Second) // while the step goes on
	if p := v.SubmitTextCode(late); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code that is over: got %d", p.StatusCode)
	}
	sent := 3 // to add it, and twice here
	again := h.Visitor()
	again.SubmitPassword(webtest.Kari, fixture.Password)
	h.Advance(30 * time.Second) // four and a half minutes after the last one
	if p := again.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.Header.Get("Location") != "/login/text" {
		t.Errorf("another message after a minute: got %d", p.StatusCode)
	}
	sent++
	h.Advance(45 * time.Second)
	if p := again.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("another message after 45 seconds: got %d", p.StatusCode)
	}
	for ; sent < 10; sent++ {
		h.Advance(30 * time.Minute)
		h.RequestTextCode()
	}
	h.Advance(30 * time.Minute)
	v = h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	if p := v.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one message too many for a day: got %d", p.StatusCode)
	}
	if p := v.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the app meanwhile: got %d", p.StatusCode)
	}
}

// ASVS V6.6.3: a code has five tries, also where no password limits them.
func TestTextCodeHasFiveTries(t *testing.T) {
	for wrongs, want := range map[int]string{4: "/security", 5: ""} {
		h := webtest.New(t)
		v := h.SignIn(webtest.Kari)
		v.SubmitFormAt("/security/text", "/security", url.Values{})
		right := h.TextCode()
		wrong := "000000"
		if right == wrong {
			wrong = "000001"
		}
		for range wrongs {
			v.SubmitFormAt("/security/text/code", "/security/text", url.Values{"code": {wrong}})
		}
		if p := v.SubmitFormAt("/security/text/code", "/security/text", url.Values{"code": {right}}); p.Header.Get("Location") != want {
			t.Errorf("the right code after %d wrong ones: got %d %q", wrongs, p.StatusCode, p.Header.Get("Location"))
		}
	}
}

// Text codes need another factor, belong to one number, and can be removed.
func TestTextCodeNeedsAnotherFactor(t *testing.T) {
	h := newTextServer(t)
	v := h.SignIn(webtest.Kari)
	h.Exec("update profile set mobile = '+4790000009' where account_id = '0196a000-0000-7000-8000-000000000501'")
	w := h.Visitor()
	w.SubmitPassword(webtest.Kari, fixture.Password)
	if p := w.Get("/login/code"); strings.Contains(p.Body, `action="/login/text"`) {
		t.Error("codes are offered for another number")
	}
	if p := w.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("a code is sent: got %d", p.StatusCode)
	}
	h.Exec("update profile set mobile = '" + webtest.Phone + "' where account_id = '0196a000-0000-7000-8000-000000000501'")
	if p := v.SubmitFormAt("/security/text/remove", "/security", url.Values{}); p.Header.Get("Location") != "/security" {
		t.Fatalf("remove: %d %s", p.StatusCode, p.Body)
	}
	if got := h.QueryText("select count(*)::text from text_factor"); got != "0" {
		t.Errorf("%s are left", got)
	}
	h.Exec("update account set totp_secret = '' where id = '0196a000-0000-7000-8000-000000000501'")
	if p := v.SubmitFormAt("/security/text", "/security", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("without another factor: got %d", p.StatusCode)
	}
}

// Without the option, text codes can be neither added nor used.
func TestTextCodesAreOffByDefault(t *testing.T) {
	h := webtest.NewWithOptions(t, factor.Options{})
	h.Exec("insert into text_factor values ('0196a000-0000-7000-8000-000000000501', '" + webtest.Phone + "', now())")
	v := h.SignIn(webtest.Kari)
	if p := v.Get("/security"); strings.Contains(p.Body, `action="/security/text"`) {
		t.Error("the page offers it")
	}
	if p := v.SubmitFormAt("/security/text", "/security", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("the factor is added: got %d", p.StatusCode)
	}
	h.Advance(time.Minute)
	w := h.Visitor()
	w.SubmitPassword(webtest.Kari, fixture.Password)
	if p := w.Get("/login/code"); strings.Contains(p.Body, `action="/login/text"`) {
		t.Error("the code's page offers it")
	}
	if p := w.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("a code is sent: got %d", p.StatusCode)
	}
}
