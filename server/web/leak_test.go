package web_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// leakMarkers is the number of values of one person that are searched for.
const leakMarkers = 40

// A person's input, messages and cookies are not logged, not in answers to another person, and not readable in the
// database, ASVS V16.2.5.
func TestPersonalDataIsNotLeaked(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	markers := map[string]string{
		"name": "Zarathustra Quist", "address": "zq@bompass.example", "password": "qx syv zebraer danser",
	}
	v.SubmitForm("/register", url.Values{"email": {markers["address"]}})
	path := h.LinkIn(h.LastMessage(markers["address"]))
	markers["link"] = strings.TrimPrefix(path, "/register/confirm?token=")
	v.OpenLink(path, url.Values{"name": {markers["name"]}, "password": {markers["password"]}})
	v.SubmitPassword(markers["address"], "a wrong zq password")
	markers["wrong password"] = "a wrong zq password"
	v.SubmitPassword(markers["address"], markers["password"])
	markers["step"], markers["form"] = v.CookieValue("step"), v.CookieValue("form")
	secret, codes := v.EnrolTOTP("/login/enrol")
	markers["app's secret"], markers["session"] = secret, v.CookieValue("sid")
	for n, code := range regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(codes.Body, -1) {
		markers[fmt.Sprintf("recovery code %d", n)] = code[1]
		markers[fmt.Sprintf("bare recovery code %d", n)] = strings.ReplaceAll(code[1], "-", "")
	}
	me := webtest.Call(v, api.Me, api.Empty{}, "")
	v.CSRF = me.CSRF
	markers["token"] = me.CSRF
	d := api.Details{
		Mobile: "+4798765432", PhonePrivate: "+4722334455", PhoneWork: "+4755443322", Street: "Quistgata 77",
		PostalCode: "Q-7788", City: "Zebraby", Country: "XZ",
	}
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: d}, "")
	for name, value := range map[string]string{
		"mobile": d.Mobile, "private": d.PhonePrivate, "work": d.PhoneWork, "street": d.Street,
		"postal code": d.PostalCode, "city": d.City,
	} {
		markers[name] = value
	}
	markers["SMS code"] = webtest.CodePattern.FindString(h.LastMessage(d.Mobile).Text)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: "zq2@bompass.example"}, "")
	markers["new address"] = "zq2@bompass.example"
	markers["new link"] = strings.TrimPrefix(h.LinkIn(h.LastMessage("zq2@bompass.example")), "/email/confirm?token=")
	markers["undo link"] = strings.TrimPrefix(h.LinkIn(h.LastMessage(markers["address"])), "/email/undo?token=")
	webtest.Call(v, api.SaveConsents, api.ConsentRequest{
		Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true},
	}, "")
	v.SubmitForm("/password/forgot", url.Values{"name": {markers["address"]}})
	markers["reset link"] = strings.TrimPrefix(h.LinkIn(h.LastMessage(markers["address"])), "/password/new?token=")
	h.Broken.Store(true) // errors must not leak values either
	v.Get(api.Overview.Path)
	h.Broken.Store(false)
	if len(markers) < leakMarkers {
		t.Fatalf("%d markers, want %d", len(markers), leakMarkers)
	}

	olav := h.SignIn("olav@bompass.example")
	answers := map[string]string{"the log": h.Log.String()}
	for _, r := range api.All {
		if r.Method == http.MethodGet && r.Path != api.Events.Path {
			answers[r.Name] = olav.Get(r.Path).Body
		}
	}
	for _, path := range []string{"/", "/security", "/export", "/login", "/profile", "/app.js"} {
		answers[path] = olav.Get(path).Body
	}
	if !strings.Contains(answers[api.Me.Name], "Olav") {
		t.Fatal("the other person is not signed in")
	}
	for where, text := range answers {
		for name, marker := range markers {
			if marker == "" {
				t.Errorf("no %s", name)
			} else if strings.Contains(text, marker) && (name != "SMS code" || where == "the log") {
				t.Errorf("%s has the %s", where, name)
			}
		}
	}
	rows := h.QueryText(`select string_agg(t::text, ' ') from (select a::text from account a union all select l::text from link l
		union all select o::text from outbox o union all select s::text from session s union all select r::text from recovery_code r union all select c::text from ceremony c) t`)
	for _, name := range []string{
		"password", "link", "session", "app's secret", "recovery code 0", "bare recovery code 0", "reset link",
		"SMS code", "step",
	} {
		if strings.Contains(rows, markers[name]) && name != "SMS code" {
			t.Errorf("the database holds the %s readable", name)
		}
		// Columns of bytes are shown in hexadecimal.
		if start := markers[name][:min(len(markers[name]), 16)]; strings.Contains(rows, hex.EncodeToString([]byte(start))) {
			t.Errorf("the database holds the bytes of the %s readable", name)
		}
	}
	if strings.Contains(rows, fixture.Accounts()[0].TOTPSecret) ||
		strings.Contains(rows, fixture.Accounts()[0].BirthNumber) {
		t.Error("the database holds a secret of the demo data readable")
	}
}

// Sign-in creates a new session token: one that an attacker has set in the browser before is not used, ASVS V7.2.4.
func TestSessionFixationIsPrevented(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	fixed := strings.Repeat("A", 43)
	v.SetCookie("sid", fixed)
	v.SubmitPassword(webtest.Kari, fixture.Password)
	before := v.CookieValue("step")
	v.SubmitCode(h.TOTPCode(webtest.Kari))
	if now := v.CookieValue("sid"); now == fixed || now == before || now == "" {
		t.Errorf("the session is %q", now)
	}
	attacker := h.Visitor()
	for _, token := range []string{fixed, before} {
		attacker.SetCookie("sid", token)
		if p := attacker.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q opens a session", token)
		}
	}
}

// A cookie that was copied before its owner signed out is invalid afterwards, ASVS V7.4.1.
func TestCopiedCookieIsInvalidAfterLogout(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	attacker := h.Visitor()
	attacker.Client.Jar.SetCookies(v.ParsedURL(), v.Client.Jar.Cookies(v.ParsedURL()))
	if p := attacker.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Fatalf("the copy: got %d", p.StatusCode)
	}
	webtest.Call(v, api.Logout, api.Empty{}, "")
	if p := attacker.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after signing out: got %d", p.StatusCode)
	}
}
