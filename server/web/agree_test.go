package web_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/legacy"
	"bompass/server/store/legacydb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// imports reads in a customer of the system before, with the cast's old password.
func (h *house) imports(number, agreement string) {
	h.t.Helper()
	h.standIn("a credential that the test has written")
	hash, err := legacy.ParseHash(fixture.LegacyHash)
	if err != nil {
		h.t.Fatal(err)
	}
	line := legacy.Line{Number: number, Agreement: agreement}
	if err := legacydb.New(h.db).SaveCredentials(h.t.Context(), []legacy.Credential{legacy.Seal(h.keys, line, hash, h.now())}); err != nil {
		h.t.Fatal(err)
	}
}

const (
	findOld = "/agreements/find/old"
	former  = "0196a000-0000-7000-8000-0000000000f1"
)

// S1.11, S1.38, S2.35, S2.39, K03: the number and password of the system before link the agreement, once,
// and open nothing else; whoever had the agreement is told at the old address.
func TestTheOldNumberAndPasswordLinkOnce(t *testing.T) {
	h := newHouse(t)
	h.orphan(former, "private", "7009201", "gammel@bompass.example")
	h.imports("A-100201", "7009201")
	v := h.signIn("per@bompass.example")
	if p := v.get("/agreements/find"); !strings.Contains(p.body, `href="/agreements/find/old"`) {
		t.Errorf("no way from the search: %s", p.body)
	}
	right := url.Values{"number": {" A-100201 "}, "password": {fixture.LegacyPassword}}
	tried := v.formIn(findOld, findOld, right)
	for _, want := range []string{"Avtaler forsøkt knyttet", "Avtale 7009201: Knyttet til deg."} {
		if !strings.Contains(tried.body, want) {
			t.Errorf("the result lacks %q: %d %s", want, tried.StatusCode, tried.body)
		}
	}
	if owner := h.one("select a.email from account_party p join account a on a.id = p.account_id where p.customer_id = '" + former + "' and p.role = 'owner'"); owner != "per@bompass.example" {
		t.Errorf("owned by %s", owner)
	}
	if list := ask(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "linked" {
		t.Errorf("history: %+v", list.History)
	}
	if letter := h.post("gammel@bompass.example"); !strings.Contains(letter.Text, "Per Dahl") || !strings.Contains(letter.Subject, "7009201") {
		t.Errorf("letter: %+v", letter)
	}
	again := h.signIn(kari).formIn(findOld, findOld, right)
	if again.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(again.body, "brukt før") {
		t.Errorf("a second time: %d", again.StatusCode)
	}
	if p := h.visitor().password("A-100201", fixture.LegacyPassword); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("signing in with it: %d", p.StatusCode)
	}
	if kept := h.one("select encode(sealed, 'escape') from legacy_credential"); strings.Contains(kept, "$2a$") {
		t.Error("the hash can be read in the database")
	}
}

// portal.md D4: an unknown number, a wrong password, a spent one, and a right one whose agreement is over
// are answered with the same page.
func TestAWrongOldNumberAndAWrongPasswordAreAnsweredAlike(t *testing.T) {
	h := newHouse(t)
	h.orphan(former, "private", "7009201", "gammel@bompass.example")
	h.imports("7009201", "7009201")
	h.imports("7009202", "7009202") // has no agreement here
	h.imports("7009203", "7009201")
	h.sql("update legacy_credential set used_at = now() where number = '7009203'")
	v := h.signIn("per@bompass.example")
	answer := func(number, password string) string {
		p := v.formIn(findOld, findOld, url.Values{"number": {number}, "password": {password}})
		if p.StatusCode != http.StatusUnprocessableEntity || strings.Contains(p.body, password) {
			t.Errorf("%s: got %d, or the password is repeated", number, p.StatusCode)
		}
		return strings.ReplaceAll(p.body, number, "N")
	}
	want := answer("7009999", fixture.LegacyPassword)
	for name, got := range map[string]string{
		"wrong password": answer("7009201", "feil-passord-1"), "no agreement": answer("7009202", fixture.LegacyPassword), "spent": answer("7009203", fixture.LegacyPassword),
	} {
		if got != want {
			t.Errorf("%s: other words than for an unknown number", name)
		}
	}
	if used := h.one("select count(*)::text from legacy_credential where used_at is not null"); used != "1" {
		t.Errorf("%s are spent", used)
	}
}

// portal.md D4: tries are counted by account, by number and by network.
func TestOldPasswordsCannotBeGuessed(t *testing.T) {
	h := newHouse(t)
	h.orphan(former, "private", "7009201", "gammel@bompass.example")
	h.imports("7009201", "7009201")
	wrong := url.Values{"number": {"7009201"}, "password": {"feil-passord-1"}}
	per, olav, ingrid := h.signIn("per@bompass.example"), h.signIn("olav@bompass.example"), h.signIn("ingrid@bompass.example")
	for n := range legacy.NumberMax {
		if p := per.formIn(findOld, findOld, wrong); p.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: %d", n, p.StatusCode)
		}
	}
	if p := per.formIn(findOld, findOld, url.Values{"number": {"7009299"}, "password": {"x"}}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the same account with another number: %d", p.StatusCode)
	}
	if p := olav.formIn(findOld, findOld, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("another account with the same number: %d", p.StatusCode)
	}
	if p := ingrid.formIn(findOld, findOld, url.Values{"number": {"7009298"}, "password": {"x"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another account with another number: %d", p.StatusCode)
	}
	h.pass(25 * time.Hour)
	olav = h.signIn("olav@bompass.example")
	if p := olav.formIn(findOld, findOld, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}); !strings.Contains(p.body, "Knyttet til deg") {
		t.Errorf("the day after: %d", p.StatusCode)
	}
}

// S2.40, S2.41: a company's agreement and one that has an owner are not linked, though the password is right.
func TestWhatCannotBeLinkedIsSaidToWhoKnowsThePassword(t *testing.T) {
	h := newHouse(t)
	h.orphan(former, "company", "7009201", "firma@bompass.example")
	h.imports("7009201", "7009201")
	h.imports("7001001", "7001001") // Kari's
	v := h.signIn("per@bompass.example")
	for number, want := range map[string]string{"7009201": "Feil kontotype", "7001001": "knyttet til en annen bruker"} {
		if p := v.formIn(findOld, findOld, url.Values{"number": {number}, "password": {fixture.LegacyPassword}}); !strings.Contains(p.body, want) {
			t.Errorf("%s: %d %s", number, p.StatusCode, p.body)
		}
	}
	if n := h.one("select count(*)::text from account_party where account_id = (select id from account where email = 'per@bompass.example')"); n != "1" {
		t.Errorf("Per acts for %s", n)
	}
}

// Two people who know the password at once: one is linked.
func TestAnOldPasswordIsSpentOnce(t *testing.T) {
	h := newHouse(t)
	h.orphan(former, "private", "7009201", "gammel@bompass.example")
	h.imports("7009201", "7009201")
	visitors := []*visitor{h.signIn("per@bompass.example"), h.signIn("olav@bompass.example")}
	bodies := make([]string, 2)
	var all sync.WaitGroup
	for n, v := range visitors {
		all.Go(func() {
			bodies[n] = v.formIn(findOld, findOld, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}).body
		})
	}
	all.Wait()
	linked := 0
	for _, body := range bodies {
		if strings.Contains(body, "Knyttet til deg") {
			linked++
		}
	}
	if owners := h.one("select count(*)::text from account_party where customer_id = '" + former + "'"); linked != 1 || owners != "1" {
		t.Errorf("%d were told so, %s are", linked, owners)
	}
}

// S1.39, S4.12: where a search does not find, customer service can be called and written to.
func TestSearchesShowCustomerService(t *testing.T) {
	h := newHouse(t)
	v := h.signIn("per@bompass.example")
	pages := map[string]string{
		"search": v.get("/agreements/find").body, "old number": v.get(findOld).body,
		"refused": v.formIn(findOld, findOld, url.Values{"number": {"1"}, "password": {"x"}}).body,
	}
	v.formIn("/agreements/find", "/agreements/find", url.Values{"email": {"ingen@bompass.example"}})
	v.get(h.linkIn(h.post("ingen@bompass.example")))
	pages["nothing found"] = v.formIn("/agreements/link", "/agreements/link", url.Values{}).body
	for name, body := range pages {
		for _, want := range []string{`href="tel:+4772540900"`, `href="tel:+4772540910"`, `href="mailto:hjelp@bompass.example"`, "<address", "Kundeservice"} {
			if !strings.Contains(html.UnescapeString(body), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}

// S2.33: both sets of terms can be read by everybody, in every language, with their version.
func TestTermsCanBeRead(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	for _, kind := range toll.Terms() {
		for lang, want := range map[string]string{"nb": "Versjon 1", "en": "Version 1", "sv": "Version 1", "de": "Fassung 1"} {
			p := v.get("/terms/" + string(kind) + "?lang=" + lang)
			if p.StatusCode != http.StatusOK || !strings.Contains(p.body, want) || strings.Count(p.body, "<h2") < 8 || strings.Contains(p.body, "terms.") {
				t.Errorf("%s in %s: %d %s", kind, lang, p.StatusCode, p.body)
			}
		}
	}
	if p := v.get("/terms/nothing"); p.StatusCode != http.StatusNotFound {
		t.Errorf("no such terms: %d", p.StatusCode)
	}
}

// S1.12, S1.13, S2.27: "no" leads to making an agreement; the way can be begun at any time and is gone
// over the contract to its end.
func TestNoLeadsToAnAgreement(t *testing.T) {
	h := newHouse(t)
	v := h.arrive("berit@bompass.example", "Berit Aas")
	v.formIn("/welcome", "/welcome", url.Values{"consent-privacy": {"yes"}})
	v.leads("/", "/welcome/customer")
	if p := v.get("/agreements/new"); p.StatusCode != http.StatusOK {
		t.Errorf("begun before the question: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := v.formIn("/welcome/customer", "/welcome/customer", url.Values{"answer": {"no"}}); p.Header.Get("Location") != "/agreements/new" {
		t.Fatalf("no: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	answer := func(step api.AgreementStep, a api.AgreementAnswers) api.AgreementDraftReply {
		t.Helper()
		return ask(v, api.AgreementAnswer, api.AgreementStepRequest{Step: step, Answers: a}, "")
	}
	answer(api.StepCharger, api.AgreementAnswers{Charger: "fjellinjen"})
	answer(api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"})
	answer(api.StepCountry, api.AgreementAnswers{Country: "PL"})
	answer(api.StepPlate, api.AgreementAnswers{Country: "PL", Plate: "WA 12345"})
	answer(api.StepVehicle, api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "petrol"}})
	reply := answer(api.StepTag, api.AgreementAnswers{Tag: "no"})
	ask(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, fault.TermsNeeded)
	answer(api.StepTerms, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}})
	made := ask(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, "")
	if again := ask(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, ""); again.Number != made.Number {
		t.Errorf("sent again: %s and %s", made.Number, again.Number)
	}
	ask(v, api.AgreementBegin, api.AgreementRequest{ID: "x"}, fault.DraftGone)
	if letter := h.post("berit@bompass.example"); !strings.Contains(letter.Subject, made.Number) || !strings.Contains(letter.Text, "PL WA12345") || h.linkIn(letter) != "/agreements/done?number="+made.Number {
		t.Errorf("letter: %+v", letter)
	}
	if p := v.get("/"); p.StatusCode != http.StatusOK {
		t.Errorf("who has an agreement is asked: %d", p.StatusCode)
	}
	if list := ask(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "agreed" {
		t.Errorf("history: %+v", list.History[0])
	}
}
