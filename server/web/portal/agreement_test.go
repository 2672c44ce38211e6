package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

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

// S2.33, S5.08, S5.36: both sets of terms are public, in every language, with their version. They say where the tag is
// mounted and what its deposit is, and that a person who does not report a sold vehicle may pay for its new owner's passages.
func TestTermsArePublic(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	for _, kind := range toll.Terms() {
		for lang, want := range map[string]string{"nb": "Versjon ", "en": "Version ", "sv": "Version ", "de": "Fassung "} {
			want += strconv.Itoa(toll.TermsVersion(kind))
			p := v.Get("/terms/" + string(kind) + "?lang=" + lang)
			if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, want) || strings.Count(p.Body, "<h2") < 8 || strings.Contains(p.Body, "terms.") {
				t.Errorf("%s in %s: %d %s", kind, lang, p.StatusCode, p.Body)
			}
		}
	}
	for lang, texts := range map[string][3]string{
		"nb": {"depositum på 200 kroner", "festes på innsiden av frontruten", "kan du bli belastet for den nye eierens passeringer"},
		"en": {"deposit of NOK 200", "Mount it on the inside of the windscreen", "you may be charged for the new owner's passages"},
		"sv": {"deposition på 200 norska kronor", "fästs på insidan av vindrutan", "kan du debiteras för den nya ägarens passager"},
		"de": {"Pfand von 200 NOK", "innen an der Frontscheibe", "können Ihnen Durchfahrten des neuen Halters berechnet werden"},
	} {
		page := html.UnescapeString(v.Get("/terms/special?lang=" + lang).Body)
		for _, want := range texts {
			if !strings.Contains(page, want) {
				t.Errorf("the special terms in %s lack %q", lang, want)
			}
		}
	}
	if p := v.Get("/terms/nothing"); p.StatusCode != http.StatusNotFound {
		t.Errorf("no such terms: %d", p.StatusCode)
	}
	proves.That(t, "S5.08", "S5.36")
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
	answer(api.StepVehicle, api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "petrol"}, Sure: true})
	reply := answer(api.StepTag, api.AgreementAnswers{Tag: "no"})
	webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: reply.ID}, fault.TermsNeeded)
	answer(api.StepTerms, api.AgreementAnswers{Terms: toll.TermsInForce()})
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
