package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/person"
	"bompass/server/web/hook"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// ASVS V1.2.1: what a person typed is escaped in pages and in messages.
func TestFormsAndMessagesEscapeInput(t *testing.T) {
	h := webtest.New(t)
	const typed, escaped = `"><script>alert(1)</script>`, "&lt;script&gt;alert(1)"
	if p := h.Visitor().SubmitPassword(typed, "wrong"); !strings.Contains(p.Body, escaped) || strings.Contains(p.Body, "<script>alert") {
		t.Errorf("the form repeats it as %s", p.Body)
	}
	h.Exec("update account set person = '<b>Kari</b>' where email = '" + webtest.Kari + "'")
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.HTML, "&lt;b&gt;Kari") || strings.Contains(mail.HTML, "<b>Kari") {
		t.Errorf("the message has %s", mail.HTML)
	}
}

// ASVS V2.4.1: forms of people who are not signed in, and codes, are throttled by what they are about.
func TestRequestsOfStrangersAreLimited(t *testing.T) {
	const triesMax = 10
	h := webtest.New(t)
	limited := func(name string, try func() int) {
		t.Helper()
		for n := range triesMax {
			if status := try(); status == http.StatusTooManyRequests {
				if n == 0 {
					t.Errorf("%s: the first is refused", name)
				}
				return
			}
		}
		t.Errorf("%s: %d in a row are accepted", name, triesMax)
	}
	for path, fields := range map[string]url.Values{
		"/register":        {"name": {"A B"}, "email": {"flood@bompass.example"}, "password": {webtest.NewPassword}},
		"/password/forgot": {"name": {webtest.Kari}},
		"/first/email":     {"number": {"7001001"}, "personal": {"14848530051"}, "email": {"x@bompass.example"}},
		"/first/password":  {"number": {"7001001"}},
	} {
		limited(path, func() int { return h.Visitor().SubmitForm(path, maps.Clone(fields)).StatusCode })
	}
	v := h.SignIn("olav@bompass.example")
	for _, channel := range []string{person.Mobile, person.Email} {
		limited("codes by "+channel, func() int {
			return v.Do(http.MethodPost, api.SendCode.Path, `{"channel":"`+channel+`"}`).StatusCode
		})
	}
}

// ASVS V3.5.1: every form is accepted from our own pages only, with the token of its session or browser.
func TestEveryFormNeedsSameOriginAndToken(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignIn(webtest.Kari)
	forms := 0
	for _, r := range ordered(p.Routes) {
		// Stations, issuers and providers of payments do not send forms of browsers; the API has a test of its own.
		if r.Method != http.MethodPost || strings.HasPrefix(r.Path, "/api/") || strings.HasPrefix(r.Path, "/logout/back/") || r.Path == hook.CardPath {
			continue
		}
		forms++
		for name, c := range map[string]webtest.Change{
			"another site":   webtest.Header("Sec-Fetch-Site", "cross-site"),
			"another origin": webtest.Header("Origin", "https://elsewhere.example"),
			"no origin":      func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
		} {
			if got := v.Do(r.Method, path(r), body(r, v), append(changes(r, caller{}), c)...); got.StatusCode != http.StatusForbidden {
				t.Errorf("%s from %s: got %s, want 403", r.Path, name, answer(got))
			}
		}
		text, guess := "{}", webtest.Header("X-Csrf-Token", "guess")
		if !isJSON(r) {
			text = url.Values{"csrf": {"guess"}}.Encode()
		}
		got := v.Do(r.Method, path(r), text, append(changes(r, caller{}), guess)...)
		if got.StatusCode != http.StatusForbidden && !strings.HasPrefix(got.Header.Get("Location"), "/login?why=") {
			t.Errorf("%s with a guessed token: got %s", r.Path, answer(got))
		}
	}
	if forms < 30 {
		t.Errorf("only %d forms", forms)
	}
}

// ASVS V14.3.2: pages and answers of a signed-in person are never stored; files and texts that are the same for
// everyone may be.
func TestPersonalAnswersAreNotStored(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignIn(webtest.Kari)
	public := []string{
		"/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/ads.txt", "/web/", "/app", "/wasm_exec.js", "/manifest", api.TariffBook.Path, "/favicon", "/codes.js", "/leave.js", "/old.js", "/page.js", "/passkey.js",
	}
	checked := 0
	for _, r := range ordered(p.Routes) {
		if r.Method != http.MethodGet || r.Path == api.Events.Path {
			continue
		}
		got := v.Get(path(r))
		shared := false
		for _, prefix := range public {
			shared = shared || strings.HasPrefix(r.Path, prefix)
		}
		if shared || got.StatusCode == http.StatusSeeOther {
			continue
		}
		checked++
		if kept := got.Header.Get("Cache-Control"); kept != "no-store" {
			t.Errorf("%s: got %d with Cache-Control %q", r.Path, got.StatusCode, kept)
		}
	}
	for _, path := range []string{"/", "/passages", "/nowhere", "/api/v1/nothing"} {
		if got := v.Get(path); got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %d with Cache-Control %q", path, got.StatusCode, got.Header.Get("Cache-Control"))
		}
	}
	if checked < 20 {
		t.Errorf("only %d answers", checked)
	}
}

// ASVS V6.3.7, V7.4.3: the owner is notified of every change of what the account is opened with. A new password ends
// all other sessions.
func TestOwnerIsNotifiedOfEveryChangeOfAFactor(t *testing.T) {
	h := webtest.New(t)
	other := h.SignIn(webtest.Kari)
	h.Advance(time.Minute)
	v := h.SignIn(webtest.Kari)
	sent := func(kind string) string {
		return h.QueryText("select count(*)::text from outbox where channel = 'mail' and kind = '" + kind + "' and account_id = '" + webtest.KariAccount + "'")
	}
	for _, c := range []struct {
		name, kind, count string
		change            func() webtest.Page
	}{
		{"recovery codes", "recovery.made", "1", func() webtest.Page {
			return v.SubmitFormAt("/security/codes", "/security", url.Values{})
		}},
		{"another app", "factor.added", "1", func() webtest.Page {
			_, p := v.EnrolTOTP("/security/app")
			return p
		}},
		{"codes by text message", "text.added", "1", func() webtest.Page {
			v.SubmitFormAt("/security/text", "/security", url.Values{})
			return v.SubmitFormAt("/security/text/code", "/security/text", url.Values{"code": {h.TextCode()}})
		}},
		{"no more of them", "factor.removed", "1", func() webtest.Page {
			return v.SubmitFormAt("/security/text/remove", "/security", url.Values{})
		}},
		{"another password", "password.changed", "1", func() webtest.Page {
			return v.SubmitFormAt("/security/password", "/security/password", url.Values{"password": {webtest.NewPassword}})
		}},
		{"a password by a link", "password.changed", "2", func() webtest.Page {
			h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
			if p := other.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
				t.Errorf("another session after the new password: got %d", p.StatusCode)
			}
			if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
				t.Errorf("the session that changed it: got %d", p.StatusCode)
			}
			return h.Visitor().OpenLink(h.LinkIn(h.LastMessage(webtest.Kari)), url.Values{"password": {webtest.NewPassword + "r"}})
		}},
	} {
		if p := c.change(); p.StatusCode != http.StatusOK && p.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: got %d %s", c.name, p.StatusCode, p.Body)
		}
		if n := sent(c.kind); n != c.count {
			t.Errorf("%s: %s messages to the owner, want %s", c.name, n, c.count)
		}
	}
}

// ASVS V7.5.1: five minutes after a factor was shown, no change of how the account is opened, of its address and
// number, or of other people's rights is accepted without another proof.
func TestEverySensitiveChangeNeedsStepUp(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignIn(webtest.Kari)
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	p.Advance(5*time.Minute + time.Second)
	for path, fields := range map[string]url.Values{
		"/security/codes":          {},
		"/security/password":       {"password": {webtest.NewPassword}},
		"/security/app":            {"code": {"000000"}},
		"/security/text":           {},
		"/security/text/code":      {"code": {"000000"}},
		"/security/text/remove":    {},
		"/security/passkey/remove": {"id": {"a2V5"}},
		"/security/eid":            {},
	} {
		if got := v.SubmitFormAt(path, "/security", fields); !strings.HasPrefix(got.Header.Get("Location"), "/prove?") {
			t.Errorf("%s: got %s", path, answer(got))
		}
	}
	if got := v.Get("/security/app"); !strings.HasPrefix(got.Header.Get("Location"), "/prove?") {
		t.Errorf("the secret of another app: got %s", answer(got))
	}
	for _, path := range []string{"/security/passkey/options", "/security/passkey"} {
		if f := webtest.FaultOf(t, v.Do(http.MethodPost, path, "{}")); f.Code != fault.StepUp {
			t.Errorf("%s: got %s", path, f.Code)
		}
	}
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: "thief@bompass.example"}, fault.StepUp)
	webtest.Call(v, api.Invite, api.InviteRequest{Email: "thief@bompass.example", Role: "auditor"}, fault.StepUp)
	webtest.Call(v, api.RemovePerson, api.PersonRequest{Account: fixture.Accounts()[1].ID}, fault.StepUp)
	webtest.Call(v, api.Withdraw, api.InvitationRequest{ID: string(fixture.Accounts()[1].ID)}, fault.StepUp)
	details.Mobile = "+4790000002"
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: details}, fault.StepUp)
	if got := p.QueryText("select count(*)::text from outbox where kind <> 'new.device'"); got != "0" {
		t.Errorf("%s messages about changes", got)
	}
}

// ASVS V6.3.4: a passkey opens an account by itself, so the device must have verified the person.
func TestPasskeyMustVerifyThePerson(t *testing.T) {
	h := webtest.New(t)
	visitor := h.Visitor()
	token := webtest.HiddenPattern.FindStringSubmatch(visitor.Get("/login").Body)[2]
	v := h.SignIn(webtest.Kari)
	for name, p := range map[string]webtest.Page{
		"signing in":   visitor.Do(http.MethodPost, "/login/passkey/options", "{}", webtest.Header("X-Csrf-Token", token)),
		"making a key": v.Do(http.MethodPost, "/security/passkey/options", "{}"),
	} {
		if !strings.Contains(p.Body, `"userVerification":"required"`) {
			t.Errorf("%s: got %d %s", name, p.StatusCode, p.Body)
		}
	}
}

// ASVS V6.5.4, V6.6.2: a code to an address or number has six digits, five tries and ten minutes, and confirms only
// what it was sent to.
func TestContactCodeHasSixDigitsFiveTriesAndTenMinutes(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Exec("update profile set email_confirmed_at = null, mobile_confirmed_at = null where account_id = '" + webtest.KariAccount + "'")
	small := true
	send := func(channel, to string) string {
		t.Helper()
		h.Advance(25 * time.Minute) // past the throttle
		webtest.Call(v, api.SendCode, api.CodeRequest{Channel: channel}, "")
		code := webtest.CodePattern.FindString(h.LastMessage(to).Text)
		if code == "" {
			t.Fatalf("no six digits in %q", h.LastMessage(to).Text)
		}
		small = small && strings.HasPrefix(code, "00")
		return code
	}
	confirm := func(channel, code string, wrongs int, want fault.Code) {
		t.Helper()
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		for range wrongs {
			webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: channel, Code: wrong}, fault.CodeWrong)
		}
		webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: channel, Code: code}, want)
	}
	confirm(person.Email, send(person.Email, webtest.Kari), 5, fault.CodeWrong)
	code := send(person.Email, webtest.Kari)
	h.Advance(10*time.Minute + time.Second)
	confirm(person.Email, code, 0, fault.CodeWrong)
	code = send(person.Email, webtest.Kari)
	h.Advance(9 * time.Minute)
	confirm(person.Email, code, 4, "")
	code = send(person.Mobile, webtest.Phone)
	h.Exec("update profile set mobile = '+4790000009' where account_id = '" + webtest.KariAccount + "'")
	confirm(person.Mobile, code, 0, fault.CodeWrong)
	if small {
		t.Error("every code begins with two zeros")
	}
}

// ASVS V8.2.2: a driver sees the passages of one vehicle; others do not exist for a driver.
func TestDriverSeesOwnVehicleOnly(t *testing.T) {
	p := webtest.NewPortal(t)
	p.SetRole("driver")
	v := p.SignIn("astrid@fjordfrakt.example")
	own := toll.VehicleID(p.QueryText("select vehicle_id::text from account_party where role = 'driver'"))
	const period = "?from=2026-11-01&to=2026-11-02"
	for _, address := range []string{period, period + "&vehicle=" + string(own)} {
		if got := v.Get(api.PassageList.Path + address); got.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d %s", address, got.StatusCode, got.Body)
		}
		if listed := <-p.ListedVehicles; listed != own {
			t.Errorf("%s: lists the vehicle %q, want %q", address, listed, own)
		}
	}
	if got := v.Get(api.PassageList.Path + period + "&vehicle=" + string(fixture.Lorry(1))); got.StatusCode != http.StatusNotFound {
		t.Errorf("another vehicle: got %d %s", got.StatusCode, got.Body)
	}
}
