package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/notice"
	"bompass/server/privacy"
	"bompass/server/store/privacydb"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// S2.18, S4.27–S4.33: a newcomer takes a stand on the way in; only the privacy statement must be
// accepted, the rest says why it is recommended.
func TestANewcomerTakesAStandOnTheWayIn(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
	v.CheckRedirect("/passages?from=2026-11-01", "/welcome?next=%2Fpassages%3Ffrom%3D2026-11-01")
	for _, path := range []string{"/profile", "/sessions", "/prices", "/security"} { // one's own stays open
		if p := v.Get(path); p.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", path, p.StatusCode)
		}
	}
	asks := v.Get("/welcome?next=%2Fpassages")
	for _, want := range []string{
		"Akseptert personvernerklæring", "Akseptert bruk av e-post", "Akseptert bruk av SMS", "Reklame på e-post eller SMS", "Anbefales",
		"fordi vi sender opplysninger om avtalen", "Virker først når e-post eller SMS er godtatt", `id="consent-privacy" name="consent-privacy" value="yes" required`,
	} {
		if !strings.Contains(asks.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{`name="email" type="email"`, `name="name"`} {
		if strings.Contains(asks.Body, not) {
			t.Errorf("the page asks for what is known: %s", not)
		}
	}
	if p := v.SubmitFormAt("/welcome", "/welcome", url.Values{"consent-email": {"yes"}, "consent-sms": {"yes"}}); p.StatusCode != fault.Status(fault.ConsentNeeded) ||
		!strings.Contains(p.Body, "Du må godta personvernerklæringen") || !strings.Contains(p.Body, `id="consent-sms" name="consent-sms" value="yes" checked`) {
		t.Errorf("without the privacy statement: got %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitFormAt("/welcome", "/welcome", url.Values{"consent-privacy": {"yes"}, "consent-sms": {"yes"}, "next": {"/passages"}}); p.Header.Get("Location") != "/passages" {
		t.Errorf("accepted: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	want := map[toll.ConsentKind]bool{toll.ConsentPrivacy: true, toll.ConsentSMS: true}
	for _, c := range webtest.Call(v, api.Profile, api.Empty{}, "").Consents {
		if c.Given != want[c.Kind] || c.Version != 1 || c.At.IsZero() {
			t.Errorf("kept: %+v", c)
		}
	}
	h.Exec("update consent set version = 0") // the words have changed since
	v.CheckRedirect("/", "/welcome")
}

// S2.01, S2.18: who comes with an eID without name and address gives both; the address is theirs once
// its link was followed.
func TestWhoComesWithAnEIDGivesNameAndAddress(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("anna")
	v.CheckRedirect("/", "/welcome")
	for name, fields := range map[string]url.Values{
		"no name":    {"email": {"anna@bompass.example"}, "consent-privacy": {"yes"}},
		"no address": {"name": {"Anna Holm"}, "email": {"anna"}, "consent-privacy": {"yes"}},
		"no stand":   {"name": {"Anna Holm"}, "email": {"anna@bompass.example"}},
	} {
		if got := v.SubmitFormAt("/welcome", "/welcome", fields); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", name, got.StatusCode)
		}
	}
	if len(p.Inbox.List("")) != 0 {
		t.Error("a letter was written for a form that is wrong")
	}
	sent := v.SubmitFormAt("/welcome", "/welcome", url.Values{"name": {" Anna Holm "}, "email": {"anna@bompass.example"}, "consent-privacy": {"yes"}})
	if sent.StatusCode != http.StatusOK || !strings.Contains(sent.Body, "anna@bompass.example") {
		t.Fatalf("given: %d %s", sent.StatusCode, sent.Body)
	}
	v.CheckRedirect("/", "/welcome") // until the link was followed
	if again := v.Get("/welcome").Body; strings.Contains(again, `name="consent-privacy"`) || strings.Contains(again, `name="name"`) || !strings.Contains(again, `name="email"`) {
		t.Errorf("asked again for what was given: %s", again)
	}
	if got := v.OpenLink(p.LinkIn(p.LastMessage("anna@bompass.example")), url.Values{}); got.StatusCode != http.StatusOK {
		t.Fatalf("link: %d %s", got.StatusCode, got.Body)
	}
	me := webtest.Call(v, api.Profile, api.Empty{}, "")
	if me.Name != "Anna Holm" || me.Email != "anna@bompass.example" || !me.EmailConfirmed {
		t.Errorf("profile: %+v", me)
	}
	for _, c := range me.Consents { // S4.31: an address is no consent to use it
		if c.Given != (c.Kind == toll.ConsentPrivacy) {
			t.Errorf("consent: %+v", c)
		}
	}
	if got := v.Get(api.Me.Path).Body; !strings.Contains(got, `"name":"Anna Holm"`) {
		t.Errorf("the customer is still called: %s", got)
	}
	v.CheckRedirect("/", "/welcome/customer")
	proves.That(t, "S2.01", "S2.18")
}

// S1.09, S2.25, S2.26: who has no agreement is asked once whether they have one somewhere; yes leads to
// linking. The page can be opened again.
func TestWhoHasNoAgreementIsAskedOnce(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
	v.SubmitFormAt("/welcome", "/welcome", url.Values{"consent-privacy": {"yes"}})
	v.CheckRedirect("/passages", "/welcome/customer?next=%2Fpassages")
	asks := v.Get("/welcome/customer?next=%2Fpassages")
	for _, want := range []string{"Er du allerede kunde", "Ja, jeg har allerede en avtale", "Nei, jeg vil opprette en ny avtale"} {
		if !strings.Contains(asks.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for answer, to := range map[string]string{"yes": "/agreements/find", "no": "/agreements/new", "later": "/passages"} {
		if p := v.SubmitFormAt("/welcome/customer", "/welcome/customer", url.Values{"answer": {answer}, "next": {"/passages"}}); p.Header.Get("Location") != to {
			t.Errorf("%s: got %d %q", answer, p.StatusCode, p.Header.Get("Location"))
		}
	}
	if p := v.Get("/passages"); p.StatusCode != http.StatusOK {
		t.Errorf("asked again: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.SignIn(webtest.Kari).Get("/"); p.StatusCode != http.StatusOK {
		t.Errorf("who has an agreement is asked: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	proves.That(t, "S1.09", "S2.25–S2.27")
}

// S1.10, S1.36, S1.37, S1.39, S2.34, S2.36, S2.37, S2.39–S2.42: agreements are found by the
// address on them, after its owner has followed the letter, and never a company's.
func TestAgreementsAreFoundByTheirAddress(t *testing.T) {
	h := webtest.New(t)
	const old, private, firm = "gammel@bompass.example", "0196a000-0000-7000-8000-0000000000e1", "0196a000-0000-7000-8000-0000000000e2"
	h.AddAgreement(private, "private", "7009101", "Gammel@bompass.example")
	h.AddAgreement(firm, "company", "7009102", old)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
	if p := v.Get("/agreements/find"); !strings.Contains(p.Body, `value="berit@bompass.example"`) || !strings.Contains(p.Body, "bestilte brikken") {
		t.Errorf("the page: %d %s", p.StatusCode, p.Body)
	}
	known := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {old}})
	unknown := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"ingen@bompass.example"}})
	same := strings.NewReplacer(old, "it", "ingen@bompass.example", "it")
	if known.StatusCode != http.StatusOK || same.Replace(known.Body) != same.Replace(unknown.Body) {
		t.Errorf("known %d, unknown %d, or other words", known.StatusCode, unknown.StatusCode)
	}
	if p := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"x"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no address: got %d", p.StatusCode)
	}
	path := h.LinkIn(h.LastMessage(old))
	if !strings.Contains(h.LastMessage(old).Text, "Berit Aas") {
		t.Error("the letter does not say who asks")
	}
	other := h.SignIn(webtest.Kari)
	other.Get(path)
	if p := other.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("somebody else with the letter: got %d", p.StatusCode)
	}
	if rows := h.QueryText("select count(*)::text from account_party where customer_id in ('" + private + "', '" + firm + "')"); rows != "0" {
		t.Errorf("%s were linked before the letter was followed", rows)
	}
	if p := v.Get(path); p.Header.Get("Location") != "/agreements/link" {
		t.Fatalf("the link: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	tried := v.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{})
	for _, want := range []string{"Avtaler forsøkt knyttet", "Avtale 7009101: Knyttet til deg.", "Avtale 7009102: Feil kontotype", "Bytt avgiver", "Altinn"} {
		if !strings.Contains(tried.Body, want) {
			t.Errorf("the result lacks %q: %s", want, tried.Body)
		}
	}
	if rows := h.QueryText("select count(*)::text from account_party where customer_id = '" + firm + "'"); rows != "0" {
		t.Error("a company's agreement was linked to a private person")
	}
	if list := webtest.Call(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "linked" {
		t.Errorf("history: %+v", list.History)
	}
	h.Advance(2 * time.Hour)
	v2 := h.Visitor()
	v2.Get(h.LinkIn(h.LastMessage("ingen@bompass.example")))
	if p := v2.Get("/agreements/link"); !strings.HasPrefix(p.Header.Get("Location"), "/login") {
		t.Errorf("a stranger: %d", p.StatusCode)
	}
}

// S1.39: nothing found points to customer service.
func TestNothingFoundPointsToCustomerService(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("per@bompass.example")
	v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"ingen@bompass.example"}})
	v.Get(h.LinkIn(h.LastMessage("ingen@bompass.example")))
	p := v.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{})
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "72 54 09 00") || !strings.Contains(p.Body, "en annen adresse") {
		t.Errorf("got %d %s", p.StatusCode, p.Body)
	}
	proves.That(t, "S1.39")
}

// S2.19, S2.37, S2.38: agreements on the person's own confirmed address are theirs once the profile is
// saved, and can be chosen and seen.
func TestAgreementsOnTheAddressAppearOnceTheProfileIsSaved(t *testing.T) {
	p := webtest.NewPortal(t)
	const id = "0196a000-0000-7000-8000-0000000000e3"
	v := p.RegisterPerson("berit@bompass.example", "Berit Aas")
	p.AddAgreement(id, "private", "7009103", "berit@bompass.example")
	if strings.Contains(v.Get("/parties").Body, "Eldre Kunde") {
		t.Error("it is there before the profile is saved")
	}
	webtest.Call(v, api.SaveProfile, api.Details{City: "Oslo", Country: "NO"}, "")
	parties := v.Get("/parties").Body
	if !strings.Contains(parties, "Eldre Kunde") {
		t.Fatalf("the agreement does not appear: %s", parties)
	}
	v.ChooseParty(parties, "customer:"+id)
	v.LoadCSRF()
	webtest.Call(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true}}, "")
	if got := webtest.Call(v, api.Overview, api.Empty{}, ""); got.Agreements[0].Number != id {
		t.Errorf("overview of %s", got.Agreements[0].Number)
	}
}

// S2.20, S2.21: without an eID a second factor is asked for at every login; with one it is not.
func TestAnEIDNeedsNoSecondFactor(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.Visitor()
	if got := v.SubmitPassword(webtest.Kari, fixture.Password); got.Header.Get("Location") != "/login/code" {
		t.Errorf("with a password: led to %q", got.Header.Get("Location"))
	}
	if got := v.Get(api.Me.Path); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the password alone: got %d", got.StatusCode)
	}
	if got := p.SignInWithEID("kari").Get(api.Me.Path); got.StatusCode != http.StatusOK || !strings.Contains(got.Body, `"person":"Kari Lund"`) {
		t.Errorf("the same person with an eID: %d %s", got.StatusCode, got.Body)
	}
	proves.That(t, "S2.20")
}

// ASVS V6.3.5: after a hundred wrong codes in a row none opens any more, and the owner hears of it, once.
func TestTheOwnerHearsOfASuspendedAuthenticator(t *testing.T) {
	h := webtest.New(t)
	h.Exec("insert into factor_guard (account_id, fails) values ('0196a000-0000-7000-8000-000000000501', 99)")
	for range 2 {
		v := h.Visitor()
		v.SubmitPassword(webtest.Kari, fixture.Password)
		if p := v.SubmitCode("000000"); p.StatusCode != http.StatusUnauthorized {
			t.Fatalf("a wrong code: got %d", p.StatusCode)
		}
	}
	if got := h.LastMessage(webtest.Kari); len(h.Inbox.List(webtest.Kari)) != 1 || !strings.Contains(got.Subject, "sperret") {
		t.Errorf("%d letters, newest %q", len(h.Inbox.List(webtest.Kari)), got.Subject)
	}
	v := h.Visitor()
	v.SubmitPassword(webtest.Kari, fixture.Password)
	if p := v.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the right code: got %d", p.StatusCode)
	}
	if events := h.QueryText("select count(*)::text from account_event where kind = 'suspended'"); events != "1" {
		t.Errorf("%s lines in the history", events)
	}
}

// Erasure is carried out after some days to think better of it, for people whom nothing holds; an
// agreement in force, a passage that is kept, or a company holds them.
func TestWhoAskedIsErasedOnceNothingHoldsThem(t *testing.T) {
	h := webtest.New(t)
	eraser := privacy.NewEraser(privacydb.New(h.DB), notice.NewWriter(h.Keys, h.URL, h.Now), h.Now, webtest.Discard())
	const gone = "berit@bompass.example"
	berit, held, owner := h.RegisterPerson(gone, "Berit Aas"), h.SignIn(webtest.Kari), h.SignIn("nils@fjordfrakt.example")
	for _, v := range []*webtest.Visitor{berit, held, owner} {
		webtest.Call(v, api.Erase, api.ErasureRequest{}, "")
	}
	h.RegisterPerson("vidar@bompass.example", "Vidar Moe")
	h.LastMessage(gone)
	for _, c := range []struct {
		wait time.Duration
		want int
	}{{0, 0}, {privacy.EraseAfter + time.Minute, 1}} {
		h.Advance(c.wait)
		if n, err := eraser.EraseDue(t.Context()); n != c.want || err != nil {
			t.Fatalf("after %s: erased %d, %v, want %d", c.wait, n, err, c.want)
		}
	}
	for _, email := range []string{webtest.Kari, "nils@fjordfrakt.example", "vidar@bompass.example"} {
		if h.QueryText("select count(*)::text from account where email = '"+email+"'") != "1" {
			t.Errorf("%s is gone", email)
		}
	}
	for table, query := range map[string]string{
		"account": "select count(*)::text from account where email = '" + gone + "'", "customer": "select count(*)::text from customer where name = 'Berit Aas' or email = '" + gone + "'",
		"history": "select count(*)::text from account_event e where not exists (select from account a where a.id = e.account_id)",
	} {
		if got := h.QueryText(query); got != "0" {
			t.Errorf("%s: %s rows are left", table, got)
		}
	}
	if last := h.LastMessage(gone); !strings.Contains(last.Subject, "slettet") || strings.Contains(last.Text, "Berit") {
		t.Errorf("the last letter: %+v", last)
	}
	if n, err := eraser.EraseDue(t.Context()); n != 0 || err != nil {
		t.Errorf("again: erased %d, %v", n, err)
	}
}

// S4.28: whoever does not accept the privacy statement, or accepts older words, is asked nothing by programs
// either; what is one's own stays open.
func TestTheAPIWaitsForThePrivacyStatementToo(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	if p := v.Get(api.Overview.Path); p.StatusCode != http.StatusOK {
		t.Fatalf("with it: got %d", p.StatusCode)
	}
	for name, change := range map[string]string{
		"older words": "update consent set version = 0", "taken back": "insert into consent (account_id, kind, version, given, at) select account_id, kind, 1, false, now() from consent",
	} {
		h.Exec(change)
		for _, path := range []string{api.Overview.Path, api.PassageList.Path + "?from=2026-11-01&to=2026-11-02", api.Recheck.Path, api.People.Path, api.Events.Path} {
			if p := v.Get(path); p.StatusCode != http.StatusUnprocessableEntity || webtest.FaultOf(t, p).Code != fault.ConsentNeeded {
				t.Errorf("%s, %s: got %d %s", name, path, p.StatusCode, p.Body)
			}
		}
		webtest.Call(v, api.Invite, api.InviteRequest{Email: "x@bompass.example", Role: "auditor"}, fault.ConsentNeeded)
		for _, path := range []string{api.Me.Path, api.Profile.Path, api.Sessions.Path, api.Export.Path} {
			if p := v.Get(path); p.StatusCode != http.StatusOK {
				t.Errorf("%s, %s: got %d", name, path, p.StatusCode)
			}
		}
	}
	webtest.Call(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true}}, "")
	if p := v.Get(api.Overview.Path); p.StatusCode != http.StatusOK {
		t.Errorf("accepted again: got %d", p.StatusCode)
	}
}

// Who has driven is held for the accounts; when the law lets it, the charges go and the erasure finishes.
func TestErasureFinishesWhenTheLastHoldEnds(t *testing.T) {
	h := webtest.New(t)
	eraser := privacy.NewEraser(privacydb.New(h.DB), notice.NewWriter(h.Keys, h.URL, h.Now), h.Now, webtest.Discard())
	keeper := privacy.NewPruner(privacydb.New(h.DB), h.Now, webtest.Discard())
	const gone = "berit@bompass.example"
	berit := h.RegisterPerson(gone, "Berit Aas")
	customer := webtest.Call(berit, api.Me, api.Empty{}, "").Customer
	h.Exec(`insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, customer_id, matched_by)
		values (gen_random_uuid(), 'oslo-104', 1, 1, 1, now(), now(), '', '', 'NO', 'DP45821', '` + string(customer) + `', 'plate')`)
	webtest.Call(berit, api.Erase, api.ErasureRequest{}, "")
	for _, c := range []struct {
		name string
		wait time.Duration
		want int
	}{
		{"after some days to think", privacy.EraseAfter + time.Hour, 0},
		{"once the passage is forgotten", privacy.PassageRetention, 0},
		{"after five more years", 5 * 366 * 24 * time.Hour, 1},
	} {
		h.Advance(c.wait)
		if _, err := keeper.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := eraser.EraseDue(t.Context()); n != c.want || err != nil {
			t.Fatalf("%s: erased %d, %v, want %d", c.name, n, err, c.want)
		}
	}
}
