//go:build !js

package page_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// A new version is not offered from the first change in a form until that form is sent; what was begun
// in one form stays when another is sent.
func TestANewVersionWaitsUntilAFormIsSent(t *testing.T) {
	const offer, details, consents = "Det finnes en ny versjon", "Kontakt", "Personvern og samtykke"
	d := &own{profile: profileOf()}
	_, s := openOwn(t, d, "/profile", page.NewProfile)
	page.Begin(s.page, details)
	*page.Street(s.page) = "Storgata 9"
	s.do(func(app.Context) { page.Update(s.page) })
	s.hides(offer)
	page.Begin(s.page, consents)
	s.do(func(ctx app.Context) { page.SaveConsents(ctx, s.page) })
	s.shows("Samtykkene er lagret")
	s.hides(offer)
	if street := *page.Street(s.page); street != "Storgata 9" {
		t.Errorf("the street that was begun is %q after another form was sent", street)
	}
	s.do(func(ctx app.Context) { page.SaveDetails(ctx, s.page, "90000001") })
	s.shows(offer, "Bruk den nye versjonen")
}

func TestWhatCannotBeUndoneIsAskedFirst(t *testing.T) {
	d := &own{people: api.PeopleReply{People: []api.PersonLine{
		{Account: fixture.Accounts()[1].ID, Name: "Nils Berg", Role: "owner", Here: true}, {Account: fixture.Accounts()[2].ID, Name: "Astrid Moen", Role: "accountant"},
	}}}
	_, s := openOwn(t, d, "/people", page.NewPeople)
	s.do(func(ctx app.Context) { page.Remove(ctx, s.page) })
	s.shows("Vil du fjerne Astrid Moen?", "mister tilgangen", `aria-labelledby="confirm-title"`)
	if n := d.askedFor(api.RemovePerson.Path); n != 0 {
		t.Errorf("the server was told %d times before the answer", n)
	}
	s.do(func(ctx app.Context) { page.Answer(ctx, s.page) })
	s.shows("Personen er fjernet.", `id="toast"`)
	if n := d.askedFor(api.RemovePerson.Path); n != 1 {
		t.Errorf("the server was told %d times", n)
	}

	e := &own{sessions: api.SessionsReply{Sessions: []api.SessionLine{{ID: "1", Began: noon, Seen: noon, Here: true}}}}
	w, s := openOwn(t, e, "/sessions", page.NewSessions)
	s.do(func(ctx app.Context) { page.AskEndAll(ctx, s.page) })
	s.shows("Vil du logge ut alle steder?", "også denne")
	if w.Left != "" {
		t.Errorf("left for %q before the answer", w.Left)
	}
}

func TestAStationTakenOutCanBePutBack(t *testing.T) {
	w, s := open(t, kariAtTheCounter(t), "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16", page.NewPrices)
	s.do(func(app.Context) { page.Withdrawn(s.page) })
	s.shows("er tatt ut av turen", "Angre")
	if strings.Contains(w.Address, "oslo-104") {
		t.Errorf("the station is still in %s", w.Address)
	}
	s.do(func(ctx app.Context) { page.Undo(ctx, s.page) })
	s.hides("er tatt ut av turen")
	if !strings.Contains(w.Address, "oslo-104%4007%3A30%2Coslo-301") {
		t.Errorf("the station is not back in its place in %s", w.Address)
	}
}

func TestEveryFormSaysWhatIsWrongBesideTheFieldAndInASummary(t *testing.T) {
	_, s := open(t, kariAtTheCounter(t), "/prices?stops=oslo-104@07:30&day=2026-11-16", page.NewPrices)
	s.do(func(app.Context) { page.Clear(s.page, "at-0") })
	s.shows(`href="#at-0"`, `aria-describedby="at-0-wrong"`)
	w, s := open(t, kariAtTheCounter(t), "/prices", page.NewPrices)
	s.do(func(ctx app.Context) { page.Find(ctx, s.page) })
	s.shows(`href="#station"`, `aria-describedby="station-wrong"`, "Fyll ut feltet")
	if w.FocusOn != "mistakes" {
		t.Errorf("prices: focus on %q", w.FocusOn)
	}
	w, s = open(t, &desk{}, "/check", page.NewCheck)
	s.do(func(ctx app.Context) { page.Check(ctx, s.page) })
	s.shows(`href="#vehicle"`, `aria-describedby="vehicle-wrong"`)
	if w.FocusOn != "mistakes" || !strings.HasPrefix(w.Named, "Feil: ") {
		t.Errorf("check: focus on %q, title %q", w.FocusOn, w.Named)
	}
}
