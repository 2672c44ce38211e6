package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// S2.11, S2.12, S2.23, S2.24: a person sees the parties that they can act for after signing in, chooses one on its
// row, and reads why a company may be missing.
func TestPersonChoosesParty(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	in := v.SubmitEID("no", "nils", "/passages")
	if in.Header.Get("Location") != "/parties?next=%2Fpassages" {
		t.Fatalf("after login: %q", in.Header.Get("Location"))
	}
	list := v.Get("/parties?next=%2Fpassages").Body
	for _, want := range []string{
		"Nils Berg", "Din personlige profil", "Fjordfrakt AS", "313 045 625", "Nordlys Transport AS", "311 882 104", "Fortsett",
		"ikke er registrert med rettigheter for den i Altinn", "Du er logget inn som Nils Berg og representerer Fjordfrakt AS",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	v.LoadCSRF()
	old, before := v.CSRF, v.CookieValue("sid")
	went := v.ChooseParty(list, "organisation:311882104")
	if went.StatusCode != http.StatusSeeOther || went.Header.Get("Location") != "/passages" {
		t.Fatalf("chosen: %d %q", went.StatusCode, went.Header.Get("Location"))
	}
	me := v.Get(api.Me.Path).Body
	if !strings.Contains(me, `"person":"Nils Berg"`) || !strings.Contains(me, `"name":"Nordlys Transport AS","kind":"company"`) {
		t.Errorf("me: %s", me)
	}
	// The switch replaces the session token. The previous one and its forms are refused.
	if v.CookieValue("sid") == before {
		t.Error("the token is the same")
	}
	v.CSRF = old
	if got := v.Do(http.MethodPost, api.SetLanguage.Path, `{"language":"nb"}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("a form of the previous session: got %d", got.StatusCode)
	}
	thief := p.Visitor()
	thief.SetCookie("sid", before)
	if got := thief.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the previous token: got %d", got.StatusCode)
	}
	v.ChooseParty(v.Get("/parties").Body, "self")
	if me := v.Get(api.Me.Path).Body; !strings.Contains(me, `"name":"Nils Berg","kind":"private"`) {
		t.Errorf("as a private person: %s", me)
	}
	without := p.SignInWithEID("kari").Get("/parties").Body
	if strings.Contains(without, "Lund Hytteutleie") || !strings.Contains(without, "ikke er registrert med rettigheter for den i Altinn") {
		t.Error("a company without rights is listed, or the reason is not given")
	}
	proves.That(t, "S2.11", "S2.12", "S2.23", "S2.24")
}

// The browser program decides by the role which pages it shows.
func TestMeReportsTheRole(t *testing.T) {
	for _, role := range []string{"accountant", "driver", "auditor"} {
		p := webtest.NewPortal(t)
		p.SetRole(role)
		v := p.SignIn("astrid@fjordfrakt.example")
		if me := v.Get(api.Me.Path).Body; !strings.Contains(me, `"role":"`+role+`"`) {
			t.Errorf("%s: %s", role, me)
		}
		if home := v.Get("/"); role == "driver" && home.Header.Get("Location") != "/passages" || role != "driver" && home.StatusCode != http.StatusOK {
			t.Errorf("%s is redirected to %q", role, home.Header.Get("Location"))
		}
	}
	if me := webtest.NewPortal(t).SignIn(webtest.Kari).Get(api.Me.Path).Body; !strings.Contains(me, `"role":"owner"`) {
		t.Errorf("owner: %s", me)
	}
}

func TestPartyWithoutRightIsRefused(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("kari")
	list := v.Get("/parties").Body
	if strings.Contains(list, "Hytteutleie") {
		t.Error("a company without the right is listed")
	}
	for _, key := range []string{
		"customer:" + string(fixture.Fjordfrakt), "organisation:313045625", "organisation:311882104", "self", "", "customer:",
	} {
		v.ChooseParty(list, key)
		if me := v.Get(api.Me.Path).Body; !strings.Contains(me, `"name":"Kari Lund"`) {
			t.Errorf("%q: %s", key, me)
		}
	}
	if got := v.ChooseParty(list, "customer:"+string(fixture.Kari), webtest.Header("Origin", "https://elsewhere.example")); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", got.StatusCode)
	}
	if got := p.Visitor().Get("/parties"); got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/login") {
		t.Errorf("a stranger: got %d", got.StatusCode)
	}
}

// An answer of the register is valid for five minutes. Then a person whose mandate was withdrawn is refused.
func TestWithdrawnMandateEndsWithinFiveMinutes(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("nils")
	v.ChooseParty(v.Get("/parties").Body, "organisation:311882104")
	p.Register.Withdraw("03917912040", "311882104")
	if got := v.Get(api.Overview.Path); got.StatusCode != http.StatusOK {
		t.Errorf("at once: got %d", got.StatusCode)
	}
	p.Advance(6 * time.Minute)
	if got := v.Get(api.Overview.Path); got.StatusCode != http.StatusForbidden || !strings.Contains(got.Body, "mandate.ended") {
		t.Errorf("after six minutes: got %d %s", got.StatusCode, got.Body)
	}
	if got := v.Get(api.Overview.Path); got.StatusCode == http.StatusOK {
		t.Errorf("later: got %d", got.StatusCode)
	}
	if again := p.SignInWithEID("nils"); strings.Contains(again.Get("/parties").Body, "Nordlys") {
		t.Error("the company is still listed")
	}
}

// While the register is unavailable, people can read for an hour, and the page of parties says so.
func TestUnavailableMandateRegisterIsReported(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("nils")
	v.ChooseParty(v.Get("/parties").Body, "organisation:311882104")
	p.Register.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	p.Advance(20 * time.Minute)
	if got := v.Get(api.Overview.Path); got.StatusCode != http.StatusOK {
		t.Errorf("after 20 minutes: got %d %s", got.StatusCode, got.Body)
	}
	if body := v.Get("/parties").Body; !strings.Contains(body, "Altinn svarer ikke nå") || !strings.Contains(body, "Nordlys") {
		t.Error("the page does not say that the register is unavailable")
	}
	for range 3 {
		p.Advance(19 * time.Minute)
		v.Get("/api/v1/me")
	}
	if got := v.Get(api.Overview.Path); got.StatusCode == http.StatusOK {
		t.Errorf("after more than an hour: got %d", got.StatusCode)
	}
}
