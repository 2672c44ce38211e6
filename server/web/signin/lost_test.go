package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bompass/server/access/factor"
	"bompass/server/partner/mail/sim"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// codePattern matches the code on a letter.
var codePattern = regexp.MustCompile(`<p class="code">([A-Z2-7-]{19})</p>`)

// recoveryCode returns the code on a letter.
func recoveryCode(t *testing.T, letter sim.Received) string {
	t.Helper()
	found := codePattern.FindStringSubmatch(letter.HTML)
	if found == nil {
		t.Fatalf("no code on %s", letter.HTML)
	}
	return found[1]
}

// ASVS V6.4.4: a person who has lost every factor gets a code by post, waits three days, and connects a new app, which
// replaces all other factors.
func TestLostFactorsAreReplacedByPost(t *testing.T) {
	h := webtest.New(t)
	inside := h.SignIn(webtest.Kari)
	inside.SubmitFormAt("/security/codes", "/security", url.Values{})
	h.Advance(time.Minute)
	letter := h.StartRecovery()
	code := recoveryCode(t, letter)
	if !letter.Paper || !strings.Contains(letter.HTML, "Storgata 1<br>0155 Oslo") {
		t.Errorf("the letter: %+v", letter)
	}
	for to, sms := range map[string]bool{webtest.Kari: false, webtest.Phone: true} {
		// A text message has no link: people cannot tell a false one.
		if got := h.LastMessage(to); got.SMS != sms || strings.Contains(got.Text, "/lost/stop?token=") == sms || strings.Contains(got.Text, code) {
			t.Errorf("%s is sent %+v", to, got)
		}
	}
	if p := inside.Get("/security"); !strings.Contains(p.Body, `action="/security/lost/stop"`) {
		t.Error("a signed-in person does not see the recovery")
	}
	if _, p := h.SubmitRecoveryCode(code); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("before three days: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	h.Advance(71 * time.Hour)
	if _, p := h.SubmitRecoveryCode(code); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an hour too early: got %d", p.StatusCode)
	}
	h.Advance(2 * time.Hour)
	if _, p := h.SubmitRecoveryCode("AAAA-AAAA-AAAA-AAAA"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: got %d", p.StatusCode)
	}
	stranger := h.Visitor()
	stranger.SubmitPassword(webtest.Kari, fixture.Password)
	if p := stranger.Get("/login/enrol"); webtest.SecretPattern.MatchString(p.Body) {
		t.Error("a pending login without the code is offered a new app")
	}
	v, p := h.SubmitRecoveryCode(strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	if p.Header.Get("Location") != "/login/enrol" {
		t.Fatalf("the code: got %d %s", p.StatusCode, p.Body)
	}
	if before := h.Visitor(); before.SubmitPassword(webtest.Kari, fixture.Password).StatusCode != http.StatusSeeOther || before.SubmitCode(h.TOTPCode(webtest.Kari)).StatusCode != http.StatusSeeOther {
		t.Error("the old app is removed before a new one is connected")
	}
	secret, codes := v.EnrolTOTP("/login/enrol")
	if n := strings.Count(codes.Body, "<li><code>"); n != factor.RecoveryCodes {
		t.Fatalf("%d recovery codes, want new ones: %d %s", n, codes.StatusCode, codes.Body)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("the new session: got %d", p.StatusCode)
	}
	if p := inside.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the sessions before: got %d, want them ended", p.StatusCode)
	}
	if got := h.LastMessage(webtest.Kari); !strings.Contains(got.Subject, "byttet ut") {
		t.Errorf("the owner is sent %q", got.Subject)
	}
	h.Advance(time.Minute)
	w := h.Visitor()
	w.SubmitPassword(webtest.Kari, fixture.Password)
	if p := w.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old app: got %d", p.StatusCode)
	}
	shown, err := totp.GenerateCode(secret, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p := w.SubmitCode(shown); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the new app: got %d", p.StatusCode)
	}
	if _, p := h.SubmitRecoveryCode(code); p.StatusCode == http.StatusSeeOther && p.Header.Get("Location") == "/login/enrol" {
		t.Error("the code works twice")
	}
}

// The link in the mail, and the button for signed-in people, stops a recovery. Its code opens nothing afterwards.
func TestOwnerStopsRecovery(t *testing.T) {
	for _, channel := range []string{webtest.Kari, "inside"} {
		h := webtest.New(t)
		inside := h.SignIn(webtest.Kari)
		h.Advance(time.Minute)
		code := recoveryCode(t, h.StartRecovery())
		if channel == "inside" {
			if p := inside.SubmitFormAt("/security/lost/stop", "/security", url.Values{}); p.StatusCode != http.StatusOK {
				t.Fatalf("stop: %d %s", p.StatusCode, p.Body)
			}
		} else {
			path := h.LinkIn(h.LastMessage(channel))
			if p := h.Visitor().OpenLink(path, url.Values{}); p.StatusCode != http.StatusOK {
				t.Fatalf("%s: stop: %d %s", channel, p.StatusCode, p.Body)
			}
			if p := h.Visitor().OpenLink(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s: the link again: got %d", channel, p.StatusCode)
			}
		}
		if p := inside.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: a session: got %d, want it ended", channel, p.StatusCode)
		}
		if got := h.LastMessage(webtest.Kari); !strings.Contains(got.Text, "/password/forgot") {
			t.Errorf("%s: the owner is sent %+v", channel, got)
		}
		h.Advance(factor.LostWait + time.Hour)
		if _, p := h.SubmitRecoveryCode(code); p.Header.Get("Location") == "/login/enrol" {
			t.Errorf("%s: the code still works", channel)
		}
	}
}

// A pending login that has used the right code ends when the owner stops the recovery.
func TestStoppedRecoveryCannotContinue(t *testing.T) {
	h := webtest.New(t)
	code := recoveryCode(t, h.StartRecovery())
	path := h.LinkIn(h.LastMessage(webtest.Kari))
	h.Advance(factor.LostWait + time.Hour)
	v, p := h.SubmitRecoveryCode(code)
	if p.Header.Get("Location") != "/login/enrol" || !webtest.SecretPattern.MatchString(v.Get("/login/enrol").Body) {
		t.Fatalf("the code: got %d", p.StatusCode)
	}
	h.Visitor().OpenLink(path, url.Values{})
	if p := v.Get("/login/enrol"); webtest.SecretPattern.MatchString(p.Body) {
		t.Error("a new app is offered after the owner has stopped it")
	}
}

// A letter is sent only to a complete postal address that has not been changed lately.
func TestRecoveryLetterNeedsSettledAddress(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(time.Minute)
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: api.Details{Street: "Skurkeveien 1", PostalCode: "0155", City: "Oslo", Country: "NO", Mobile: webtest.Phone}}, "")
	if got := h.LastMessage(webtest.Kari); !strings.Contains(got.Subject, "Postadressen") {
		t.Errorf("the owner is not notified of the new address: %q", got.Subject)
	}
	asks := func() webtest.Page {
		w := h.Visitor()
		w.SubmitPassword(webtest.Kari, fixture.Password)
		return w.SubmitForm("/login/lost", url.Values{})
	}
	if p := asks(); p.Header.Get("Location") == "/login/lost" || len(h.Inbox.List(webtest.KariAddress)) != 0 {
		t.Errorf("to a new address: got %d", p.StatusCode)
	}
	h.Advance(factor.AddressSettled + time.Hour)
	if p := asks(); p.Header.Get("Location") != "/login/lost" {
		t.Errorf("to a settled address: got %d %s", p.StatusCode, p.Body)
	}
	w := h.Visitor()
	w.SubmitPassword(webtest.Kari, fixture.Password)
	token := webtest.HiddenPattern.FindStringSubmatch(w.Get("/login").Body)[2]
	if p := w.Do(http.MethodPost, "/login/lost", url.Values{"csrf": {token}}.Encode(), webtest.Header("Content-Type", "application/x-www-form-urlencoded")); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a second letter: got %d", p.StatusCode)
	}
	h.Exec("update profile set street = '' where account_id = '" + webtest.KariAccount + "'")
	h.Exec("delete from lost_factor")
	if p := w.Get("/login/lost"); !strings.Contains(p.Body, "72 54 09 00") {
		t.Errorf("without an address: %s", p.Body)
	}
}
