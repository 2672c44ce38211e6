//go:build !js

package page_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// own answers calls about the person and refuses changes with what it is told to.
type own struct {
	desk
	profile  api.ProfileReply
	sessions api.SessionsReply
	people   api.PeopleReply
	refuse   *fault.Error
}

func (o *own) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	replies := map[string]any{api.Profile.Path: o.profile, api.Sessions.Path: o.sessions, api.People.Path: o.people}
	reply, mine := replies[r.Path]
	if r.Method == "POST" && o.refuse != nil {
		body, err := json.Marshal(o.refuse)
		return apiclient.Response{Status: fault.Status(o.refuse.Code), Body: body}, err
	}
	if !mine || o.broken != nil {
		return o.desk.Do(ctx, r)
	}
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: 200, Body: body}, err
}

type maker = func(*session.Session) app.Composer

// openOwn shows a page about oneself.
func openOwn(t *testing.T, o *own, address string, make maker) (*browser.Window, *screen) {
	t.Helper()
	w, s := open(t, &o.desk, address, func(held *session.Session) app.Composer {
		held.Window.Carrier = o
		return make(held)
	})
	return w, s
}

func profileOf() api.ProfileReply {
	return api.ProfileReply{
		Name: "Kari Lund", Email: "kari@bompass.example", EmailConfirmed: true, Details: api.Details{Mobile: "+4790000001"},
		Consents: []api.Consent{
			{Kind: toll.ConsentPrivacy, Given: true, Version: 1, Current: 1, At: noon},
			{Kind: toll.ConsentEmail, Current: 1},
			{Kind: toll.ConsentSMS, Current: 1},
			{Kind: toll.ConsentAdvertising, Given: true, Version: 1, Current: 1, At: noon},
		},
		Holds: []api.Hold{{What: "passages", Count: 12, Until: noon.AddDate(1, 0, 0)}},
	}
}

// S2.56, S4.16, S4.17, S4.18, S4.20, S4.21, S4.22, S4.29–S4.33: what stands on "my details".
func TestMyDetailsShowWhatIsConfirmedAndAgreedTo(t *testing.T) {
	d := &own{profile: profileOf()}
	w, s := openOwn(t, d, "/profile", page.NewProfile)
	s.shows("Kari Lund", "Navn og fødselsdato kommer fra Folkeregisteret og kan ikke endres her. Er noe feil, kontakter du bomselskapet ditt.", "Personvernreglene krever",
		"E-post og SMS anbefales, fordi", "Akseptert bruk av e-post", "Akseptert bruk av SMS", "Reklame på e-post eller SMS", "Mobilnummeret er ikke bekreftet ennå", "Send en ny kode", "Telefon privat", "Telefon arbeid",
		"Akseptert personvernerklæring", "Virker først når", "Passeringer", "12, til", `href="/export"`, "Hvorfor er dette nødvendig?")
	s.hides("Firmakontakt", "E-postadressen er ikke bekreftet")
	if !strings.HasPrefix(w.Named, "Mine opplysninger") {
		t.Errorf("title: %q", w.Named)
	}
	d.profile.Company = true
	_, s = openOwn(t, d, "/profile", page.NewProfile)
	s.shows("Firmakontakt")
}

// S4.19, S4.20, S4.24, S4.26: what is not confirmed says so beside a field for its code, which is alone in a
// form with its button: Enter sends it. The details are one form, and its button stands below all of them.
func TestCodesAndDetailsAreSentByTheirForms(t *testing.T) {
	d := &own{profile: profileOf()}
	d.profile.EmailConfirmed = false
	_, s := openOwn(t, d, "/profile", page.NewProfile)
	s.shows("E-postadressen er ikke bekreftet ennå. Skriv inn tilsendt kode for å bekrefte den nå.", "Mobilnummeret er ikke bekreftet ennå. Skriv inn tilsendt kode for å bekrefte det nå.")
	forms := map[string]string{}
	for part := range strings.SplitSeq(s.text(), "<form") {
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
	details := forms["city"]
	if last, send := strings.LastIndex(details, "<input"), strings.Index(details, `type="submit"`); last < 0 || send < last || !strings.Contains(details, ">Lagre<") {
		t.Errorf("the button that saves is not below the fields: %s", details)
	}
}

func TestAnImportantChangeLeadsToShowingAFactor(t *testing.T) {
	d := &own{profile: profileOf(), refuse: fault.New(fault.StepUp)}
	w, s := openOwn(t, d, "/profile", page.NewProfile)
	s.do(func(ctx app.Context) { page.SaveDetails(ctx, s.page, "90000002") })
	if w.Left != "/prove?next=%2Fprofile" {
		t.Errorf("went to %q", w.Left)
	}
	d.refuse = fault.New(fault.FieldWrong).At("mobile")
	w, s = openOwn(t, d, "/profile", page.NewProfile)
	s.do(func(ctx app.Context) { page.SaveDetails(ctx, s.page, "x") })
	s.shows("aria-invalid", `aria-describedby="mobile-wrong"`, "ser ikke riktig ut")
	s.shows(`href="#mobile"`, "Rett dette for å gå videre")
	if w.FocusOn != "mistakes" || !strings.HasPrefix(w.Named, "Feil: ") {
		t.Errorf("focus on %q, title %q", w.FocusOn, w.Named)
	}
}

// A role sees no way to what it may not see, and is told why when it comes there all the same; nothing
// waits for news that never come.
func TestARoleSeesItsOwnPagesAlone(t *testing.T) {
	d := &desk{role: role.Accountant, broken: fault.New(fault.Refused)}
	w, s := open(t, d, "/passages", page.NewPassages)
	s.shows("Rollen din gir ikke tilgang til dette", "Eieren av kundeforholdet kan gi deg den", `href="/"`)
	s.hides("Prøv igjen", "Kobler til på nytt", "app.live", `href="/passages"`)
	if w.Streamed.Message != nil {
		t.Error("the stream of events was opened")
	}
	d = &desk{role: role.Driver} // a driver
	_, s = open(t, d, "/passages", page.NewPassages)
	s.hides(`href="/check`)
	_, s = open(t, &desk{}, "/passages", page.NewPassages)
	s.shows(`href="/check`)
	if full, _ := open(t, &desk{}, "/passages", page.NewPassages); full.Streamed.Message == nil {
		t.Error("who may see everything hears nothing")
	}
}

func TestSessionsAndHistoryAreReadable(t *testing.T) {
	d := &own{sessions: api.SessionsReply{
		Sessions: []api.SessionLine{{ID: "1", Device: "Firefox, Linux", Network: "192.0.2.0/24", Began: noon, Seen: noon, Here: true}, {ID: "2", Began: noon, Seen: noon}},
		History:  []api.EventLine{{Kind: "signed.in", At: noon, Device: "Firefox, Linux"}},
	}}
	w, s := openOwn(t, d, "/sessions", page.NewSessions)
	s.shows("Firefox, Linux", "Denne enheten", "Ukjent enhet", "Logg ut alle steder", "Logget inn")
	s.do(func(ctx app.Context) { page.EndAll(ctx, s.page) })
	if !strings.HasPrefix(w.Left, "/login") {
		t.Errorf("after signing out everywhere: at %q", w.Left)
	}
}

func TestPeopleOfACompanyAreListedAndInvited(t *testing.T) {
	d := &own{people: api.PeopleReply{
		People:  []api.PersonLine{{Account: fixture.Accounts()[1].ID, Name: "Nils Berg", Role: "owner", Here: true}, {Account: fixture.Accounts()[2].ID, Name: "Astrid Moen", Role: "accountant", Until: noon.Add(48 * time.Hour)}},
		Invited: []api.InvitedLine{{ID: "1", Email: "per@bompass.example", Role: "auditor", Ends: noon}},
	}}
	_, s := openOwn(t, d, "/people", page.NewPeople)
	s.shows("Nils Berg", "Eier", "Regnskapsfører", "til og med", "per@bompass.example", "Trekk invitasjonen tilbake", "Inviter en person")
	d.refuse = fault.New(fault.FieldWrong).At("email")
	s.do(func(ctx app.Context) { page.Invite(ctx, s.page, "x") })
	s.shows("ser ikke riktig ut", `href="#email"`)
}

func TestPagesAboutOneselfSayWhenThereIsNoAnswer(t *testing.T) {
	d := &own{}
	d.broken = &fault.Error{Code: fault.Busy, Trace: "abc"}
	for _, make := range []maker{page.NewProfile, page.NewSessions, page.NewPeople} {
		_, s := openOwn(t, d, "/profile", make)
		s.shows("Prøv igjen", "abc")
	}
}
