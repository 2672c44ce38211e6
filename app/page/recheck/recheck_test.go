//go:build !js

package recheck_test

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	page "bompass/app/page/recheck"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// month is Kari's month of four passages with the charges that the tariffs give.
func month(t *testing.T) (api.RecheckReply, api.TariffBookReply) {
	t.Helper()
	tariffs, plan := pagetest.Tariffs(t)
	b := recheck.Statement{Month: oslo.MonthOf(pagetest.Noon)}
	for i, station := range []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "oslo-201"} {
		b.Passages = append(b.Passages, recheck.Passage{
			ID: toll.PassageID([]string{"a", "b", "c", "d"}[i]), Station: station, At: pagetest.Noon.Add(time.Duration(i) * 20 * time.Minute), Direction: toll.Inbound,
			Facts: fixture.Vehicles()[0].Facts, Agreement: true, TagRead: true, MatchedBy: toll.ByTag,
		})
	}
	for _, l := range recheck.Check(plan, b).Lines {
		b.Charges = append(b.Charges, *l.Own)
		b.Debited += l.Own.Net
	}
	return api.RecheckReply{Statement: b, Tariffs: tariffs.Version}, tariffs
}

// serve returns a server with a month, the tariffs and a customer with two vehicles.
func serve(month api.RecheckReply, tariffs api.TariffBookReply) *pagetest.Server {
	return pagetest.With(api.Recheck.Endpoint, month).With(api.TariffBook.Endpoint, tariffs).With(api.Overview.Endpoint, api.OverviewReply{
		Agreements: []api.AgreementOverview{{ID: "x", Vehicles: []api.VehicleOverview{
			{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol"},
			{ID: fixture.KariElectric, Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric"},
		}}},
	})
}

const address = "/check?vehicle=" + string(fixture.KariPetrol) + "&month=2026-11"

func TestMonthIsRatedAgainOnTheDevice(t *testing.T) {
	reply, tariffs := month(t)
	s := pagetest.Open(t, serve(reply, tariffs), address, page.New)
	s.Shows("Alle 4 linjer stemmer", "Enheten din har regnet", "Tekniske detaljer", "Oslopakke 3", "Fjellinjen price list", tariffs.Version, "DP 45821", "November 2026")
	s.Hides("bp-differs", "Listepris")
	if s.Window.PageTitle != "Sjekk regningen – Bompass" {
		t.Errorf("title: %q", s.Window.PageTitle)
	}
	s.Do(func(app.Context) { page.ShowAll(s.Page) })
	s.Shows("E18 Maritim", "Bygdøy allé", "Timesregel")
}

// fleetOf returns a reply with the month of two vehicles.
func fleetOf(reply api.RecheckReply) api.FleetRecheckReply {
	return api.FleetRecheckReply{Tariffs: reply.Tariffs, Vehicles: []api.VehicleRecheck{
		{Vehicle: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Statement: reply.Statement},
		{Vehicle: fixture.KariElectric, Plate: toll.NewPlate("NO", "EK31204"), Statement: reply.Statement},
	}}
}

// The months of all vehicles are checked with one request; those that do not agree are listed with a way to each.
func TestAllVehiclesAreCheckedAtOnce(t *testing.T) {
	reply, tariffs := month(t)
	server := serve(reply, tariffs).With(api.FleetRecheck.Endpoint, fleetOf(reply))
	s := pagetest.Open(t, server, "/check?vehicle=all&month=2026-11", page.New)
	s.Shows("Alt stemmer for 2 kjøretøy: 8 linjer")
	if !s.HasElement(`value="all"`) {
		t.Error("all vehicles cannot be chosen")
	}
	if all, one := server.Count(api.FleetRecheck.Endpoint), server.Count(api.Recheck.Endpoint); all != 1 || one != 0 {
		t.Errorf("%d requests for all vehicles and %d for one, want a single one", all, one)
	}
	fleet := fleetOf(reply)
	fleet.Vehicles[1].Charges = append(fleet.Vehicles[1].Charges[:0:0], reply.Charges...)
	fleet.Vehicles[1].Charges[0].Net += 100
	s = pagetest.Open(t, serve(reply, tariffs).With(api.FleetRecheck.Endpoint, fleet), "/check?vehicle=all&month=2026-11", page.New)
	s.Shows("1 av 2 kjøretøy har linjer som ikke stemmer", `href="/check?month=2026-11&vehicle=`+string(fixture.KariElectric), "Har linjer som ikke stemmer")
	s.Hides(`href="/check?month=2026-11&vehicle=` + string(fixture.KariPetrol))
	fleet = fleetOf(reply)
	fleet.Vehicles[0] = api.VehicleRecheck{Vehicle: fixture.KariPetrol, Plate: fleet.Vehicles[0].Plate, TooLarge: true}
	s = pagetest.Open(t, serve(reply, tariffs).With(api.FleetRecheck.Endpoint, fleet), "/check?vehicle=all&month=2026-11", page.New)
	s.Shows("1 kjøretøy kunne ikke sjekkes", "Kunne ikke sjekkes")
	s = pagetest.Open(t, serve(reply, tariffs).With(api.FleetRecheck.Endpoint, api.FleetRecheckReply{Tariffs: reply.Tariffs}), "/check?vehicle=all&month=2026-11", page.New)
	s.Shows("Ingen passeringer å sjekke")
}

func TestEachLineThatDiffersIsShown(t *testing.T) {
	reply, tariffs := month(t)
	reply.Charges[0].Net += 100
	reply.Charges[1].Steps[0].Ore++
	reply.Charges = append(reply.Charges[:2:2], reply.Charges[3:]...)
	reply.Charges = append(reply.Charges, recheck.Charge{Passage: "stranger", Net: 500})
	s := pagetest.Open(t, serve(reply, tariffs), address, page.New)
	s.Shows("4 av 5 linjer stemmer ikke", "Beløpet er ikke det samme.", "Begrunnelsen er ikke den samme.", "Passeringen har en pris, men er ikke bokført.",
		"En passering som ikke er på regningen", "Ikke bokført.", `id="differs-a"`, `id="differs-b"`, `id="differs-c"`, `id="differs-stranger"`, "Skriv til kundeservice@bompass.example")
	s.Hides(`id="differs-d"`)
}

// Two vehicles are on the agreement: the lines are the chosen one's, and say so.
func TestLinesNameThePlateOfTheVehicleThatIsChecked(t *testing.T) {
	reply, tariffs := month(t)
	for i := range reply.Passages {
		reply.Passages[i].MatchedBy = toll.ByPlate
	}
	for vehicle, want := range map[toll.VehicleID][2]string{
		fixture.KariPetrol: {"På skiltet DP 45821", "EK 31204, brikken"}, fixture.KariElectric: {"På skiltet EK 31204", "DP 45821, brikken"},
	} {
		s := pagetest.Open(t, serve(reply, tariffs), "/check?vehicle="+string(vehicle)+"&month=2026-11", page.New)
		s.Do(func(app.Context) { page.ShowAll(s.Page, "a") })
		s.Shows(want[0])
		s.Hides(want[1])
	}
}

func TestFirstVehicleIsCheckedWhenNoneIsChosen(t *testing.T) {
	server := serve(month(t))
	pagetest.Open(t, server, "/check", page.New).Shows("Alle 4 linjer stemmer")
	if server.Calls(api.Recheck.Path+"?month=2026-11&vehicle="+string(fixture.KariPetrol)) != 1 {
		t.Error("the first vehicle's month was not asked for")
	}
}

func TestPageSaysWhyThereIsNothingToCheck(t *testing.T) {
	reply, tariffs := month(t)
	empty := reply
	empty.Statement = recheck.Statement{Month: reply.Month}
	pagetest.Open(t, serve(empty, tariffs), "/check", page.New).Shows("Ingen passeringer å sjekke")
	reply.Hidden = 2
	pagetest.Open(t, serve(reply, tariffs), "/check", page.New).Shows("2 passeringer med kjøretøyet", "av en annen")
	pagetest.Open(t, &pagetest.Server{}, "/check", page.New).Shows("Du har ingen kjøretøy")
	server := &pagetest.Server{Fault: &fault.Error{Code: fault.Busy}}
	for _, address := range []string{"/check", "/check?vehicle=v"} {
		pagetest.Open(t, server, address, page.New).Shows("opptatt", "Prøv igjen")
	}
}

// An event changes the month on the page; the vehicle's own events alone are asked about.
func TestMonthIsRatedAgainWhenItChanges(t *testing.T) {
	reply, tariffs := month(t)
	server := serve(reply, tariffs)
	s := pagetest.Open(t, server, address, page.New)
	changed := reply
	changed.Charges = append(changed.Charges[:0:0], reply.Charges...)
	changed.Charges[0].Net += 100
	server.With(api.Recheck.Endpoint, changed)
	other := pagetest.Line("x", pagetest.Noon)
	other.Vehicle = fixture.KariElectric
	s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{other}})
	s.Shows("Alle 4 linjer stemmer")
	s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon)}})
	s.Shows("1 av 4 linjer stemmer ikke")
	if n := server.Count(api.TariffBook.Endpoint); n != 1 {
		t.Errorf("the same tariffs were fetched %d times", n)
	}
}

func TestTariffsOfAnotherVersionAreFetched(t *testing.T) {
	reply, tariffs := month(t)
	server := serve(reply, tariffs)
	s := pagetest.Open(t, server, address, page.New)
	reply.Tariffs = "another"
	server.With(api.Recheck.Endpoint, reply)
	s.Connect(false)
	s.Connect(true)
	if n := server.Count(api.TariffBook.Endpoint); n != 2 {
		t.Errorf("tariffs were fetched %d times, want again for another version", n)
	}
}

func TestFormNeedsAVehicle(t *testing.T) {
	s := pagetest.Open(t, &pagetest.Server{}, "/check", page.New)
	s.Do(func(ctx app.Context) { page.Submit(ctx, s.Page) })
	s.Shows(`href="#vehicle"`, `aria-describedby="vehicle-wrong"`)
	if s.Window.FocusID != "mistakes" || !strings.HasPrefix(s.Window.PageTitle, "Feil: ") {
		t.Errorf("focus on %q, title %q", s.Window.FocusID, s.Window.PageTitle)
	}
	refused := &pagetest.Server{Fault: fault.New(fault.FieldWrong).At("month")}
	pagetest.Open(t, refused, address, page.New).Shows(`href="#month"`, `aria-describedby="month-wrong"`)
}
