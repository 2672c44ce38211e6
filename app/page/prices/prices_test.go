//go:build !js

package prices_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/prices"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

func serve(t *testing.T) *pagetest.Server {
	t.Helper()
	tariffs, _ := pagetest.Tariffs(t)
	return pagetest.With(api.TariffBook.Endpoint, tariffs)
}

func TestTripIsPricedWithAndWithoutATag(t *testing.T) {
	server := serve(t)
	s := pagetest.Open(t, server, "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16&back=15:50", prices.New)
	s.Shows("E18 Maritim", "Bygdøy allé", "Med brikke", "Uten brikke", "Tilbake", "Regnet ut på din egen enhet")
	s.Do(func(app.Context) { prices.Open(s.Page, "trip-1") })
	s.Shows("Listepris for bensinbil, rushtidstakst", "Brikkerabatt, 20 %", "Oslo, gjelder fra")
	s.Hides("før passeringstaket") // a month's counter says nothing of a trip that is not made
	s.Do(func(app.Context) { prices.Add(s.Page, "oslo-305") })
	s.Shows("Maridalsveien")
	if at, err := url.Parse(s.Window.Address); err != nil || at.Query().Get("stops") != "oslo-104@07:30,oslo-301@07:42,oslo-305@07:52" {
		t.Errorf("the address is %s", s.Window.Address)
	}
}

func TestPricesAreShownWithoutASignIn(t *testing.T) {
	server := serve(t)
	server.Anonymous = true
	s := pagetest.Open(t, server, "/prices", prices.New)
	s.Shows("Logg inn", "Velg bomstasjonene du passerer", "Oslopakke 3")
	s.Hides("Oversikt<", "Kari")
	if s.Window.Loaded != "" {
		t.Errorf("somebody who is not signed in was sent to %s", s.Window.Loaded)
	}
}

func TestSearchFindsStationsByNameSchemeAndCompany(t *testing.T) {
	server := serve(t)
	s := pagetest.Open(t, server, "/prices", prices.New)
	for query, want := range map[string]string{"MARITIM": "add-oslo-104", "trondheim": "add-trondheim-", "ferde": "add-bergen-"} {
		s.Do(func(app.Context) { prices.Search(s.Page, query) })
		s.Shows(want)
	}
	s.Do(func(app.Context) { prices.Search(s.Page, "oslopakke") })
	s.Shows("Skriv mer for å se færre")
	s.Do(func(app.Context) { prices.Search(s.Page, "zzz") })
	s.Shows("0 bomstasjoner")
}

func TestUnknownPricesAreNamed(t *testing.T) {
	server := serve(t)
	s := pagetest.Open(t, server, "/prices?stops=oslo-104@07:30,ferry-example-1@09:00,nowhere@10:00&day=2001-05-01", prices.New)
	s.Shows("Noen av prisene er ikke kjent", "Ukjent", "Kjøretøyets lengde", "nowhere")
	s.Hides("0,00 kr")
	for id, why := range map[toll.PassageID]string{"trip-1": "Vi har ingen takst for E18 Maritim den 1. mai 2001.", "trip-2": "Fergen prises etter lengde."} {
		s.Do(func(app.Context) { prices.Open(s.Page, id) })
		s.Shows(why)
	}
	s = pagetest.Open(t, server, "/prices?stops=ferry-example-1@09:00&length=5000", prices.New)
	s.Hides("Ukjent")
	server.Fault = &fault.Error{Code: fault.Busy}
	s = pagetest.Open(t, server, "/prices", prices.New)
	s.Shows("opptatt", "Prøv igjen")
}

func TestAddressCarriesTheTrip(t *testing.T) {
	today := oslo.DayOf(pagetest.Noon)
	for _, want := range []trip.Trip{
		{Day: today, Way: toll.Inbound, Class: toll.LightPetrol, Back: 960},
		{Day: today + 9, Way: toll.Outbound, Class: toll.HeavyEuro6, LengthMM: 12_000, Return: true, Back: 5, Stops: []trip.Stop{{Station: "oslo-104", Minute: 1439}, {Station: "oslo-104", Minute: 0}}},
	} {
		u, err := url.Parse(prices.Address(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, prices.Parse(u, today)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", u, diff)
		}
	}
	odd, _ := url.Parse("/prices?stops=,@,x@25:00,oslo-104@7:5,y@-1:00&day=soon&class=boat&way=up&length=-4&back=pagetest.Noon")
	got := prices.Parse(odd, today)
	if diff := cmp.Diff(trip.Trip{Day: today, Way: toll.Inbound, Class: toll.LightPetrol, Back: 960, Stops: []trip.Stop{{Station: "oslo-104", Minute: 425}}}, got); diff != "" {
		t.Errorf("what cannot be read (-want +got):\n%s", diff)
	}
}

func TestRemovedStationCanBePutBack(t *testing.T) {
	s := pagetest.Open(t, serve(t), "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16", prices.New)
	s.Do(func(app.Context) { prices.Remove(s.Page, 0) })
	s.Shows("er tatt ut av turen", "Angre")
	if strings.Contains(s.Window.Address, "oslo-104") {
		t.Errorf("the station is still in %s", s.Window.Address)
	}
	s.Do(func(ctx app.Context) { prices.Undo(ctx, s.Page) })
	s.Hides("er tatt ut av turen")
	if !strings.Contains(s.Window.Address, "oslo-104%4007%3A30%2Coslo-301") {
		t.Errorf("the station is not back in its place in %s", s.Window.Address)
	}
}

func TestErrorStandsBesideItsFieldAndInASummary(t *testing.T) {
	s := pagetest.Open(t, serve(t), "/prices?stops=oslo-104@07:30&day=2026-11-16", prices.New)
	s.Do(func(app.Context) { prices.SetField(s.Page, "at-0", false) })
	s.Shows(`href="#at-0"`, `aria-describedby="at-0-wrong"`)
	s.Do(func(app.Context) { prices.SetField(s.Page, "day", true) })
	s.Shows(`href="#at-0"`) // another field is no correction
	s.Do(func(app.Context) { prices.SetField(s.Page, "at-0", true) })
	s.Hides(`href="#at-0"`)
	s = pagetest.Open(t, serve(t), "/prices", prices.New)
	s.Do(func(ctx app.Context) { prices.SubmitSearch(ctx, s.Page) })
	s.Shows(`href="#station"`, `aria-describedby="station-wrong"`, "Fyll ut feltet")
	if s.Window.FocusID != "mistakes" {
		t.Errorf("focus on %q", s.Window.FocusID)
	}
}

func TestTariffsAreFetchedOnceForAllPages(t *testing.T) {
	server := serve(t)
	s := pagetest.Open(t, server, "/prices", prices.New)
	pagetest.OpenNext(t, s, "/prices", prices.New).Shows("Velg bomstasjonene du passerer")
	if n := server.Count(api.TariffBook.Endpoint); n != 1 {
		t.Errorf("tariffs were fetched %d times", n)
	}
}

func TestPageSaysWhenTheTariffsAreNewerThanTheProgram(t *testing.T) {
	tariffs, _ := pagetest.Tariffs(t)
	tariffs.Files[0].Text += "\nteleport everyone free\n"
	pagetest.Open(t, pagetest.With(api.TariffBook.Endpoint, tariffs), "/prices", prices.New).Shows("Det finnes en ny versjon av Bompass")
}

// A scheme lists all of its stations, in a list and on a map, each with its price now.
func TestSchemeHasAllItsStationsWithThePriceNow(t *testing.T) {
	s := pagetest.Open(t, serve(t), "/prices", prices.New)
	s.Do(func(app.Context) { prices.ChooseScheme(s.Page, "oslo") })
	text := s.Text()
	if list, drawn := strings.Count(text, `id="add-oslo-`), strings.Count(text, `data-part="point"`); list != 26 || drawn != list {
		t.Errorf("%d stations in the list and %d on the map", list, drawn)
	}
	s.Shows("26 bomstasjoner.", "kr nå", "Bare inn mot byen", "Prisen nå, kl. 12:00, med brikke, for bensinbil.", " km</text>")
}

// The time of the next station follows from the distance and the traffic of the hour.
func TestTravelTimeFollowsFromDistanceAndHour(t *testing.T) {
	at := func(first string) string {
		s := pagetest.Open(t, serve(t), "/prices?stops=oslo-104@"+first, prices.New)
		s.Do(func(app.Context) { prices.Add(s.Page, "oslo-101") })
		s.Shows("Klokkeslettene er beregnet")
		u, err := url.Parse(s.Window.Address)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("stops")
	}
	if rush, night := at("07:30"), at("23:00"); rush != "oslo-104@07:30,oslo-101@07:53" || night != "oslo-104@23:00,oslo-101@23:14" {
		t.Errorf("in the rush %s, at night %s", rush, night)
	}
}

// A trip is saved on the device, offered the next time, and removed.
func TestTripIsSavedOnTheDevice(t *testing.T) {
	s := pagetest.Open(t, serve(t), "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16", prices.New)
	s.Do(func(ctx app.Context) { prices.Save(ctx, s.Page) })
	s.Shows("Lagrede turer", ">E18 Maritim – Bygdøy allé</a>", "Turen er lagret på denne enheten.")
	s.Do(func(app.Context) { prices.Forget(s.Page) })
	s.Hides("Lagrede turer")
}

// Own vehicles come first in the list of vehicles.
func TestOwnVehiclesComeFirst(t *testing.T) {
	server := serve(t).With(api.Overview.Endpoint, api.OverviewReply{Agreements: []api.AgreementOverview{{Vehicles: []api.VehicleOverview{
		{ID: "v", Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric"},
	}}}})
	s := pagetest.Open(t, server, "/prices", prices.New)
	s = pagetest.OpenNext(t, s, "/prices?stops=oslo-104@07:30", prices.New)
	s.Do(func(app.Context) {})
	text := s.Text()
	own, others := strings.Index(text, "EK 31204, elbil"), strings.Index(text, ">Motorsykkel<")
	if own < 0 || others < own {
		t.Errorf("the own vehicle is at %d, the others begin at %d", own, others)
	}
	s.Do(func(app.Context) { prices.ChooseVehicle(s.Page, "own:v") })
	if !s.HasElement(`value="own:v"`, "selected") || !strings.Contains(s.Window.Address, "class=light+electric") {
		t.Errorf("the own vehicle is not priced: %s", s.Window.Address)
	}
}
