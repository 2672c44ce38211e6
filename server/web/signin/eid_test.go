package signin_test

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/partner/identity/sim"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// S1.02, S1.06, S2.05, S2.07–S2.09: the sign-in page offers the eID, with its choices, before the entry for people
// without one.
func TestSignInPageOffersEIDFirst(t *testing.T) {
	p := webtest.NewPortal(t)
	body := p.Visitor().Get("/login").Body
	button, form := strings.Index(body, `href="/login/eid/no"`), strings.Index(body, `<form method="post" action="/login"`)
	if button < 0 || form < 0 || button > form {
		t.Errorf("button at %d, form at %d", button, form)
	}
	for _, want := range []string{"MinID", "BankID", "BankID på mobil", "Buypass", "Commfides", "Jeg har ikke ID-porten-bruker", "Logg inn"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	address := p.Visitor().Get("/login/eid/no").Header.Get("Location")
	if !strings.HasPrefix(address, p.Issuers+"/no/authorize?") || strings.Contains(address, "code_challenge") {
		t.Errorf("the button leads to %q", address)
	}
	_, other, _ := strings.Cut(body, "Jeg har ikke ID-porten-bruker")
	if !strings.Contains(other, `href="/first">Ny her?</a>`) || !strings.Contains(p.Visitor().Get("/first").Body, `href="/register"`) {
		t.Error("the entry for people without an eID does not offer to create a user")
	}
	v := p.Visitor()
	if asked := v.Get("/register").FieldNames(); !slices.Equal(asked, []string{"email"}) {
		t.Errorf("creating a user asks first for %v, want the address alone", asked)
	}
	v.SubmitForm("/register", url.Values{"email": {"ny@bompass.example"}})
	v.Get(p.LinkIn(p.LastMessage("ny@bompass.example")))
	if asked := v.Get("/register/confirm").FieldNames(); !slices.Equal(asked, []string{"name", "password"}) {
		t.Errorf("once the mailbox is proven, creating a user asks for %v", asked)
	}
	proves.That(t, "S1.02", "S1.06–S1.08", "S2.05", "S2.07–S2.09")
}

// S3.03–S3.05, S3.09–S3.11: the sign-in page has a tab for each method. The Swedish one has instructions.
func TestEachSignInMethodHasTab(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	front := v.Get("/login?lang=sv").Body
	for _, want := range []string{`href="/login?way=se"`, `href="/login?way=number"`, "Mobilt BankID", "Kundnummer"} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %q", want)
		}
	}
	sweden := v.Get("/login?way=se").Body
	for _, want := range []string{`href="/login/eid/se"`, "annan telefon eller surfplatta", "Öppna BankID-appen", `aria-current="page"`} {
		if !strings.Contains(sweden, want) {
			t.Errorf("the Swedish tab lacks %q", want)
		}
	}
	number := v.Get("/login?way=number").Body
	for _, want := range []string{"användarnamn", "senaste faktura", `<form method="post" action="/login"`} {
		if !strings.Contains(number, want) {
			t.Errorf("the tab for customer numbers lacks %q", want)
		}
	}
	in := v.SubmitEID("se", "ingrid", "")
	v.LoadCSRF()
	if me := v.Get(api.Me.Path); in.StatusCode != http.StatusSeeOther || !strings.Contains(me.Body, `"person":"Ingrid Lindqvist"`) {
		t.Errorf("with a Swedish eID: %d %s", in.StatusCode, me.Body)
	}
	proves.That(t, "S3.03–S3.05", "S3.09–S3.11")
}

// S1.03–S1.05, S2.06, S2.13, S2.14, S3.01, S3.02: help, telephone numbers and languages are on the public pages, which
// need no scripts.
func TestHelpIsPublic(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	login := v.Get("/login").Body
	for _, want := range []string{`href="/help/login"`, "72 54 09 00", `hreflang="sv"`, `hreflang="de"`} {
		if !strings.Contains(login, want) {
			t.Errorf("the sign-in page lacks %q", want)
		}
	}
	form, foot := strings.Index(login, `<form method="post" action="/login"`), strings.Index(login, "<footer")
	if help, language := strings.Index(login, `href="/help/login"`), strings.Index(login, `hreflang="sv"`); help < form || language < foot || foot < 0 {
		t.Errorf("help stands at %d and the languages at %d, want them below the form at %d and in the footer at %d", help, language, form, foot)
	}
	if strings.Contains(login, "OBS!") {
		t.Error("a current browser is warned of")
	}
	old := v.Get("/login", webtest.Header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko")).Body
	if !strings.Contains(old, "OBS! Nettleseren din er for gammel") {
		t.Error("Internet Explorer is not warned of")
	}
	for lang, parts := range helpTexts {
		help := p.Visitor().Get("/help/login?lang=" + lang)
		for id, words := range parts {
			part := section(help.Body, id)
			if !strings.Contains(help.Body, `href="#`+id+`"`) {
				t.Errorf("%s: the menu does not lead to %s", lang, id)
			}
			for _, want := range words {
				if help.StatusCode != http.StatusOK || !strings.Contains(part, want) {
					t.Errorf("%s: %d, %s lacks %q: %s", lang, help.StatusCode, id, want, part)
				}
			}
		}
		if !strings.Contains(help.Body, `href="https://www.digdir.no/"`) {
			t.Errorf("%s: no link to Digdir", lang)
		}
	}
	proves.That(t, "S1.03–S1.05", "S2.06", "S2.13", "S2.14", "S3.01", "S3.02")
}

// helpTexts has what parts of the page of help must say, by language and part.
var helpTexts = map[string]map[string][]string{
	"nb": {
		"eid": {
			"ID-porten er en felles innlogging til mer enn 1 000 offentlige tjenester",
			"Du trenger en elektronisk ID (eID) for å bruke digitale tjenester fra det offentlige.", "bekrefter hvem du er",
		},
		"choices": {"MinID, BankID, BankID på mobil, Buypass og Commfides"},
		"stuck":   {"Digdir", "72 54 09 00"},
		"logout":  {"øverst til høyre"},
	},
	"en": {
		"eid": {
			"ID-porten is the common sign-in service for more than 1,000 public services",
			"You need an electronic ID (eID) to use public digital services.", "confirms who you are",
		},
		"choices": {"MinID, BankID, BankID on mobile, Buypass or Commfides"},
		"stuck":   {"Digdir", "72 54 09 00"},
		"logout":  {"top right corner"},
	},
	"sv": {
		"eid": {
			"ID-porten är en gemensam inloggning till mer än 1 000 offentliga tjänster",
			"Du behöver en e-legitimation för att använda digitala offentliga tjänster.", "bekräftar vem du är",
		},
		"choices": {"MinID, BankID, BankID på mobil, Buypass och Commfides"},
		"stuck":   {"Digdir"},
		"logout":  {"Logga ut"},
	},
	"de": {
		"eid": {
			"ID-porten ist die gemeinsame Anmeldung für mehr als 1.000 öffentliche Dienste",
			"Für digitale Dienste der Verwaltung brauchen Sie eine eID.", "bestätigt, wer Sie sind",
		},
		"choices": {"MinID, BankID, BankID auf dem Handy, Buypass und Commfides"},
		"stuck":   {"Digdir"},
		"logout":  {"Abmelden"},
	},
}

// section returns the part of a page that has the id, without its tags' entities.
func section(body, id string) string {
	_, rest, _ := strings.Cut(body, `<section id="`+id+`">`)
	part, _, _ := strings.Cut(rest, "</section>")
	return strings.ReplaceAll(html.UnescapeString(part), "\u00a0", " ")
}

// S2.02–S2.04, S2.10: private customers, people of companies, people with a D-number, newcomers and people whose
// issuer discloses no number sign in with the same eID. Each is the same customer the second time.
func TestPeopleSignInWithEID(t *testing.T) {
	p := webtest.NewPortal(t)
	// Everybody takes the same entry: the button that comes first on the page.
	_, rest, _ := strings.Cut(p.Visitor().Get("/login").Body, `data-variant="primary" href="`)
	entry, _, _ := strings.Cut(rest, `"`)
	for who, want := range map[string]api.MeReply{
		"kari":  {Person: "Kari Lund", Kind: toll.Private, Customer: fixture.Kari},
		"nils":  {Person: "Nils Berg", Kind: toll.Company, Customer: fixture.Fjordfrakt},
		"marek": {Person: "Marek Nowak", Kind: toll.Private}, // has a D-number
		"liv":   {Person: "Liv Nygaard", Kind: toll.Private},
		"anna":  {Person: "Ny bruker", Kind: toll.Private},
	} {
		address := p.Visitor().Get(entry).Header.Get("Location")
		if !strings.HasPrefix(address, p.Issuers+"/no/authorize?") {
			t.Fatalf("the first entry, %s, leads to %q", entry, address)
		}
		me := webtest.Call(p.SignInWithEID(who), api.Me, api.Empty{}, "")
		again := webtest.Call(p.SignInWithEID(who), api.Me, api.Empty{}, "")
		if me.Person != want.Person || me.Kind != want.Kind || me.Role != role.Owner {
			t.Errorf("%s: got %+v", who, me)
		}
		if want.Customer != "" && me.Customer != want.Customer || me.Customer == "" || me.Customer != again.Customer {
			t.Errorf("%s: customer %s and then %s, want %q", who, me.Customer, again.Customer, want.Customer)
		}
	}
	proves.That(t, "S2.02–S2.04", "S2.10")
}

// Sign-in leads on to the page that was asked for, if it is on this site.
func TestSignInReturnsToRequestedPage(t *testing.T) {
	p := webtest.NewPortal(t)
	if in := p.Visitor().SubmitEID("no", "kari", "/passages?from=2026-11-01"); in.Header.Get("Location") != "/passages?from=2026-11-01" {
		t.Errorf("redirected to %q", in.Header.Get("Location"))
	}
	if in := p.Visitor().SubmitEID("no", "kari", "https://elsewhere.example/"); in.Header.Get("Location") != "/" {
		t.Errorf("redirected to %q", in.Header.Get("Location"))
	}
}

// Two tabs have requests of their own. A response is accepted once, from the browser that sent the request, at the
// address of its provider.
func TestEIDResponseOpensOneSession(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	one, two := v.Get("/login/eid/no").Header.Get("Location"), v.Get("/login/eid/no?next=%2Fpassages").Header.Get("Location")
	second := v.AuthenticateAt(two, "no", "kari")
	first := v.AuthenticateAt(one, "no", "kari")
	thief := p.Visitor()
	refused(t, "another browser", thief.DoCrossSite(http.MethodGet, first, ""))
	if in := v.DoCrossSite(http.MethodGet, second, ""); in.Header.Get("Location") != "/passages" {
		t.Errorf("second tab: %q", in.Header.Get("Location"))
	}
	if in := v.DoCrossSite(http.MethodGet, first, ""); in.Header.Get("Location") != "/" {
		t.Errorf("first tab: %q", in.Header.Get("Location"))
	}
	refused(t, "the same answer again", v.DoCrossSite(http.MethodGet, first, ""))
	for name, change := range map[string]func(string) string{
		"another way":        func(s string) string { return strings.Replace(s, "/eid/no/", "/eid/se/", 1) },
		"no state":           func(s string) string { return strings.Replace(s, "state=", "x=", 1) },
		"two codes":          func(s string) string { return s + "&code=x" },
		"two states":         func(s string) string { return s + "&state=x" },
		"another issuer":     func(s string) string { return strings.Replace(s, "iss=", "iss=x", 1) },
		"an error, in words": func(s string) string { return s + "&error=%3Cscript%3E" },
	} {
		w := p.Visitor()
		back := w.AuthenticateAt(w.Get("/login/eid/no").Header.Get("Location"), "no", "kari")
		refused(t, name, w.DoCrossSite(http.MethodGet, change(back), ""))
	}
	w := p.Visitor()
	back := w.AuthenticateAt(w.Get("/login/eid/no").Header.Get("Location"), "no", "kari")
	p.Advance(11 * time.Minute)
	refused(t, "after eleven minutes", w.DoCrossSite(http.MethodGet, back, ""))
}

func refused(t *testing.T, name string, p webtest.Page) {
	t.Helper()
	to := p.Header.Get("Location") // back to where the person began
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/login?why=") && to != "/prove?next=%2Fsecurity&why=eid-refused" {
		t.Errorf("%s: got %d %q %s", name, p.StatusCode, p.Header.Get("Location"), p.Body)
	}
	for _, c := range p.Cookies() {
		if strings.HasPrefix(c.Name, "sid") && c.Value != "" {
			t.Errorf("%s: a session was opened", name)
		}
	}
}

// ASVS V7.2.4: sign-in replaces the session token, so that a planted one opens nothing (session fixation).
func TestSignInReplacesSessionToken(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	planted := strings.Repeat("A", 43)
	v.SetCookie("sid", planted)
	v.SubmitEID("no", "kari", "")
	token := v.CookieValue("sid")
	if token == planted || token == "" {
		t.Errorf("token: %q", token)
	}
	v.SubmitEID("no", "kari", "")
	if again := v.CookieValue("sid"); again == token {
		t.Error("the second sign-in keeps the token")
	}
	thief := p.Visitor()
	thief.SetCookie("sid", token)
	if got := thief.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the previous token: got %d", got.StatusCode)
	}
}

// The sign-in page says why an eID did not work, in words of its own.
func TestFailedEIDSignInIsExplained(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	asked := v.DoCrossSite(http.MethodGet, v.Get("/login/eid/no").Header.Get("Location"), "")
	id := webtest.HiddenOf(asked.Body, "id")
	stopped := v.DoCrossSite(http.MethodPost, p.Issuers+"/no/choose", url.Values{"id": {id}, "cancel": {"1"}}.Encode())
	back := v.DoCrossSite(http.MethodGet, stopped.Header.Get("Location"), "")
	if back.Header.Get("Location") != "/login?why=eid-cancelled" || !strings.Contains(v.Get("/login?why=eid-cancelled").Body, "Du avbrøt innloggingen") {
		t.Errorf("cancelled: %q", back.Header.Get("Location"))
	}
	for _, m := range sim.SignInAttacks() {
		if m.Name != "proves with another nonce" {
			continue
		}
		p.Norway.SetAttack(&m)
		in := p.Visitor().SubmitEID("no", "kari", "")
		if in.Header.Get("Location") != "/login?why=eid-refused" {
			t.Errorf("%s: %q", m.Name, in.Header.Get("Location"))
		}
	}
	p.Norway.SetAttack(nil)
	if got := p.Visitor().Get("/login/eid/xx"); got.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown provider: got %d", got.StatusCode)
	}
	for name, c := range map[string]webtest.Change{"another site": webtest.Header("Sec-Fetch-Site", "cross-site"), "a sister site": webtest.Header("Sec-Fetch-Site", "same-site")} {
		if got := p.Visitor().Get("/login/eid/no", c); got.StatusCode != http.StatusForbidden {
			t.Errorf("started by %s: got %d", name, got.StatusCode)
		}
	}
	if text := p.Log.String(); strings.Contains(text, "14848530051") {
		t.Error("the log holds a birth number")
	}
}

// A person whose only factor is an eID confirms at the issuer before a sensitive change.
func TestEIDIsFactorForStepUp(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("liv")
	p.Advance(10 * time.Minute)
	v.Get(api.Me.Path)
	page := v.Get("/prove?next=%2Fsecurity")
	if !strings.Contains(page.Body, `href="/login/eid/no?next=%2Fsecurity&amp;prove=1"`) || strings.Contains(page.Body, "/login/eid/se") {
		t.Fatalf("the page offers no eID: %s", page.Body)
	}
	begun := v.Get("/login/eid/no?prove=1&next=%2Fsecurity")
	asked := v.DoCrossSite(http.MethodGet, begun.Header.Get("Location"), "")
	if asked.StatusCode != http.StatusOK {
		t.Errorf("the issuer did not ask again: %d", asked.StatusCode)
	}
	id := webtest.HiddenOf(asked.Body, "id")
	other := v.DoCrossSite(http.MethodPost, p.Issuers+"/no/choose", url.Values{"id": {id}, "person": {"kari"}, "method": {"BankID"}}.Encode())
	refused(t, "another person confirms", v.DoCrossSite(http.MethodGet, other.Header.Get("Location"), ""))
	begun = v.Get("/login/eid/no?prove=1&next=%2Fsecurity")
	before := v.CookieValue("sid")
	in := v.DoCrossSite(http.MethodGet, v.AuthenticateAt(begun.Header.Get("Location"), "no", "liv"), "")
	if in.Header.Get("Location") != "/security" || v.CookieValue("sid") == before {
		t.Errorf("after the confirmation: %d %q", in.StatusCode, in.Header.Get("Location"))
	}
	if got := p.Visitor().Get("/login/eid/no?prove=1"); got.Header.Get("Location") != "/login?why=expired" {
		t.Errorf("without a session: %d %q", got.StatusCode, got.Header.Get("Location"))
	}
}

// A network address can send sixty requests to an issuer in a row, and then has to wait.
func TestEIDRequestsAreThrottled(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	begun := 0
	for range 70 {
		if got := v.Get("/login/eid/no"); got.StatusCode == http.StatusSeeOther {
			begun++
		} else if got.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("got %d", got.StatusCode)
		}
	}
	if begun < 60 || begun > 62 {
		t.Errorf("%d requests were accepted, want about 60", begun)
	}
	p.Advance(10 * time.Minute)
	if got := p.Visitor().Get("/login/eid/no"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("ten minutes later: got %d", got.StatusCode)
	}
}
