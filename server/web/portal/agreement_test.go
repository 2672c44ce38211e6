package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/legacy"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// S1.11, S1.38, S2.35, S2.39: number and password of the legacy system link an agreement once, and cannot be used to
// sign in. The address of the agreement is notified.
func TestLegacyPasswordLinksOnce(t *testing.T) {
	h := webtest.New(t)
	h.AddAgreement(webtest.FormerAccount, "private", "7009201", "gammel@bompass.example")
	h.ImportCredential("A-100201", "7009201")
	v := h.SignIn("per@bompass.example")
	if p := v.Get("/agreements/find"); !strings.Contains(p.Body, `href="/agreements/find/old"`) {
		t.Errorf("the search does not link to it: %s", p.Body)
	}
	right := url.Values{"number": {" A-100201 "}, "password": {fixture.LegacyPassword}}
	tried := v.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, right)
	for _, want := range []string{"Avtaler forsøkt knyttet", "Avtale 7009201: Knyttet til deg."} {
		if !strings.Contains(tried.Body, want) {
			t.Errorf("the result lacks %q: %d %s", want, tried.StatusCode, tried.Body)
		}
	}
	if owner := h.QueryText("select a.email from account_party p join account a on a.id = p.account_id where p.customer_id = '" + webtest.FormerAccount + "' and p.role = 'owner'"); owner != "per@bompass.example" {
		t.Errorf("owned by %s", owner)
	}
	if list := webtest.Call(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "linked" {
		t.Errorf("history: %+v", list.History)
	}
	if letter := h.LastMessage("gammel@bompass.example"); !strings.Contains(letter.Text, "Per Dahl") || !strings.Contains(letter.Subject, "7009201") {
		t.Errorf("message: %+v", letter)
	}
	again := h.SignIn(webtest.Kari).SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, right)
	if again.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(again.Body, "brukt før") {
		t.Errorf("a second time: %d", again.StatusCode)
	}
	if p := h.Visitor().SubmitPassword("A-100201", fixture.LegacyPassword); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("signing in with it: %d", p.StatusCode)
	}
	if kept := h.QueryText("select encode(sealed, 'escape') from legacy_credential"); strings.Contains(kept, "$2a$") {
		t.Error("the hash can be read in the database")
	}
}

// An unknown number, a wrong password, a spent one, and the right one of an agreement that is not there get the same
// answer.
func TestWrongLegacyNumberAndPasswordLookAlike(t *testing.T) {
	h := webtest.New(t)
	h.AddAgreement(webtest.FormerAccount, "private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	h.ImportCredential("7009202", "7009202") // has no agreement here
	h.ImportCredential("7009203", "7009201")
	h.Exec("update legacy_credential set used_at = now() where number = '7009203'")
	v := h.SignIn("per@bompass.example")
	answer := func(number, password string) string {
		p := v.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {number}, "password": {password}})
		if p.StatusCode != http.StatusUnprocessableEntity || strings.Contains(p.Body, password) {
			t.Errorf("%s: got %d, or the password is repeated", number, p.StatusCode)
		}
		return strings.ReplaceAll(p.Body, number, "N")
	}
	want := answer("7009999", fixture.LegacyPassword)
	for name, got := range map[string]string{
		"wrong password": answer("7009201", "feil-passord-1"), "no agreement": answer("7009202", fixture.LegacyPassword), "spent": answer("7009203", fixture.LegacyPassword),
	} {
		if got != want {
			t.Errorf("%s: other words than for an unknown number", name)
		}
	}
	if used := h.QueryText("select count(*)::text from legacy_credential where used_at is not null"); used != "1" {
		t.Errorf("%s credentials are spent", used)
	}
}

// Tries are limited for an account, for a number and for a network.
func TestLegacyPasswordGuessesAreLimited(t *testing.T) {
	h := webtest.New(t)
	h.AddAgreement(webtest.FormerAccount, "private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	wrong := url.Values{"number": {"7009201"}, "password": {"feil-passord-1"}}
	per, olav, ingrid := h.SignIn("per@bompass.example"), h.SignIn("olav@bompass.example"), h.SignIn("ingrid@bompass.example")
	for n := range legacy.NumberMax {
		if p := per.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, wrong); p.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: %d", n, p.StatusCode)
		}
	}
	if p := per.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"7009299"}, "password": {"x"}}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the same account with another number: %d", p.StatusCode)
	}
	if p := olav.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}); p.StatusCode != http.StatusTooManyRequests {
		t.Errorf("another account with the same number: %d", p.StatusCode)
	}
	if p := ingrid.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"7009298"}, "password": {"x"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another account with another number: %d", p.StatusCode)
	}
	h.Advance(25 * time.Hour)
	olav = h.SignIn("olav@bompass.example")
	if p := olav.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}); !strings.Contains(p.Body, "Knyttet til deg") {
		t.Errorf("the day after: %d", p.StatusCode)
	}
}

// S2.40, S2.41: a company's agreement, and one that has an owner, are not linked with the right password.
func TestLegacyPasswordLinksNoCompanyOrOwnedAgreement(t *testing.T) {
	h := webtest.New(t)
	h.AddAgreement(webtest.FormerAccount, "company", "7009201", "firma@bompass.example")
	h.ImportCredential("7009201", "7009201")
	h.ImportCredential("7001001", "7001001") // Kari's
	v := h.SignIn("per@bompass.example")
	for number, want := range map[string]string{"7009201": "Feil kontotype", "7001001": "knyttet til en annen bruker"} {
		if p := v.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {number}, "password": {fixture.LegacyPassword}}); !strings.Contains(p.Body, want) {
			t.Errorf("%s: %d %s", number, p.StatusCode, p.Body)
		}
	}
	if n := h.QueryText("select count(*)::text from account_party where account_id = (select id from account where email = 'per@bompass.example')"); n != "1" {
		t.Errorf("Per acts for %s", n)
	}
}

// Of two people who enter the password at the same time, one is linked.
func TestLegacyPasswordIsSpentOnce(t *testing.T) {
	h := webtest.New(t)
	h.AddAgreement(webtest.FormerAccount, "private", "7009201", "gammel@bompass.example")
	h.ImportCredential("7009201", "7009201")
	visitors := []*webtest.Visitor{h.SignIn("per@bompass.example"), h.SignIn("olav@bompass.example")}
	bodies := make([]string, 2)
	var all sync.WaitGroup
	for n, v := range visitors {
		all.Go(func() {
			bodies[n] = v.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"7009201"}, "password": {fixture.LegacyPassword}}).Body
		})
	}
	all.Wait()
	linked := 0
	for _, body := range bodies {
		if strings.Contains(body, "Knyttet til deg") {
			linked++
		}
	}
	if owners := h.QueryText("select count(*)::text from account_party where customer_id = '" + webtest.FormerAccount + "'"); linked != 1 || owners != "1" {
		t.Errorf("%d are told that they are linked, %s are", linked, owners)
	}
}

// S1.39, S4.12: pages of searches without a result show how to reach customer service.
func TestSearchesShowCustomerService(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("per@bompass.example")
	pages := map[string]string{
		"search": v.Get("/agreements/find").Body, "old number": v.Get(webtest.LegacyFormPath).Body,
		"refused": v.SubmitFormAt(webtest.LegacyFormPath, webtest.LegacyFormPath, url.Values{"number": {"1"}, "password": {"x"}}).Body,
	}
	v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"ingen@bompass.example"}})
	v.Get(h.LinkIn(h.LastMessage("ingen@bompass.example")))
	pages["nothing found"] = v.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{}).Body
	for name, body := range pages {
		for _, want := range []string{`href="tel:+4772540900"`, `href="tel:+4772540910"`, `href="mailto:kundeservice@bompass.example"`, "<address", "Kundeservice"} {
			if !strings.Contains(html.UnescapeString(body), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}

// S2.33: both sets of terms are public, in every language, with their version.
func TestTermsArePublic(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	for _, kind := range toll.Terms() {
		for lang, want := range map[string]string{"nb": "Versjon 1", "en": "Version 1", "sv": "Version 1", "de": "Fassung 1"} {
			p := v.Get("/terms/" + string(kind) + "?lang=" + lang)
			if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, want) || strings.Count(p.Body, "<h2") < 8 || strings.Contains(p.Body, "terms.") {
				t.Errorf("%s in %s: %d %s", kind, lang, p.StatusCode, p.Body)
			}
		}
	}
	if p := v.Get("/terms/nothing"); p.StatusCode != http.StatusNotFound {
		t.Errorf("no such terms: %d", p.StatusCode)
	}
}

// S1.12, S1.13, S2.27: the answer no leads to a new agreement. The form can be opened at any time, and is completed
// over the API.
func TestAnswerNoLeadsToNewAgreement(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
	v.CheckRedirect("/", "/welcome/customer")
	if p := v.Get("/agreements/new"); p.StatusCode != http.StatusOK {
		t.Errorf("opened before the question: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := v.SubmitFormAt("/welcome/customer", "/welcome/customer", url.Values{"answer": {"no"}}); p.Header.Get("Location") != "/agreements/new" {
		t.Fatalf("no: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	answer := func(step api.AgreementStep, a api.AgreementAnswers) api.AgreementDraftReply {
		t.Helper()
		return webtest.Call(v, api.AgreementAnswer, api.AgreementStepRequest{Step: step, Answers: a}, "")
	}
	answer(api.StepCharger, api.AgreementAnswers{Charger: "fjellinjen"})
	answer(api.StepCountry, api.AgreementAnswers{Country: "PL"})
	answer(api.StepPlate, api.AgreementAnswers{Country: "PL", Plate: "WA 12345"})
	answer(api.StepVehicle, api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "petrol"}})
	reply := answer(api.StepTag, api.AgreementAnswers{Tag: "no"})
	webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, fault.TermsNeeded)
	answer(api.StepTerms, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}})
	made := webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, "")
	if again := webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, ""); again.Number != made.Number {
		t.Errorf("sent again: %s and %s", made.Number, again.Number)
	}
	webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: "x"}, fault.DraftGone)
	if letter := h.LastMessage("berit@bompass.example"); !strings.Contains(letter.Subject, made.Number) || !strings.Contains(letter.Text, "PL WA12345") || h.LinkIn(letter) != "/agreements/done?number="+made.Number {
		t.Errorf("message: %+v", letter)
	}
	if p := v.Get("/"); p.StatusCode != http.StatusOK {
		t.Errorf("a person with an agreement is asked: %d", p.StatusCode)
	}
	if list := webtest.Call(v, api.Sessions, api.Empty{}, ""); list.History[0].Kind != "agreed" {
		t.Errorf("history: %+v", list.History[0])
	}
}
