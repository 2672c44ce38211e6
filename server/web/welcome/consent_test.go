package welcome_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// S4.27, S4.28: every customer is asked about privacy and consent at the first sign-in: with a password, with an eID and
// with the customer number of the legacy system. The privacy statement must be accepted; the answers are among the
// person's details and can be changed there.
func TestAllCustomersAnswerAboutConsent(t *testing.T) {
	p := webtest.NewPortal(t)
	const mail = "lars@bompass.example"
	p.ImportAgreement("private", "7009001", mail)
	lars := p.SetFirstPassword("7009001", mail)
	lars.SubmitPassword("7009001", webtest.NewPassword)
	lars.EnrolTOTP("/login/enrol")
	lars.LoadCSRF()
	for name, v := range map[string]*webtest.Visitor{
		"a newcomer with a password": p.RegisterNewcomer("berit@bompass.example", "Berit Aas"), "a newcomer with an eID": p.SignInWithEID("liv"), "an existing customer": lars,
	} {
		v.CheckRedirect("/passages", "/welcome?next=%2Fpassages")
		page := v.Get("/welcome").Body
		for _, kind := range toll.Consents() {
			if !strings.Contains(page, `name="consent-`+string(kind)+`"`) {
				t.Errorf("%s is not asked about %s", name, kind)
			}
		}
		mobile := p.NewMobile()
		given := webtest.WelcomeDetails(mobile)
		given.Set("email", "liv@bompass.example")
		given.Set("consent-email", "yes")
		if got := v.SubmitFormAt("/welcome", "/welcome", given); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `id="consent-privacy-error"`) {
			t.Errorf("%s, without the privacy statement: got %d", name, got.StatusCode)
		}
		v.CheckRedirect("/passages", "/welcome?next=%2Fpassages")
		given.Set("consent-privacy", "yes")
		if got := v.SubmitFormAt("/welcome", "/welcome", given); got.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s, with it: got %d %s", name, got.StatusCode, got.Body)
		}
		v.ConfirmMobile(mobile)
		if name == "a newcomer with an eID" {
			v.OpenLink(p.LinkIn(p.LastMessage("liv@bompass.example")), url.Values{})
		}
		for _, c := range webtest.Call(v, api.Profile, api.Empty{}, "").Consents {
			if want := c.Kind == toll.ConsentPrivacy || c.Kind == toll.ConsentEmail; c.Given != want || c.Version != c.Current || c.At.IsZero() {
				t.Errorf("%s: %+v", name, c)
			}
		}
		changed := webtest.Call(v, api.SaveConsents, api.ConsentRequest{Given: map[toll.ConsentKind]bool{toll.ConsentPrivacy: true, toll.ConsentSMS: true}}, "")
		if changed.Consents[1].Given || !changed.Consents[2].Given {
			t.Errorf("%s, after a change: %+v", name, changed.Consents)
		}
	}
	proves.That(t, "S4.27", "S4.28")
}
