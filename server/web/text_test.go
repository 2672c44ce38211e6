package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/access/factor"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

const phone = "+4790000001"

// texted is a house in which codes for Kari go to her telephone.
func texted(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.sql("update profile set mobile = '" + phone + "', mobile_confirmed_at = now() where account_id = '0196a000-0000-7000-8000-000000000501'")
	v := h.signIn(kari)
	if p := v.formIn("/security/text", "/security", url.Values{}); p.Header.Get("Location") != "/security/text" {
		t.Fatalf("add: %d %s", p.StatusCode, p.body)
	}
	if p := v.formIn("/security/text/code", "/security/text", url.Values{"code": {h.textCode()}}); p.Header.Get("Location") != "/security" {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.body)
	}
	h.pass(factor.TextCodeInterval + time.Second)
	return h
}

// textCode is the newest code on Kari's telephone.
func (h *house) textCode() string {
	h.t.Helper()
	code := digits6.FindString(h.post(phone).Text)
	if code == "" {
		h.t.Fatalf("no code in %q", h.post(phone).Text)
	}
	return code
}

// asksText goes as far as the page where the code from the telephone is written.
func (h *house) asksText() *visitor {
	h.t.Helper()
	v := h.visitor()
	v.password(kari, fixture.Password)
	if p := v.get("/login/code"); !strings.Contains(p.body, `action="/login/text"`) || strings.Contains(p.body, phone) || !strings.Contains(p.body, "•001") {
		h.t.Fatalf("the code's page offers no text message, or tells the number: %s", p.body)
	}
	if p := v.formIn("/login/text", "/login/code", url.Values{}); p.Header.Get("Location") != "/login/text" {
		h.t.Fatalf("send: %d %s", p.StatusCode, p.body)
	}
	return v
}

func (v *visitor) textedCode(code string) page {
	v.t.Helper()
	return v.formIn("/login/text/code", "/login/text", url.Values{"code": {code}})
}

// S2.22, K04, ASVS V6.6.1, V6.6.2: a code by text message opens the account once, in the browser that asked
// for it, and changes no way in.
func TestACodeByTextMessageOpensAndChangesNothing(t *testing.T) {
	h := texted(t)
	if mail := h.post(kari); !strings.Contains(mail.Subject, "SMS") {
		t.Errorf("the owner is not told of the new way: %+v", mail)
	}
	v := h.asksText()
	if sms := h.post(phone); !sms.SMS || !strings.HasSuffix(sms.Text, "\n\n@127.0.0.1 #"+h.textCode()) {
		t.Errorf("the message is not bound to our pages: %q", sms.Text)
	}
	other := h.visitor()
	other.password(kari, fixture.Password)
	if p := other.textedCode(h.textCode()); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("in a browser that did not ask: got %d", p.StatusCode)
	}
	code := h.textCode()
	if p := v.textedCode(code); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Fatalf("the code: got %d %s", p.StatusCode, p.body)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("the session: got %d", p.StatusCode)
	}
	for _, path := range []string{"/security/app", "/security/password"} {
		if p := v.get(path); !strings.HasPrefix(p.Header.Get("Location"), "/prove") {
			t.Errorf("%s in a session that a text message opened: got %d, want another factor asked for", path, p.StatusCode)
		}
	}
	h.pass(factor.TextCodeInterval + time.Second)
	again := h.asksText()
	if p := again.textedCode(code); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code that was used: got %d", p.StatusCode)
	}
}

// Of many who bring the same code at the same instant, one comes in.
func TestACodeByTextMessageOpensOneSessionAmongMany(t *testing.T) {
	h := texted(t)
	v := h.asksText()
	code := h.textCode()
	token := hidden.FindStringSubmatch(v.get("/login/text").body)[2]
	fields := url.Values{"csrf": {token}, "code": {code}}.Encode()
	var in atomic.Int64
	var all sync.WaitGroup
	for range 4 { // a step has five tries
		all.Go(func() {
			if p := v.do(http.MethodPost, "/login/text/code", fields, header("Content-Type", "application/x-www-form-urlencoded")); p.Header.Get("Location") == "/" {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in, want 1", in.Load())
	}
}

// ASVS V6.6.3: codes end, tries and messages are few.
func TestCodesByTextMessageAreFewAndEnd(t *testing.T) {
	h := texted(t)
	v := h.asksText()
	right := h.textCode()
	if p := v.formIn("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" {
		t.Errorf("another message at once: got %d", p.StatusCode)
	}
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	for range factor.TextCodeTries {
		if p := v.textedCode(wrong); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("a wrong code: got %d", p.StatusCode)
		}
	}
	if p := v.textedCode(right); p.Header.Get("Location") != "/login?why=expired" {
		t.Errorf("the right one after %d wrong ones: got %d %q", factor.TextCodeTries, p.StatusCode, p.Header.Get("Location"))
	}
	h.pass(time.Hour) // past the throttle, and past the code
	v = h.asksText()
	late := h.textCode()
	h.pass(factor.TextCodeMax + time.Second) // while the step goes on
	if p := v.textedCode(late); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code that is over: got %d", p.StatusCode)
	}
	sent := 3 // to add it, and twice here
	for ; sent < factor.TextCodesPerDay; sent++ {
		h.pass(30 * time.Minute)
		h.asksText()
	}
	h.pass(30 * time.Minute)
	v = h.visitor()
	v.password(kari, fixture.Password)
	if p := v.formIn("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one message too many for a day: got %d", p.StatusCode)
	}
	if p := v.code(h.codeOf(kari)); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the app meanwhile: got %d", p.StatusCode)
	}
}

// It stands beside another factor, belongs to the number, and to the operator's switch.
func TestACodeByTextMessageIsNeverTheOnlyWay(t *testing.T) {
	h := texted(t)
	v := h.signIn(kari)
	h.sql("update profile set mobile = '+4790000009' where account_id = '0196a000-0000-7000-8000-000000000501'")
	w := h.visitor()
	w.password(kari, fixture.Password)
	if p := w.get("/login/code"); strings.Contains(p.body, `action="/login/text"`) {
		t.Error("another number opens the account")
	}
	if p := w.formIn("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("sent all the same: got %d", p.StatusCode)
	}
	h.sql("update profile set mobile = '" + phone + "' where account_id = '0196a000-0000-7000-8000-000000000501'")
	if p := v.formIn("/security/text/remove", "/security", url.Values{}); p.Header.Get("Location") != "/security" {
		t.Fatalf("remove: %d %s", p.StatusCode, p.body)
	}
	if got := h.one("select count(*)::text from text_factor"); got != "0" {
		t.Errorf("%s are left", got)
	}
	h.sql("update account set totp_secret = '' where id = '0196a000-0000-7000-8000-000000000501'")
	if p := v.formIn("/security/text", "/security", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("without another factor: got %d", p.StatusCode)
	}
}

// Off by default: where the operator of the portal has not switched it on, there is no such way.
func TestCodesByTextMessageAreOffUntilSomebodySwitchesThemOn(t *testing.T) {
	h := openHouse(t, factor.Options{})
	h.sql("update profile set mobile = '" + phone + "', mobile_confirmed_at = now() where account_id = '0196a000-0000-7000-8000-000000000501'")
	h.sql("insert into text_factor values ('0196a000-0000-7000-8000-000000000501', '" + phone + "', now())")
	v := h.signIn(kari)
	if p := v.get("/security"); strings.Contains(p.body, `action="/security/text"`) {
		t.Error("the page offers it")
	}
	if p := v.formIn("/security/text", "/security", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("added all the same: got %d", p.StatusCode)
	}
	h.pass(time.Minute)
	w := h.visitor()
	w.password(kari, fixture.Password)
	if p := w.get("/login/code"); strings.Contains(p.body, `action="/login/text"`) {
		t.Error("the code's page offers it")
	}
	if p := w.formIn("/login/text", "/login/code", url.Values{}); p.StatusCode != http.StatusForbidden {
		t.Errorf("sent all the same: got %d", p.StatusCode)
	}
}
