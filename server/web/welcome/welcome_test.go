package welcome_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// S4.27–S4.33: the form of missing details asks for every consent. Only the privacy statement must be accepted; the
// others say why they are recommended.
func TestNewcomerMustAcceptPrivacyStatement(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterNewcomer("berit@bompass.example", "Berit Aas")
	v.CheckRedirect("/passages?from=2026-11-01", "/welcome?next=%2Fpassages%3Ffrom%3D2026-11-01")
	for _, path := range []string{"/profile", "/sessions", "/prices", "/security"} { // what is the person's own stays open
		if p := v.Get(path); p.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", path, p.StatusCode)
		}
	}
	page := v.Get("/welcome?next=%2Fpassages")
	for _, want := range []string{
		"Akseptert personvernerklæring", "Akseptert bruk av e-post", "Akseptert bruk av SMS", "Reklame på e-post eller SMS",
		"E-post og SMS anbefales, fordi vi sender opplysninger om avtalen slik.", `id="consent-privacy" name="consent-privacy" value="yes" required`,
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for kind, want := range map[toll.ConsentKind]string{
		toll.ConsentPrivacy:     "Må godtas: vi behandler opplysninger om deg slik personvernerklæringen sier.",
		toll.ConsentEmail:       "Anbefales: vi sender opplysninger om avtalen på e-post, og reklame bare hvis du godtar det.",
		toll.ConsentSMS:         "Anbefales: vi sender opplysninger om avtalen på SMS, og reklame bare hvis du godtar det.",
		toll.ConsentAdvertising: "Frivillig. Virker først når e-post eller SMS er godtatt.",
	} {
		if !strings.Contains(page.Body, `id="consent-`+string(kind)+`-hint">`+want) {
			t.Errorf("beside the consent %s the page lacks %q", kind, want)
		}
	}
	given := webtest.WelcomeDetails(h.NewMobile())
	given.Set("consent-email", "yes")
	given.Set("consent-sms", "yes")
	if p := v.SubmitFormAt("/welcome", "/welcome", given); p.StatusCode != fault.Status(fault.ConsentNeeded) ||
		!strings.Contains(p.Body, `id="consent-privacy-error">Du må godta personvernerklæringen`) || !strings.Contains(p.Body, `id="consent-sms" name="consent-sms" value="yes" checked`) {
		t.Errorf("without the privacy statement: got %d %s", p.StatusCode, p.Body)
	}
	given.Del("consent-email")
	given.Set("consent-privacy", "yes")
	given.Set("next", "/passages")
	if p := v.SubmitFormAt("/welcome", "/welcome", given); p.Header.Get("Location") != "/welcome/mobile?next=%2Fpassages" {
		t.Errorf("accepted: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	want := map[toll.ConsentKind]bool{toll.ConsentPrivacy: true, toll.ConsentSMS: true}
	for _, c := range webtest.Call(v, api.Profile, api.Empty{}, "").Consents {
		if c.Given != want[c.Kind] || c.Version != 1 || c.At.IsZero() {
			t.Errorf("stored: %+v", c)
		}
	}
	proves.That(t, "S4.28–S4.32")
}

// S4.28: a new version of the privacy statement must be accepted again.
func TestNewPrivacyStatementMustBeAccepted(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
	v.CheckRedirect("/", "/welcome/customer")
	h.Exec("update consent set version = 0")
	v.CheckRedirect("/", "/welcome")
	if asked := v.Get("/welcome").FieldNames(); len(asked) != 0 {
		t.Errorf("the page also asks for %v", asked)
	}
}

// S2.18, S4.15: a newcomer must give mobile number and postal address, and confirm the number by the code that is sent
// to it. Before that, no page and no endpoint shows anything but the person's own data.
func TestNewcomerGivesAddressAndConfirmsMobileNumber(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterNewcomer("berit@bompass.example", "Berit Aas")
	if asked := v.Get("/welcome").FieldNames(); !slices.Equal(asked, []string{"mobile", "street", "postal_code", "city", "country"}) {
		t.Errorf("the page asks for %v, want what is missing alone", asked)
	}
	wrong := v.SubmitFormAt("/welcome", "/welcome", url.Values{
		"mobile": {"12"}, "street": {" "}, "postal_code": {"701"}, "city": {"Trondheim"}, "country": {"NO"}, "consent-privacy": {"yes"},
	})
	for _, want := range []string{
		`id="mobile-error">Skriv et mobilnummer med åtte sifre`, `id="street-error">Skriv gateadressen`, `id="postal_code-error">Skriv et postnummer som finnes i landet`,
		`href="#mobile">Skriv et mobilnummer`, `value="701"`, `value="Trondheim"`, `value="yes" checked`,
	} {
		if !strings.Contains(wrong.Body, want) {
			t.Errorf("a form with three mistakes: the page lacks %q", want)
		}
	}
	if wrong.StatusCode != http.StatusUnprocessableEntity || strings.Contains(wrong.Body, `id="city-error"`) {
		t.Errorf("a form with three mistakes: got %d", wrong.StatusCode)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Mobile != "" || p.City != "" || p.Consents[0].Given {
		t.Errorf("a form with mistakes was stored: %+v", p)
	}

	mistyped, mobile := h.NewMobile(), h.NewMobile()
	given := webtest.WelcomeDetails(mistyped)
	given.Set("consent-privacy", "yes")
	if p := v.SubmitFormAt("/welcome", "/welcome", given); p.Header.Get("Location") != "/welcome/mobile" {
		t.Fatalf("a complete form: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	v.CheckRedirect("/passages", "/welcome/mobile?next=%2Fpassages")
	v.CheckRedirect("/welcome?next=%2Fpassages", "/welcome/mobile?next=%2Fpassages")
	for _, path := range []string{api.Overview.Path, api.People.Path, api.Events.Path} {
		if p := v.Get(path); p.StatusCode != http.StatusUnprocessableEntity || webtest.FaultOf(t, p).Code != fault.DetailsNeeded {
			t.Errorf("%s: got %d %s", path, p.StatusCode, p.Body)
		}
	}
	old := webtest.CodePattern.FindString(h.LastMessage(mistyped).Text)
	if page := v.Get("/welcome/mobile").Body; !strings.Contains(page, mistyped[1:]) || !strings.Contains(page, "Hvorfor er dette nødvendig?") || !strings.Contains(page, "Personvernreglene krever") {
		t.Errorf("the page does not name the number, or the reason: %s", page)
	}
	if p := v.SubmitFormAt("/welcome/mobile/change", "/welcome/mobile", url.Values{"mobile": {"12"}}); !strings.Contains(p.Body, `id="mobile-error"`) || strings.Contains(p.Body, `id="code-error"`) {
		t.Errorf("an impossible number: got %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitFormAt("/welcome/mobile/change", "/welcome/mobile", url.Values{"mobile": {mobile}}); p.Header.Get("Location") != "/welcome/mobile" {
		t.Fatalf("another number: got %d %s", p.StatusCode, p.Body)
	}
	first := webtest.CodePattern.FindString(h.LastMessage(mobile).Text)
	if p := v.SubmitFormAt("/welcome/mobile/send", "/welcome/mobile", url.Values{}); !strings.Contains(v.Get(p.Header.Get("Location")).Body, "En ny kode er sendt.") {
		t.Errorf("send again: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	code := webtest.CodePattern.FindString(h.LastMessage(mobile).Text)
	for name, c := range map[string]string{"the code of the other number": old, "an older code": first} {
		if p := v.SubmitFormAt("/welcome/mobile", "/welcome/mobile", url.Values{"code": {c}}); c != code && (p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, `id="code-error"`)) {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.MobileConfirmed {
		t.Error("a wrong code confirmed the number")
	}
	if p := v.SubmitFormAt("/welcome/mobile", "/welcome/mobile?next=%2Fpassages", url.Values{"code": {code}, "next": {"/passages"}}); p.Header.Get("Location") != "/passages" {
		t.Fatalf("the code: got %d %s", p.StatusCode, p.Body)
	}
	p := webtest.Call(v, api.Profile, api.Empty{}, "")
	if want := (api.Details{Mobile: mobile, Street: "Fjordgata 8", PostalCode: "7010", City: "Trondheim", Country: "NO"}); p.Details != want || !p.MobileConfirmed {
		t.Errorf("stored: %+v", p)
	}
	v.CheckRedirect("/", "/welcome/customer")
	v.CheckRedirect("/welcome", "/")
	v.CheckRedirect("/welcome/mobile", "/")
	proves.That(t, "S2.18", "S4.15", "S4.16")
}

// S2.18, S4.15: an existing customer is asked at the next sign-in, and again when the number has changed.
func TestExistingCustomerConfirmsMobileNumber(t *testing.T) {
	h := webtest.New(t)
	const mail = "lars@bompass.example"
	h.ImportLegacy(
		"customer,kind,name,email,country,language\nL-1,private,Lars Ek,"+mail+",NO,nb\n",
		"agreement,customer,charger,from\n7009001,L-1,ferde,2024-01-01\n",
	)
	v := h.SetFirstPassword("7009001", mail)
	v.SubmitPassword("7009001", webtest.NewPassword)
	v.EnrolTOTP("/login/enrol")
	v.LoadCSRF()
	v.CheckRedirect("/passages", "/welcome?next=%2Fpassages")
	v.CompleteWelcome(h.NewMobile())
	if p := v.Get("/device"); p.StatusCode != http.StatusOK {
		t.Errorf("with all details: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	details.Mobile = h.NewMobile()
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: details}, "")
	v.CheckRedirect("/passages", "/welcome/mobile?next=%2Fpassages")
	if p := v.ConfirmMobile(details.Mobile); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the code: got %d %s", p.StatusCode, p.Body)
	}
	if p := v.Get("/device"); p.StatusCode != http.StatusOK {
		t.Errorf("with the new number: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	proves.That(t, "S2.18", "S4.15")
}

// Where no SMS can be sent, the mobile number is stored unconfirmed, and the page says so.
func TestMobileNumberIsStoredUnconfirmedWithoutSMS(t *testing.T) {
	h := webtest.New(t, webtest.WithoutSMS)
	v := h.RegisterNewcomer("berit@bompass.example", "Berit Aas")
	given := webtest.WelcomeDetails(h.NewMobile())
	given.Set("consent-privacy", "yes")
	if page := v.Get("/welcome").Body; !strings.Contains(page, "Vi kan ikke sende SMS nå") {
		t.Errorf("the form does not say so: %s", page)
	}
	if p := v.SubmitFormAt("/welcome", "/welcome", given); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "er lagret, men ikke bekreftet") {
		t.Fatalf("the form: got %d %s", p.StatusCode, p.Body)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Mobile == "" || p.MobileConfirmed {
		t.Errorf("stored: %+v", p)
	}
	v.CheckRedirect("/", "/welcome/customer")
}

// S2.01, S2.18: a person with an eID whose issuer discloses no name gives name and email address. The address is set
// once its link was followed.
func TestNewcomerWithEIDGivesNameAndEmailAddress(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignInWithEID("anna")
	v.CheckRedirect("/", "/welcome")
	const email = "anna@bompass.example"
	mobile := p.NewMobile()
	form := func(change url.Values) url.Values {
		given := webtest.WelcomeDetails(mobile)
		for name, value := range map[string]string{"name": " Anna Holm ", "email": email, "consent-privacy": "yes"} {
			given.Set(name, value)
		}
		for name := range change {
			given.Set(name, change.Get(name))
		}
		return given
	}
	for name, change := range map[string]url.Values{"no name": {"name": {""}}, "no address": {"email": {"anna"}}, "no consent": {"consent-privacy": {""}}} {
		if got := v.SubmitFormAt("/welcome", "/welcome", form(change)); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", name, got.StatusCode)
		}
	}
	if len(p.Inbox.List("")) != 0 {
		t.Error("a message was sent for a form with a mistake")
	}
	sent := v.SubmitFormAt("/welcome", "/welcome", form(nil))
	if sent.StatusCode != http.StatusOK || !strings.Contains(sent.Body, email) || !strings.Contains(sent.Body, `href="/welcome/mobile"`) {
		t.Fatalf("the form: %d %s", sent.StatusCode, sent.Body)
	}
	if got := v.ConfirmMobile(mobile); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("code: %d %s", got.StatusCode, got.Body)
	}
	v.CheckRedirect("/", "/welcome") // until the link was followed
	if asked := v.Get("/welcome").FieldNames(); !slices.Equal(asked, []string{"email"}) {
		t.Errorf("the page asks for %v, want the address alone", asked)
	}
	if got := v.OpenLink(p.LinkIn(p.LastMessage(email)), url.Values{}); got.StatusCode != http.StatusOK {
		t.Fatalf("link: %d %s", got.StatusCode, got.Body)
	}
	me := webtest.Call(v, api.Profile, api.Empty{}, "")
	if me.Name != "Anna Holm" || me.Email != email || !me.EmailConfirmed {
		t.Errorf("profile: %+v", me)
	}
	for _, c := range me.Consents { // S4.31: giving an address is no consent to its use
		if c.Given != (c.Kind == toll.ConsentPrivacy) {
			t.Errorf("consent: %+v", c)
		}
	}
	if got := v.Get(api.Me.Path).Body; !strings.Contains(got, `"name":"Anna Holm"`) {
		t.Errorf("the customer has another name: %s", got)
	}
	v.CheckRedirect("/", "/welcome/customer")
	proves.That(t, "S2.01", "S2.18", "S4.14")
}

// S1.09, S2.25–S2.27: a person without an agreement is asked once whether they have one; yes leads to linking it. The
// page can be opened again.
func TestPersonWithoutAgreementIsAskedOnce(t *testing.T) {
	h := webtest.New(t)
	v := h.RegisterPerson("berit@bompass.example", "Berit Aas")
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
	if p := v.Get("/device"); p.StatusCode != http.StatusOK {
		t.Errorf("asked again: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.SignIn(webtest.Kari).Get("/device"); p.StatusCode != http.StatusOK {
		t.Errorf("a person with an agreement is asked: %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	proves.That(t, "S1.09", "S2.25–S2.27")
}

// S4.28: endpoints need the current privacy statement to be accepted. Those for the person's own data do not.
func TestEndpointsRequirePrivacyStatement(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	if p := v.Get(api.Overview.Path); p.StatusCode != http.StatusOK {
		t.Fatalf("with it: got %d", p.StatusCode)
	}
	for name, change := range map[string]string{
		"an older version": "update consent set version = 0", "withdrawn": "insert into consent (account_id, kind, version, given, at) select account_id, kind, 1, false, now() from consent",
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
