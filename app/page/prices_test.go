//go:build !js

package page_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

func TestItPricesATripWithATagAndWithout(t *testing.T) {
	c := kariAtTheCounter(t)
	w, s := open(t, c, "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16&back=15:50", page.NewPrices)
	s.shows("E18 Maritim", "Bygdøy allé", "Med brikke", "Uten brikke", "Tilbake", "Regnet ut på din egen enhet")
	s.do(func(app.Context) { page.Explain(s.page, "trip-1") })
	s.shows("Listepris for bensinbil, rushtidstakst", "Brikkerabatt, 20 %", "Oslo, gjelder fra")
	s.hides("før passeringstaket") // a month's counter says nothing of a trip that is not made
	s.do(func(app.Context) { page.Add(s.page, "oslo-305") })
	s.shows("Maridalsveien")
	if at, err := url.Parse(w.Address); err != nil || at.Query().Get("stops") != "oslo-104@07:30,oslo-301@07:42,oslo-305@07:52" {
		t.Errorf("the address is %s", w.Address)
	}
}

func TestItIsForThoseWhoAreNotSignedIn(t *testing.T) {
	c := kariAtTheCounter(t)
	c.stranger = true
	w, s := open(t, c, "/prices", page.NewPrices)
	s.shows("Logg inn", "Velg bomstasjonene du passerer", "Oslopakke 3")
	s.hides("Oversikt<", "Kari")
	if w.Left != "" {
		t.Errorf("a stranger was sent to %s", w.Left)
	}
}

func TestItFindsStationsByNameSchemeAndCompany(t *testing.T) {
	c := kariAtTheCounter(t)
	_, s := open(t, c, "/prices", page.NewPrices)
	for query, want := range map[string]string{"MARITIM": "add-oslo-104", "trondheim": "add-trondheim-", "ferde": "add-bergen-"} {
		s.do(func(app.Context) { page.Search(s.page, query) })
		s.shows(want)
	}
	s.do(func(app.Context) { page.Search(s.page, "oslopakke") })
	s.shows("Skriv mer for å se færre")
	s.do(func(app.Context) { page.Search(s.page, "zzz") })
	s.shows("0 bomstasjoner")
}

func TestItSaysWhichPriceIsNotKnown(t *testing.T) {
	c := kariAtTheCounter(t)
	_, s := open(t, c, "/prices?stops=oslo-104@07:30,ferry-example-1@09:00,nowhere@10:00&day=2001-05-01", page.NewPrices)
	s.shows("Noen av prisene er ikke kjent", "Ukjent", "Kjøretøyets lengde", "nowhere")
	s.hides("0,00 kr")
	for id, why := range map[toll.PassageID]string{"trip-1": "Vi har ingen takst for E18 Maritim den 1. mai 2001.", "trip-2": "Fergen prises etter lengde."} {
		s.do(func(app.Context) { page.Explain(s.page, id) })
		s.shows(why)
	}
	_, s = open(t, c, "/prices?stops=ferry-example-1@09:00&length=5000", page.NewPrices)
	s.hides("Ukjent")
	c.broken = &fault.Error{Code: fault.Busy}
	_, s = open(t, c, "/prices", page.NewPrices)
	s.shows("opptatt", "Prøv igjen")
}

func TestATripIsItsAddress(t *testing.T) {
	today := oslo.DayOf(noon)
	for _, want := range []trip.Trip{
		{Day: today, Way: toll.Inbound, Class: toll.LightPetrol, Back: 960},
		{Day: today + 9, Way: toll.Outbound, Class: toll.HeavyEuro6, LengthMM: 12_000, Return: true, Back: 5, Stops: []trip.Stop{{Station: "oslo-104", Minute: 1439}, {Station: "oslo-104", Minute: 0}}},
	} {
		u, err := url.Parse(page.PlanHref(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, page.Planned(u, today)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", u, diff)
		}
	}
	odd, _ := url.Parse("/prices?stops=,@,x@25:00,oslo-104@7:5,y@-1:00&day=soon&class=boat&way=up&length=-4&back=noon")
	got := page.Planned(odd, today)
	if diff := cmp.Diff(trip.Trip{Day: today, Way: toll.Inbound, Class: toll.LightPetrol, Back: 960, Stops: []trip.Stop{{Station: "oslo-104", Minute: 425}}}, got); diff != "" {
		t.Errorf("what cannot be read (-want +got):\n%s", diff)
	}
}

// The page that the server sends to a stranger says so: asking would only be refused.
func TestAStrangerIsNotAskedForTwice(t *testing.T) {
	c := kariAtTheCounter(t)
	c.stranger = true
	w := &browser.Window{Carrier: c, Address: "/prices", Empty: true}
	w.Keep(api.Overview.Path, "kept", noon)
	s := session.New(w, func() time.Time { return noon })
	screen := &screen{page: page.NewPrices(s), t: t}
	screen.disp = app.NewClientTester(screen.page)
	t.Cleanup(screen.disp.Close)
	screen.disp.Nav(&url.URL{Path: "/prices"})
	screen.disp.Consume()
	screen.shows("Logg inn")
	if c.askedFor(api.Me.Path) != 0 {
		t.Error("it asked who is here although the page said that nobody is")
	}
	if strings.Contains(w.Shelf(), "kept") {
		t.Errorf("what the device kept of somebody is still there: %s", w.Shelf())
	}
	if s.Nobody() {
		t.Error("the page's word holds for ever: somebody may sign in meanwhile")
	}
}
