package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// leakMarkers is how many values of one person are looked for where they must not be.
const leakMarkers = 40

// ASVS V16.2.5, portal.md D10: what a person types, gets by letter or holds in cookies is in no log and in
// nobody else's answers.
func TestNothingOfAPersonLeaks(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	markers := map[string]string{"name": "Zarathustra Quist", "address": "zq@bompass.example", "password": "qx syv zebraer danser"}
	v.fill("/register", url.Values{"name": {markers["name"]}, "email": {markers["address"]}, "password": {markers["password"]}})
	path := h.linkIn(h.post(markers["address"]))
	markers["link"] = strings.TrimPrefix(path, "/register/confirm?token=")
	v.open(path, url.Values{})
	v.password(markers["address"], "a wrong zq password")
	markers["wrong password"] = "a wrong zq password"
	v.password(markers["address"], markers["password"])
	markers["step"], markers["form"] = v.kept("step"), v.kept("form")
	secret, codes := v.enrol("/login/enrol")
	markers["app's secret"], markers["session"] = secret, v.kept("sid")
	for n, code := range regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(codes.body, -1) {
		markers[fmt.Sprintf("recovery code %d", n)] = code[1]
		markers[fmt.Sprintf("bare recovery code %d", n)] = strings.ReplaceAll(code[1], "-", "")
	}
	me := ask(v, api.Me, api.Empty{}, "")
	v.csrf = me.CSRF
	markers["token"] = me.CSRF
	d := api.Details{Mobile: "+4798765432", PhonePrivate: "+4722334455", PhoneWork: "+4755443322", Street: "Quistgata 77", PostalCode: "Q-7788", City: "Zebraby", Country: "XZ"}
	ask(v, api.SaveProfile, d, "")
	for name, value := range map[string]string{"mobile": d.Mobile, "private": d.PhonePrivate, "work": d.PhoneWork, "street": d.Street, "postal code": d.PostalCode, "city": d.City} {
		markers[name] = value
	}
	markers["SMS code"] = digits6.FindString(h.post(d.Mobile).Text)
	ask(v, api.ChangeEmail, api.EmailRequest{Email: "zq2@bompass.example"}, "")
	markers["new address"] = "zq2@bompass.example"
	markers["new link"] = strings.TrimPrefix(h.linkIn(h.post("zq2@bompass.example")), "/email/confirm?token=")
	markers["undo link"] = strings.TrimPrefix(h.linkIn(h.post(markers["address"])), "/email/undo?token=")
	ask(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true}}, "")
	v.fill("/password/forgot", url.Values{"name": {markers["address"]}})
	markers["reset link"] = strings.TrimPrefix(h.linkIn(h.post(markers["address"])), "/password/new?token=")
	h.broken.Store(true) // and while something fails
	v.get(api.Overview.Path)
	h.broken.Store(false)
	if len(markers) < leakMarkers {
		t.Fatalf("%d markers, want %d", len(markers), leakMarkers)
	}

	olav := h.signIn("olav@bompass.example")
	answers := map[string]string{"the log": h.log.String()}
	for _, r := range api.All {
		if r.Method == http.MethodGet && r.Path != api.Events.Path {
			answers[r.Name] = olav.get(r.Path).body
		}
	}
	for _, path := range []string{"/", "/security", "/export", "/login", "/profile", "/app.js"} {
		answers[path] = olav.get(path).body
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
	rows := h.one(`select string_agg(t::text, ' ') from (select a::text from account a union all select l::text from link l
		union all select o::text from outbox o union all select s::text from session s union all select r::text from recovery_code r union all select c::text from ceremony c) t`)
	for _, name := range []string{"password", "link", "session", "app's secret", "recovery code 0", "bare recovery code 0", "reset link", "SMS code", "step"} {
		if strings.Contains(rows, markers[name]) && name != "SMS code" {
			t.Errorf("the database holds the %s readable", name)
		}
	}
	if strings.Contains(rows, fixture.Accounts()[0].TOTPSecret) || strings.Contains(rows, fixture.Accounts()[0].BirthNumber) {
		t.Error("the database holds a secret of the cast readable")
	}
}

// kept is the value of a cookie.
func (v *visitor) kept(name string) string {
	for _, c := range v.client.Jar.Cookies(v.parsed()) {
		if c.Name == v.cookieName(name) {
			return c.Value
		}
	}
	return ""
}

// cookieName is what a cookie is called on plain http: portals on other ports have theirs.
func (v *visitor) cookieName(name string) string { return name + "-" + v.parsed().Port() }

// bring puts a cookie into the browser.
func (v *visitor) bring(name, value string) {
	v.client.Jar.SetCookies(v.parsed(), []*http.Cookie{{Name: v.cookieName(name), Value: value, Path: "/"}})
}

// ASVS V7.2.4: a session that somebody planted before the sign-in is not the one that is opened.
func TestAPlantedSessionIsNotOpened(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	planted := strings.Repeat("A", 43)
	v.bring("sid", planted)
	v.password(kari, fixture.Password)
	before := v.kept("step")
	v.code(h.codeOf(kari))
	if now := v.kept("sid"); now == planted || now == before || now == "" {
		t.Errorf("the session is %q", now)
	}
	thief := h.visitor()
	for _, token := range []string{planted, before} {
		thief.bring("sid", token)
		if p := thief.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q opens a session", token)
		}
	}
}

// ASVS V7.4.1: a cookie that was copied before the owner left opens nothing afterwards.
func TestAStolenCookieEndsWithTheSession(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	thief := h.visitor()
	thief.client.Jar.SetCookies(v.parsed(), v.client.Jar.Cookies(v.parsed()))
	if p := thief.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Fatalf("the copy: got %d", p.StatusCode)
	}
	ask(v, api.Logout, api.Empty{}, "")
	if p := thief.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("after leaving: got %d", p.StatusCode)
	}
}
