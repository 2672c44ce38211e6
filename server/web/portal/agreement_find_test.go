package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// partyKey returns the key of a party on the page that lists the parties, or an empty text.
func partyKey(list, name string) string {
	for _, row := range strings.Split(list, "<li") {
		if strings.Contains(row, name) {
			return webtest.HiddenOf(row, "party")
		}
	}
	return ""
}

// S1.10, S1.36, S1.37, S2.34, S2.36–S2.42: an agreement is searched for by its email address. It is linked after the
// owner of the mailbox has followed the link, can be seen and changed then, and is never a company's.
func TestAgreementsAreFoundByEmailAddress(t *testing.T) {
	p := webtest.NewPortal(t)
	const old = "gammel@bompass.example"
	p.ImportAgreement("private", "7009101", "Gammel@bompass.example")
	p.ImportLegacy("country,plate,agreement,category,fuel,euro,weight_kg,from\nNO,AB 12345,7009101,M1,petrol,5,1500,2024-01-01\n")
	p.ImportAgreement("company", "7009102", old)
	v := p.RegisterPerson("berit@bompass.example", "Berit Aas")
	if page := v.Get("/welcome/customer").Body; !strings.Contains(page, "Ja, jeg har allerede en avtale") {
		t.Errorf("there is no action that searches: %s", page)
	}
	if page := v.Get("/agreements/find"); !strings.Contains(page.Body, `value="berit@bompass.example"`) || !strings.Contains(page.Body, "bestilte brikken") {
		t.Errorf("the page: %d %s", page.StatusCode, page.Body)
	}
	known := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {old}})
	unknown := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"ingen@bompass.example"}})
	same := strings.NewReplacer( // each form has a value of its own
		old, "it", "ingen@bompass.example", "it", webtest.HiddenOf(known.Body, "csrf"), "csrf", webtest.HiddenOf(unknown.Body, "csrf"), "csrf")
	if known.StatusCode != http.StatusOK || same.Replace(known.Body) != same.Replace(unknown.Body) {
		t.Errorf("known %d, unknown %d, or other words", known.StatusCode, unknown.StatusCode)
	}
	if got := v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {"x"}}); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no address: got %d", got.StatusCode)
	}
	message := p.LastMessage(old)
	path := p.LinkIn(message)
	if !strings.Contains(message.Text, "Berit Aas") {
		t.Error("the message does not say who asks")
	}
	other := p.SignIn(webtest.Kari)
	other.Get(path)
	if got := other.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{}); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another person with the link: got %d", got.StatusCode)
	}
	for name, visitor := range map[string]*webtest.Visitor{"the person": v, "another person": other} {
		if list := visitor.Get("/parties").Body; partyKey(list, "Eldre Kunde") != "" {
			t.Errorf("%s has the agreement before the link was followed: %s", name, list)
		}
	}
	if got := v.Get(path); got.Header.Get("Location") != "/agreements/link" {
		t.Fatalf("the link: %d %q", got.StatusCode, got.Header.Get("Location"))
	}
	tried := v.SubmitFormAt("/agreements/link", "/agreements/link", url.Values{})
	for _, want := range []string{"Avtaler forsøkt knyttet", "Avtale 7009101: Knyttet til deg.", "Avtale 7009102: Feil kontotype", "Bytt til bedriften", "Altinn"} {
		if !strings.Contains(tried.Body, want) {
			t.Errorf("the result lacks %q: %s", want, tried.Body)
		}
	}
	if events := webtest.Call(v, api.Sessions, api.Empty{}, "").History; events[0].Kind != "linked" {
		t.Errorf("history: %+v", events)
	}
	list := v.Get("/parties").Body
	if n := strings.Count(list, "<strong>Eldre Kunde</strong>"); n != 1 {
		t.Errorf("%d customers were linked, want the private one: %s", n, list)
	}
	v.ChooseParty(list, partyKey(list, "Eldre Kunde"))
	v.LoadCSRF()
	checkAgreementIsChanged(t, v, "7009101")
	webtest.Call(v, api.AgreementDetails, api.AgreementReceiptRequest{Number: "7009102"}, fault.NotFound)
	webtest.Call(v, api.AgreementChange, api.AgreementChangeRequest{Number: "7009102", Reference: "x"}, fault.NotFound)
	webtest.Call(other, api.AgreementDetails, api.AgreementReceiptRequest{Number: "7009101"}, fault.NotFound)
	webtest.Call(other, api.AgreementChange, api.AgreementChangeRequest{Number: "7009101", Reference: "x"}, fault.NotFound)
	proves.That(t, "S1.10", "S1.36", "S1.37", "S2.34", "S2.36–S2.42")

	p.Advance(2 * time.Hour)
	stranger := p.Visitor()
	stranger.Get(p.LinkIn(p.LastMessage("ingen@bompass.example")))
	if got := stranger.Get("/agreements/link"); !strings.Contains(got.Body, `href="/login?next=%2Fagreements%2Flink"`) || strings.Contains(got.Body, "7009") {
		t.Errorf("a stranger: %d %s", got.StatusCode, got.Body)
	}
}

// checkAgreementIsChanged checks that the person sees the agreement with its vehicle, and changes its reference.
func checkAgreementIsChanged(t *testing.T, v *webtest.Visitor, number string) {
	t.Helper()
	req := api.AgreementReceiptRequest{Number: number}
	seen := webtest.Call(v, api.AgreementDetails, req, "")
	if seen.Number != number || seen.Charger != "Ferde" || seen.Reference != "" || len(seen.Vehicles) != 1 || seen.Vehicles[0].Plate.Text != "AB12345" {
		t.Errorf("details: %+v", seen)
	}
	webtest.Call(v, api.AgreementChange, api.AgreementChangeRequest{Number: number, Reference: "<b>"}, fault.FieldWrong)
	webtest.Call(v, api.AgreementChange, api.AgreementChangeRequest{Number: number, Reference: " PO-17 "}, "")
	if changed := webtest.Call(v, api.AgreementDetails, req, ""); changed.Reference != "PO-17" {
		t.Errorf("after the change: %+v", changed)
	}
}

// S1.39: when nothing is found, the page points to customer service.
func TestEmptySearchShowsCustomerService(t *testing.T) {
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

// S2.19: agreements with the person's own confirmed address are linked once the profile is saved: for a newcomer with a
// password when the missing details are given, and for one with an eID when the address is confirmed.
func TestAgreementsOnOwnAddressAreLinkedWithProfile(t *testing.T) {
	p := webtest.NewPortal(t)
	p.ImportAgreement("private", "7009103", "berit@bompass.example")
	p.ImportAgreement("private", "7009104", "liv@bompass.example")
	v := p.RegisterNewcomer("berit@bompass.example", "Berit Aas")
	if partyKey(v.Get("/parties").Body, "Eldre Kunde") != "" {
		t.Error("the agreement is linked before the profile is saved")
	}
	v.CompleteWelcome(p.NewMobile())
	list := v.Get("/parties").Body
	key := partyKey(list, "Eldre Kunde")
	if key == "" {
		t.Fatalf("the agreement is not linked: %s", list)
	}
	v.ChooseParty(list, key)
	v.LoadCSRF()
	if got := webtest.Call(v, api.AgreementDetails, api.AgreementReceiptRequest{Number: "7009103"}, ""); got.Charger != "Ferde" {
		t.Errorf("details: %+v", got)
	}

	liv := p.SignInWithEID("liv")
	mobile := p.NewMobile()
	given := webtest.WelcomeDetails(mobile)
	given.Set("email", "liv@bompass.example")
	given.Set("consent-privacy", "yes")
	liv.SubmitFormAt("/welcome", "/welcome", given)
	liv.ConfirmMobile(mobile)
	if partyKey(liv.Get("/parties").Body, "Eldre Kunde") != "" {
		t.Error("the agreement is linked before the address is confirmed")
	}
	liv.OpenLink(p.LinkIn(p.LastMessage("liv@bompass.example")), url.Values{})
	if list := liv.Get("/parties").Body; partyKey(list, "Eldre Kunde") == "" {
		t.Errorf("the agreement is not linked: %s", list)
	}
	proves.That(t, "S2.19")
}
