package web_test

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
	"bompass/shared/api"
	"bompass/shared/fixture"
)

const (
	kariAccount = "0196a000-0000-7000-8000-000000000501"
	kariHouse   = "Kari Lund\nStorgata 1\n0155 Oslo"
)

// housed is a house whose Kari has had a postal address and a telephone for a long time.
func housed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.sql("update profile set street = 'Storgata 1', postal_code = '0155', city = 'Oslo', country = 'NO', mobile = '" + phone +
		"', mobile_confirmed_at = now() where account_id = '" + kariAccount + "'")
	return h
}

// lost says that everything is lost and returns the letter on paper.
func (h *house) lost() sim.Received {
	h.t.Helper()
	v := h.visitor()
	v.password(kari, fixture.Password)
	if p := v.get("/login/code"); !strings.Contains(p.body, `href="/login/lost"`) {
		h.t.Fatalf("the code's page leads nowhere: %s", p.body)
	}
	if p := v.fill("/login/lost", url.Values{}); p.Header.Get("Location") != "/login/lost" {
		h.t.Fatalf("ask: %d %s", p.StatusCode, p.body)
	}
	return h.post(kariHouse)
}

var printed = regexp.MustCompile(`<p class="code">([A-Z2-7-]{19})</p>`)

func codeOn(t *testing.T, letter sim.Received) string {
	t.Helper()
	found := printed.FindStringSubmatch(letter.HTML)
	if found == nil {
		t.Fatalf("no code on %s", letter.HTML)
	}
	return found[1]
}

// found brings the code from the letter, after the password.
func (h *house) found(code string) (*visitor, page) {
	h.t.Helper()
	v := h.visitor()
	v.password(kari, fixture.Password)
	v.get("/login/lost")
	token := hidden.FindStringSubmatch(v.get("/login").body)[2]
	return v, v.do(http.MethodPost, "/login/lost/code", url.Values{"csrf": {token}, "code": {code}}.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
}

// portal.md D2, ASVS V6.4.4: who has lost everything gets a code by post, waits three days, and connects a new
// app in the place of all that was.
func TestWhoHasLostEverythingComesBackByPost(t *testing.T) {
	h := housed(t)
	inside := h.signIn(kari)
	inside.formIn("/security/codes", "/security", url.Values{})
	h.pass(time.Minute)
	letter := h.lost()
	code := codeOn(t, letter)
	if !letter.Paper || !strings.Contains(letter.HTML, "Storgata 1<br>0155 Oslo") {
		t.Errorf("the letter: %+v", letter)
	}
	for to, sms := range map[string]bool{kari: false, phone: true} {
		if got := h.post(to); got.SMS != sms || !strings.Contains(got.Text, "/lost/stop?token=") || strings.Contains(got.Text, code) {
			t.Errorf("%s hears %+v", to, got)
		}
	}
	if p := inside.get("/security"); !strings.Contains(p.body, `action="/security/lost/stop"`) {
		t.Error("a signed-in person is not told")
	}
	if _, p := h.found(code); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("before three days: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	h.pass(factor.LostWait - time.Hour)
	if _, p := h.found(code); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an hour too early: got %d", p.StatusCode)
	}
	h.pass(2 * time.Hour)
	if _, p := h.found("AAAA-AAAA-AAAA-AAAA"); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: got %d", p.StatusCode)
	}
	stranger := h.visitor()
	stranger.password(kari, fixture.Password)
	if p := stranger.get("/login/enrol"); secretOn.MatchString(p.body) {
		t.Error("a step without the code is offered a new app")
	}
	v, p := h.found(strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	if p.Header.Get("Location") != "/login/enrol" {
		t.Fatalf("the code: got %d %s", p.StatusCode, p.body)
	}
	if before := h.visitor(); before.password(kari, fixture.Password).StatusCode != http.StatusSeeOther || before.code(h.codeOf(kari)).StatusCode != http.StatusSeeOther {
		t.Error("the old app is gone before a new one is there: a password alone would do")
	}
	secret, codes := v.enrol("/login/enrol")
	if n := strings.Count(codes.body, "<li><code>"); n != factor.RecoveryCodes {
		t.Fatalf("%d recovery codes, want new ones: %d %s", n, codes.StatusCode, codes.body)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("the new session: got %d", p.StatusCode)
	}
	if p := inside.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the sessions before: got %d, want them ended", p.StatusCode)
	}
	if got := h.post(kari); !strings.Contains(got.Subject, "byttet ut") {
		t.Errorf("the owner hears %q", got.Subject)
	}
	h.pass(time.Minute)
	w := h.visitor()
	w.password(kari, fixture.Password)
	if p := w.code(h.codeOf(kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old app: got %d", p.StatusCode)
	}
	shown, err := totp.GenerateCode(secret, h.now())
	if err != nil {
		t.Fatal(err)
	}
	if p := w.code(shown); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the new app: got %d", p.StatusCode)
	}
	if _, p := h.found(code); p.StatusCode == http.StatusSeeOther && p.Header.Get("Location") == "/login/enrol" {
		t.Error("the code opens twice")
	}
}

// "This was not me": every channel's link, and whoever is signed in, stops it; the code is worth nothing then.
func TestTheOwnerStopsWhatSomebodyElseAskedFor(t *testing.T) {
	for _, channel := range []string{kari, phone, "inside"} {
		h := housed(t)
		inside := h.signIn(kari)
		h.pass(time.Minute)
		code := codeOn(t, h.lost())
		if channel == "inside" {
			if p := inside.formIn("/security/lost/stop", "/security", url.Values{}); p.StatusCode != http.StatusOK {
				t.Fatalf("stop: %d %s", p.StatusCode, p.body)
			}
		} else {
			path := h.linkIn(h.post(channel))
			if p := h.visitor().open(path, url.Values{}); p.StatusCode != http.StatusOK {
				t.Fatalf("%s: stop: %d %s", channel, p.StatusCode, p.body)
			}
			if p := h.visitor().open(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s: the link again: got %d", channel, p.StatusCode)
			}
		}
		if p := inside.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: a session: got %d, want it ended", channel, p.StatusCode)
		}
		if got := h.post(kari); !strings.Contains(got.Text, "/password/forgot") {
			t.Errorf("%s: the owner hears %+v", channel, got)
		}
		h.pass(factor.LostWait + time.Hour)
		if _, p := h.found(code); p.Header.Get("Location") == "/login/enrol" {
			t.Errorf("%s: the code opens all the same", channel)
		}
	}
}

// A step that brought the right code is worth nothing once the owner has stopped it.
func TestStoppingWinsOverAStepThatWaits(t *testing.T) {
	h := housed(t)
	code := codeOn(t, h.lost())
	path := h.linkIn(h.post(kari))
	h.pass(factor.LostWait + time.Hour)
	v, p := h.found(code)
	if p.Header.Get("Location") != "/login/enrol" || !secretOn.MatchString(v.get("/login/enrol").body) {
		t.Fatalf("the code: got %d", p.StatusCode)
	}
	h.visitor().open(path, url.Values{})
	if p := v.get("/login/enrol"); secretOn.MatchString(p.body) {
		t.Error("a new app is offered after the owner has stopped it")
	}
}

// No letter goes where the owner may not live: an address that is not whole or was written lately.
func TestALetterGoesOnlyToAnAddressThatHasStood(t *testing.T) {
	h := housed(t)
	v := h.signIn(kari)
	h.pass(time.Minute)
	ask(v, api.SaveProfile, api.Details{Street: "Skurkeveien 1", PostalCode: "0155", City: "Oslo", Country: "NO", Mobile: phone}, "")
	if got := h.post(kari); !strings.Contains(got.Subject, "Postadressen") {
		t.Errorf("the owner is not told of the new address: %q", got.Subject)
	}
	asks := func() page {
		w := h.visitor()
		w.password(kari, fixture.Password)
		return w.fill("/login/lost", url.Values{})
	}
	if p := asks(); p.Header.Get("Location") == "/login/lost" || len(h.inbox.List(kariHouse)) != 0 {
		t.Errorf("to a new address: got %d", p.StatusCode)
	}
	h.pass(factor.AddressSettled + time.Hour)
	if p := asks(); p.Header.Get("Location") != "/login/lost" {
		t.Errorf("to one that has stood: got %d %s", p.StatusCode, p.body)
	}
	w := h.visitor()
	w.password(kari, fixture.Password)
	token := hidden.FindStringSubmatch(w.get("/login").body)[2]
	if p := w.do(http.MethodPost, "/login/lost", url.Values{"csrf": {token}}.Encode(), header("Content-Type", "application/x-www-form-urlencoded")); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a second letter: got %d", p.StatusCode)
	}
	h.sql("update profile set street = '' where account_id = '" + kariAccount + "'")
	h.sql("delete from lost_factor")
	if p := w.get("/login/lost"); !strings.Contains(p.body, "72 54 09 00") {
		t.Errorf("without an address: %s", p.body)
	}
}
