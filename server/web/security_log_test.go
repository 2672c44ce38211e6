package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/seclog"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// securityEvent is a line of the security log.
type securityEvent struct {
	Event, Account, Party, Client, Method, Route string
	Status                                       int
}

// securityEvents returns the events that were written since the last call.
func securityEvents(t *testing.T, h *webtest.Server, seen *int) (list []securityEvent) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(h.Security.String()), "\n")
	for _, line := range lines[*seen:] {
		if line == "" {
			continue
		}
		var e securityEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, e)
	}
	*seen = len(lines)
	return list
}

// ASVS V16.3.1–V16.3.3: what is tried, refused and changed in sign-in, sessions, factors and rights is in the security
// log, with the account, the client's address and the pattern of the route.
func TestSecurityEventsAreLogged(t *testing.T) {
	h := webtest.New(t)
	kari := string(fixture.Accounts()[0].ID)
	seen := 0
	v, nils := h.Visitor(), (*webtest.Visitor)(nil)
	for _, c := range []struct {
		event   seclog.Event
		account string // "-" for any
		route   string
		do      func()
	}{
		{seclog.SignInFailed, "", "/login", func() { v.SubmitPassword("ingen@bompass.example", "feil passord her") }},
		{seclog.SignInFailed, kari, "/login", func() { v.SubmitPassword(webtest.Kari, "feil passord her") }},
		{seclog.FactorFailed, kari, "/login/code", func() {
			v.SubmitPassword(webtest.Kari, fixture.Password)
			v.SubmitCode("000000")
		}},
		{seclog.Changed("signed.in"), kari, "/login/code", func() { v.SubmitCode(h.TOTPCode(webtest.Kari)); v.LoadCSRF() }},
		{seclog.CSRFRefused, kari, api.SaveConsents.Path, func() { v.Do(http.MethodPost, api.SaveConsents.Path, "{}", webtest.Header("X-CSRF-Token", "x")) }},
		{seclog.CSRFRefused, "", api.Logout.Path, func() {
			h.Visitor().Do(http.MethodPost, api.Logout.Path, "{}", webtest.Header("Origin", "https://evil.example"))
		}},
		{seclog.HostRefused, "", "-", func() { h.Visitor().Get("/login", webtest.Host("evil.example")) }},
		{seclog.LinkFailed, "", "/password/new", func() {
			h.Visitor().OpenLink("/password/new?token="+strings.Repeat("A", 43), url.Values{"password": {webtest.NewPassword}})
		}},
		{seclog.Changed("factor.added"), kari, "/security/app", func() {
			v.EnrolTOTP("/security/app")
		}},
		{seclog.Changed("recovery.made"), kari, "/security/codes", func() { v.SubmitFormAt("/security/codes", "/security", url.Values{}) }},
		{seclog.Changed("password"), kari, "/security/password", func() {
			v.SubmitFormAt("/security/password", "/security/password", url.Values{"password": {webtest.NewPassword}})
		}},
		{seclog.CodeFailed, kari, api.ConfirmCode.Path, func() {
			webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: "email", Code: "123123"}, fault.CodeWrong)
		}},
		{seclog.LegacyFailed, kari, "/agreements/find/old", func() { v.SubmitLegacyPassword("A-1", "feil passord her") }},
		{seclog.Changed("sessions.ended"), kari, api.EndSessions.Path, func() { webtest.Call(v, api.EndSessions, api.Empty{}, "") }},
		{seclog.Changed("role"), "-", "/invitation", func() {
			nils = h.SignIn("nils@fjordfrakt.example")
			webtest.Call(nils, api.Invite, api.InviteRequest{Email: "per@bompass.example", Role: "auditor"}, "")
			path := h.LinkIn(h.LastMessage("per@bompass.example"))
			h.SignIn("per@bompass.example").OpenLink(path, url.Values{})
		}},
		{seclog.AccessRefused, "-", api.People.Path, func() { webtest.Call(h.SignIn("astrid@fjordfrakt.example"), api.People, api.Empty{}, fault.Refused) }},
		{seclog.Changed("signed.out"), "-", api.Logout.Path, func() { webtest.Call(nils, api.Logout, api.Empty{}, "") }},
		{seclog.LinkDeclined, "", "/link/decline", func() {
			h.Visitor().SubmitForm("/register", url.Values{"email": {"ny@bompass.example"}})
			r := h.Visitor()
			r.SubmitFormAt("/link/decline", r.Get(h.LinkIn(h.LastMessage("ny@bompass.example"))).Header.Get("Location"), url.Values{})
		}},
		{seclog.LimitMet, "-", "/login", func() {
			w := h.Visitor()
			for range 8 {
				w.SubmitPassword("olav@bompass.example", "feil passord her")
			}
		}},
	} {
		c.do()
		found := false
		list := securityEvents(t, h, &seen)
		for _, e := range list {
			found = found || e.Event == string(c.event) && (c.account == "-" || e.Account == c.account) && (c.route == "-" || e.Route == c.route) &&
				e.Client == "127.0.0.1" && e.Method != "" && e.Status != 0
		}
		if !found {
			t.Errorf("%s of %q at %s is not logged; there are %+v", c.event, c.account, c.route, list)
		}
		h.Advance(time.Second)
	}
	log := h.Security.String() + h.Log.String()
	for _, secret := range []string{
		"feil passord her", fixture.Password, webtest.NewPassword, "@bompass.example", "@fjordfrakt.example", "Kari", v.CookieValue("sid"), v.CSRF,
		nils.CSRF, "123123", "token=", "+47",
	} {
		if secret != "" && strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// Every kind of event of an account's history has a name in the security log, and no name is there twice.
func TestSecurityEventsHaveNames(t *testing.T) {
	names := map[seclog.Event]bool{}
	for _, kind := range access.EventKinds() {
		names[seclog.Changed(string(kind))] = true
	}
	for _, e := range seclog.Events() {
		names[e] = true
	}
	if want := len(access.EventKinds()) + len(seclog.Events()); len(names) != want {
		t.Errorf("%d names of %d events", len(names), want)
	}
}
