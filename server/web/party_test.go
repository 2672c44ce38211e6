package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// S2.11 S2.12 S2.23 S2.24: after login a person sees the parties they can act for, picks one on its row,
// and reads why a company may be missing.
func TestAPersonChoosesWhomToActFor(t *testing.T) {
	p := newPortal(t)
	v := p.visitor()
	in := v.come("no", "nils", "/passages")
	if in.Header.Get("Location") != "/parties?next=%2Fpassages" {
		t.Fatalf("after login: %q", in.Header.Get("Location"))
	}
	list := v.get("/parties?next=%2Fpassages").body
	for _, want := range []string{
		"Nils Berg", "Din personlige profil", "Fjordfrakt AS", "313 045 625", "Nordlys Transport AS", "311 882 104", "Fortsett",
		"ikke er registrert med rettigheter for den i Altinn", "Du er logget inn som Nils Berg og representerer Fjordfrakt AS",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	v.learn()
	old, before := v.csrf, v.kept("sid")
	went := v.pick(list, "organisation:311882104")
	if went.StatusCode != http.StatusSeeOther || went.Header.Get("Location") != "/passages" {
		t.Fatalf("picked: %d %q", went.StatusCode, went.Header.Get("Location"))
	}
	me := v.get(api.Me.Path).body
	if !strings.Contains(me, `"person":"Nils Berg"`) || !strings.Contains(me, `"name":"Nordlys Transport AS","kind":"company"`) {
		t.Errorf("me: %s", me)
	}
	// Switching gives the session a token of its own: the one before opens nothing, nor do its forms.
	if v.kept("sid") == before {
		t.Error("the token is the same")
	}
	v.csrf = old
	if got := v.do(http.MethodPost, api.SetLanguage.Path, `{"language":"nb"}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("a form of before: got %d", got.StatusCode)
	}
	thief := p.visitor()
	thief.bring("sid", before)
	if got := thief.get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the token of before: got %d", got.StatusCode)
	}
	v.pick(v.get("/parties").body, "self")
	if me := v.get(api.Me.Path).body; !strings.Contains(me, `"name":"Nils Berg","kind":"private"`) {
		t.Errorf("as a private person: %s", me)
	}
	without := p.enter("kari").get("/parties").body
	if strings.Contains(without, "Lund Hytteutleie") || !strings.Contains(without, "ikke er registrert med rettigheter for den i Altinn") {
		t.Error("a company without rights is listed, or the reason is not given")
	}
	proves.That(t, "S2.11", "S2.12", "S2.23", "S2.24")
}

// pick presses the button on a party's row.
func (v *visitor) pick(list, key string, changes ...change) page {
	v.t.Helper()
	form := url.Values{"csrf": {hiddenOf(list, "csrf")}, "party": {key}, "next": {hiddenOf(list, "next")}}
	return v.do(http.MethodPost, "/parties", form.Encode(), append([]change{header("Content-Type", "application/x-www-form-urlencoded")}, changes...)...)
}

// The program computes from the role which pages it shows.
func TestMeReportsTheRole(t *testing.T) {
	for _, role := range []string{"accountant", "driver", "auditor"} {
		p := newPortal(t)
		p.become(role)
		v := p.signIn("astrid@fjordfrakt.example")
		if me := v.get(api.Me.Path).body; !strings.Contains(me, `"role":"`+role+`"`) {
			t.Errorf("%s: %s", role, me)
		}
		if home := v.get("/"); role == "driver" && home.Header.Get("Location") != "/passages" || role != "driver" && home.StatusCode != http.StatusOK {
			t.Errorf("%s is redirected to %q", role, home.Header.Get("Location"))
		}
	}
	if me := newPortal(t).signIn(kari).get(api.Me.Path).body; !strings.Contains(me, `"role":"owner"`) {
		t.Errorf("owner: %s", me)
	}
}

func TestNobodyActsForWhomTheyMayNot(t *testing.T) {
	p := newPortal(t)
	v := p.enter("kari")
	list := v.get("/parties").body
	if strings.Contains(list, "Hytteutleie") {
		t.Error("a company without the right is listed")
	}
	for _, key := range []string{
		"customer:" + string(fixture.Fjordfrakt), "organisation:313045625", "organisation:311882104", "self", "", "customer:",
	} {
		v.pick(list, key)
		if me := v.get(api.Me.Path).body; !strings.Contains(me, `"name":"Kari Lund"`) {
			t.Errorf("%q: %s", key, me)
		}
	}
	if got := v.pick(list, "customer:"+string(fixture.Kari), header("Origin", "https://elsewhere.example")); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", got.StatusCode)
	}
	if got := p.visitor().get("/parties"); got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/login") {
		t.Errorf("a stranger: got %d", got.StatusCode)
	}
}

// The register's word is good for five minutes; then a person whose right was withdrawn is out.
func TestAWithdrawnRightEndsWithinFiveMinutes(t *testing.T) {
	p := newPortal(t)
	v := p.enter("nils")
	v.pick(v.get("/parties").body, "organisation:311882104")
	p.register.Withdraw("03917912040", "311882104")
	if got := v.get(api.Overview.Path); got.StatusCode != http.StatusOK {
		t.Errorf("at once: got %d", got.StatusCode)
	}
	p.pass(6 * time.Minute)
	if got := v.get(api.Overview.Path); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "mandate.ended") {
		t.Errorf("after six minutes: got %d %s", got.StatusCode, got.body)
	}
	if got := v.get(api.Overview.Path); got.StatusCode == http.StatusOK {
		t.Errorf("later: got %d", got.StatusCode)
	}
	if again := p.enter("nils"); strings.Contains(again.get("/parties").body, "Nordlys") {
		t.Error("the company is listed still")
	}
}

// While the register is silent people go on looking for an hour; the page of parties says so.
func TestASilentRegisterIsTold(t *testing.T) {
	p := newPortal(t)
	v := p.enter("nils")
	v.pick(v.get("/parties").body, "organisation:311882104")
	p.register.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	p.pass(20 * time.Minute)
	if got := v.get(api.Overview.Path); got.StatusCode != http.StatusOK {
		t.Errorf("after 20 minutes: got %d %s", got.StatusCode, got.body)
	}
	if body := v.get("/parties").body; !strings.Contains(body, "Altinn svarer ikke nå") || !strings.Contains(body, "Nordlys") {
		t.Error("the page does not say that the register is silent")
	}
	for range 3 {
		p.pass(19 * time.Minute)
		v.get("/api/v1/me")
	}
	if got := v.get(api.Overview.Path); got.StatusCode == http.StatusOK {
		t.Errorf("after more than an hour: got %d", got.StatusCode)
	}
}
