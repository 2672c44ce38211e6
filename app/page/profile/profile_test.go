//go:build !js

package profile_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/profile"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

func serve(reply api.ProfileReply) *pagetest.Server {
	server := pagetest.With(api.Profile.Endpoint, reply)
	for _, e := range []api.Endpoint{api.SaveProfile.Endpoint, api.ConfirmCode.Endpoint, api.Erase.Endpoint} {
		server.With(e, reply)
	}
	return server
}

// profileOf returns the details of a person with a confirmed email address and an unconfirmed mobile.
func profileOf() api.ProfileReply {
	return api.ProfileReply{
		Name: "Kari Lund", Registered: true, Email: "kari@bompass.example", EmailConfirmed: true, Details: api.Details{Mobile: "+4790000001"},
		Consents: []api.Consent{
			{Kind: toll.ConsentPrivacy, Given: true, Version: 1, Current: 1, At: pagetest.Noon},
			{Kind: toll.ConsentEmail, Current: 1},
			{Kind: toll.ConsentSMS, Current: 1},
			{Kind: toll.ConsentAdvertising, Given: true, Version: 1, Current: 1, At: pagetest.Noon},
		},
		Holds: []api.Hold{{What: "passages", Count: 12, Until: pagetest.Noon.AddDate(1, 0, 0)}},
	}
}

// S2.56, S4.16, S4.17, S4.18, S4.20, S4.21, S4.22, S4.29–S4.33: the content of "my details".
func TestDetailsShowWhatIsConfirmedAndConsentedTo(t *testing.T) {
	reply := profileOf()
	s := pagetest.Open(t, serve(reply), "/profile", profile.New)
	s.Shows("Kari Lund", "Navn og fødselsdato kommer fra Folkeregisteret og kan ikke endres her. Er noe feil, kontakter du bomselskapet ditt.", "Personvernreglene krever",
		"E-post og SMS anbefales, fordi", "Akseptert bruk av e-post", "Akseptert bruk av SMS", "Reklame på e-post eller SMS", "Mobilnummeret er ikke bekreftet ennå", "Send en ny kode", "Telefon privat", "Telefon arbeid",
		"Akseptert personvernerklæring", "Virker først når", "Passeringer", "12, til", `href="/export"`, "Hvorfor er dette nødvendig?")
	s.Hides("Firmakontakt", "E-postadressen er ikke bekreftet")
	if !strings.HasPrefix(s.Window.PageTitle, "Min profil") {
		t.Errorf("title: %q", s.Window.PageTitle)
	}
	reply.Company = true
	s = pagetest.Open(t, serve(reply), "/profile", profile.New)
	s.Shows("Firmakontakt")
}

// S4.19, S4.20, S4.24, S4.26: what is not confirmed says so beside a field for its code, which is alone in a
// form with its button: Enter sends it. The details are one form, and its button stands below all of them.
func TestEachCodeHasItsOwnForm(t *testing.T) {
	reply := profileOf()
	reply.EmailConfirmed = false
	s := pagetest.Open(t, serve(reply), "/profile", profile.New)
	s.Shows("E-postadressen er ikke bekreftet ennå. Skriv inn tilsendt kode for å bekrefte den nå.", "Mobilnummeret er ikke bekreftet ennå. Skriv inn tilsendt kode for å bekrefte det nå.")
	forms := map[string]string{}
	for part := range strings.SplitSeq(s.Text(), "<form") {
		form, _, whole := strings.Cut(part, "</form>")
		for _, id := range []string{"code-email", "code-mobile", "city"} {
			if whole && strings.Contains(form, `id="`+id+`"`) {
				forms[id] = form
			}
		}
	}
	for _, id := range []string{"code-email", "code-mobile"} {
		if form := forms[id]; strings.Count(form, "<input") != 1 || strings.Count(form, `type="submit"`) != 1 || !strings.Contains(form, "Send en ny kode") {
			t.Errorf("%s is not alone in a form with its buttons: %s", id, form)
		}
	}
	reply.EmailConfirmed, reply.PendingEmail = true, "kari.lund@bompass.example"
	s = pagetest.Open(t, serve(reply), "/profile", profile.New)
	s.Shows("Den nye e-postadressen kari.lund@bompass.example er ikke bekreftet ennå.", `id="code-email"`)
	s.Shows(`id="keep-email"`, "Trekk tilbake byttet", `href="/privacy"`)
	s.Do(func(ctx app.Context) { profile.KeepEmail(ctx, s.Page) })
	s.Shows("Byttet er trukket tilbake. Du beholder e-postadressen du har.")
	details := forms["city"]
	if last, send := strings.LastIndex(details, "<input"), strings.Index(details, `type="submit"`); last < 0 || send < last || !strings.Contains(details, ">Lagre<") {
		t.Errorf("the button that saves is not below the fields: %s", details)
	}
}

func TestImportantChangeLeadsToAFactor(t *testing.T) {
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	server.Refusal = fault.New(fault.StepUp)
	s.Do(func(ctx app.Context) { profile.SaveDetails(ctx, s.Page, "90000002") })
	if s.Window.Loaded != "/prove?next=%2Fprofile" {
		t.Errorf("went to %q", s.Window.Loaded)
	}
}

func TestRefusalIsMarkedAtItsField(t *testing.T) {
	for name, c := range map[string]struct {
		refused *fault.Error
		field   string
		says    string
	}{
		"a field of the details":        {fault.New(fault.FieldWrong).At("mobile"), "mobile", "Skriv et mobilnummer med åtte sifre"},
		"the code of a channel":         {fault.New(fault.FieldWrong).At("code"), "code-mobile", "ser ikke riktig ut"},
		"the consent that is necessary": {fault.New(fault.FieldWrong).At("privacy"), "consent-privacy", "ser ikke riktig ut"},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(profileOf())
			s := pagetest.Open(t, server, "/profile", profile.New)
			server.Refusal = c.refused
			s.Do(func(ctx app.Context) { profile.ConfirmMobile(ctx, s.Page, "123456") })
			s.Shows(c.says, "Rett dette for å gå videre", `href="#`+c.field+`"`)
			if !s.HasElement(`id="`+c.field+`"`, `aria-describedby="`+c.field+`-wrong"`) {
				t.Errorf("%s is not marked: %s", c.field, s.Text())
			}
			if s.Window.FocusID != "mistakes" || !strings.HasPrefix(s.Window.PageTitle, "Feil: ") {
				t.Errorf("focus on %q, title %q", s.Window.FocusID, s.Window.PageTitle)
			}
		})
	}
}

func TestRefusalThatIsAboutNoFieldIsShownAtTheTop(t *testing.T) {
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	server.Refusal = &fault.Error{Code: fault.Busy}
	s.Do(func(ctx app.Context) { profile.SaveDetails(ctx, s.Page, "90000002") })
	s.Shows("opptatt", `id="mistakes"`)
}

// A form that is sent twice makes one request. Focus goes to what a code has confirmed: the form of the code is gone.
func TestCodeIsSentOnceAndFocusFollowsIt(t *testing.T) {
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	s.Do(func(ctx app.Context) {
		for range 2 {
			profile.ConfirmMobile(ctx, s.Page, "123456")
		}
	})
	if n := server.Count(api.ConfirmCode.Endpoint); n != 1 || s.Window.FocusID != "mobile" {
		t.Errorf("%d codes were sent, focus on %q", n, s.Window.FocusID)
	}
}

// A form that was changed keeps its values when another is sent, and holds back the new version.
func TestChangedFormIsKeptWhenAnotherIsSent(t *testing.T) {
	const offer = "Det finnes en ny versjon"
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	profile.Change(s.Page, "Min profil")
	*profile.Street(s.Page) = "Storgata 9"
	s.Do(func(ctx app.Context) { profile.OfferUpdate(ctx, s.Page) })
	s.Hides(offer)
	s.Do(func(ctx app.Context) { profile.ConfirmMobile(ctx, s.Page, "123456") })
	s.Shows("Bekreftet.")
	s.Hides(offer)
	if street := *profile.Street(s.Page); street != "Storgata 9" {
		t.Errorf("the street is %q after another form was sent", street)
	}
	s.Do(func(ctx app.Context) { profile.SaveDetails(ctx, s.Page, "90000001") })
	s.Shows(offer, "Bruk den nye versjonen", "Endringene er lagret")
}

// S4.26: one button saves the whole page, the consents with the details.
func TestButtonSavesDetailsAndConsents(t *testing.T) {
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	*profile.Street(s.Page) = "Storgata 9"
	s.Do(func(ctx app.Context) { profile.SaveDetails(ctx, s.Page, "90000001") })
	sent := pagetest.Sent[api.SaveRequest](t, server, api.SaveProfile.Endpoint)
	want := map[toll.ConsentKind]bool{toll.ConsentPrivacy: true, toll.ConsentEmail: false, toll.ConsentSMS: false, toll.ConsentAdvertising: true}
	if len(sent) != 1 || sent[0].Street != "Storgata 9" || sent[0].Mobile != "90000001" || !maps.Equal(sent[0].Given, want) {
		t.Errorf("sent %+v, want the street and %v", sent, want)
	}
}

// A consent to an earlier text is not a consent to the one shown.
func TestConsentToAnEarlierVersionIsNotTicked(t *testing.T) {
	reply := profileOf()
	reply.Consents[3].Current = 2
	s := pagetest.Open(t, serve(reply), "/profile", profile.New)
	if !s.HasElement(`id="consent-privacy"`, "checked") || !s.HasElement(`id="consent-advertising"`, `checked="false"`) { // as go-app writes it natively
		t.Error("the boxes do not show what is consented to")
	}
}

func TestErasureIsAskedForAfterAConfirmation(t *testing.T) {
	server := serve(profileOf())
	s := pagetest.Open(t, server, "/profile", profile.New)
	s.Do(func(ctx app.Context) { profile.Erase(ctx, s.Page) })
	if n := server.Count(api.Erase.Endpoint); n != 0 {
		t.Errorf("%d calls before the answer", n)
	}
	s.Do(func(ctx app.Context) { profile.AnswerYes(ctx, s.Page) })
	if n := server.Count(api.Erase.Endpoint); n != 1 {
		t.Errorf("%d calls after the answer", n)
	}
}

// Only the name of a person with an eID comes from the population register.
func TestNameSaysWhereItComesFrom(t *testing.T) {
	reply := profileOf()
	reply.Registered = false
	s := pagetest.Open(t, serve(reply), "/profile", profile.New)
	s.Shows("Du oppga navnet da du registrerte deg.")
	s.Hides("Folkeregisteret")
}
