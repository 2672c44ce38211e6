//go:build !js

package overview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/overview"
	"bompass/app/pagetest"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

func overviewServer(reply api.OverviewReply) *pagetest.Server {
	return pagetest.With(api.Overview.Endpoint, reply)
}

// month is an overview of a customer with two agreements, half of October and two thirds of November.
func month() api.OverviewReply {
	november := oslo.MonthOf(pagetest.Noon)
	car := func(id toll.VehicleID, plate string) api.VehicleOverview {
		return api.VehicleOverview{ID: id, Plate: toll.NewPlate("NO", plate), Class: "light petrol", Tag: "9578010000000000012", Passages: 10}
	}
	petrol, electric := car(fixture.KariPetrol, "DP45821"), car(fixture.KariElectric, "EK31204")
	petrol.Caps = []api.CapOverview{{Scheme: "Oslopakke 3", Group: "border", Count: 42, Of: 60}}
	electric.Caps, electric.Unread = []api.CapOverview{{Scheme: "Bomringen i Bergen", Count: 60, Of: 60}}, 7
	reply := api.OverviewReply{
		Month: november, Total: 30000,
		Agreements: []api.AgreementOverview{
			{ID: "a", Number: "7001001", Kind: toll.Private, Charger: "Fjellinjen", Balance: 20000, Passages: 10, Vehicles: []api.VehicleOverview{petrol}},
			{ID: "b", Number: "7001002", Kind: toll.Company, Charger: "Ferde", Balance: 10000, Passages: 10, Vehicles: []api.VehicleOverview{electric}},
		},
		Days: []api.DaySpend{
			{Day: november.First() - 20, Agreement: "a", Net: 25000, Passages: 5}, // 12 October
			{Day: november.First() - 2, Agreement: "a", Net: 9900, Passages: 5},   // 30 October: not on the same date yet
			{Day: november.First(), Agreement: "a", Net: 20000, Passages: 10},
			{Day: oslo.DayOf(pagetest.Noon), Agreement: "b", Net: 10000, Passages: 10},
		},
		Months: []api.MonthSpend{
			{Month: november - 1, Agreement: "a", Net: 34900, Passages: 10},
			{Month: november, Agreement: "a", Net: 20000, Passages: 10},
			{Month: november, Agreement: "b", Net: 10000, Passages: 10},
		},
		Owed: []api.Owed{
			{Agreement: "a", Unbilled: 54900, Passages: 20, Since: (november - 1).First()},
			{Agreement: "b", Unbilled: 10000, Passages: 10, Since: november.First()},
		},
	}
	first, second := pagetest.Line("p1", pagetest.Noon), pagetest.Line("p2", pagetest.Noon.Add(-time.Hour))
	first.Agreement, second.Agreement, second.Name, second.Plate = "a", "b", "Danmarksplass", electric.Plate
	reply.Latest = []api.PassageLine{first, second}
	return reply
}

func TestCostIsComparedWithTheSameDateLastMonth(t *testing.T) {
	s := pagetest.Open(t, overviewServer(month()), "/", overview.New)
	s.Shows("Avtale 7001001 · Privat · 1 kjøretøy", "Avtale 7001002 · Bedrift", `href="/agreements/details?number=7001001"`)
	s.Shows("50,00 kr mer enn på samme dato i oktober", "Vis som tabell", `role="tab"`)
	overview.SelectView(s.Page, "sum")
	s.Do(func(app.Context) {})
	s.Shows("349,00 kr", `data-part="line-1"`)
	less := month()
	less.Days = less.Days[:3]
	s = pagetest.Open(t, overviewServer(less), "/", overview.New)
	s.Shows("50,00 kr mindre enn på samme dato i oktober")
	less.Days = less.Days[2:]
	s = pagetest.Open(t, overviewServer(less), "/", overview.New)
	s.Hides("samme dato")
}

func TestProgressTowardsCapsIsShownFurthestFirst(t *testing.T) {
	reply := month()
	s := pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows("42 av 60", "Oslopakke 3, bygrensen", "60 av 60", "Bomringen i Bergen", "Taket er nådd")
	if text := s.Text(); strings.Index(text, `id="cap-0"`) > strings.LastIndex(text, "60 av 60") || strings.LastIndex(text, "60 av 60") > strings.LastIndex(text, "42 av 60") {
		t.Error("the vehicle that is furthest does not come first")
	}
	for i := range 103 { // of many, the first five are shown, and how many more there are
		v := reply.Agreements[0].Vehicles[0]
		v.ID = toll.VehicleID(fmt.Sprint("v", i))
		reply.Agreements[0].Vehicles = append(reply.Agreements[0].Vehicles, v)
	}
	s = pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows(`id="cap-4"`, "100 til.")
	s.Hides(`id="cap-5"`)
}

// The page has what is to be paid first, then what is to be done, where one drove, the vehicles and the cost over time.
func TestOverviewHasItsPartsInOrder(t *testing.T) {
	s := pagetest.Open(t, overviewServer(month()), "/", overview.New)
	s.Shows("Du har ingen faktura å betale.", "649,00 kr", "Ikke fakturert ennå, 30 passeringer siden 1. okt. 2026", "Så langt i november 2026: 300,00 kr, 20 passeringer.")
	text, at := s.Text(), 0
	for _, part := range []string{"Å betale", "Dette må du gjøre", `id="latest"`, `id="agreements"`, `id="spend-title"`} {
		next := strings.Index(text, part)
		if next < at {
			t.Errorf("%s is missing or in another place", part)
		}
		at = next
	}
	if n := strings.Count(text, `class="bp-task"`); n != 1 || !strings.Contains(text, ">Se passeringene til EK 31204</a>") {
		t.Errorf("%d tasks, or one without its button", n)
	}
	s.Shows("Søylediagram: kostnad måned for måned fra juni 2026 til november 2026, til sammen ")
}

// S1.48: what is to be paid is the unpaid invoices; what is not invoiced yet stands beside it. One agreement shows its own.
func TestOverviewShowsUnpaidInvoices(t *testing.T) {
	reply := month()
	today := oslo.DayOf(pagetest.Noon)
	reply.Owed[0].Outstanding, reply.Owed[0].Invoices, reply.Owed[0].Due = 91840, 1, today+5
	s := pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows("918,40 kr", "1 ubetalt faktura. Betalingsfristen er 25. nov. 2026.", "siden 1. okt. 2026: 649,00 kr", `href="/invoices"`)
	reply.Owed[1].Outstanding, reply.Owed[1].Invoices, reply.Owed[1].Due = 10000, 1, today-1
	s = pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows("1 018,40 kr", "Betalingsfristen 19. nov. 2026 har gått ut.")
	s = pagetest.Open(t, overviewServer(reply), "/?agreement=a", overview.New)
	s.Shows("918,40 kr", "siden 1. okt. 2026: 549,00 kr")
}

// Without an agreement there is nothing to pay or to compare: the page leads to making an agreement and to finding one.
func TestOverviewWithoutAgreementOffersTwoWays(t *testing.T) {
	s := pagetest.Open(t, overviewServer(api.OverviewReply{Month: oslo.MonthOf(pagetest.Noon)}), "/", overview.New)
	s.Shows("Bli kunde", "Finn avtalen din", `href="/agreements/new"`, `href="/agreements/find"`)
	s.Hides("bp-balance", "bp-chart", `id="latest"`, `id="agreements"`)
}

// A tag that is on its way is not said to be missing.
func TestVehicleSaysTheStateOfItsTag(t *testing.T) {
	reply := month()
	reply.Agreements[0].Vehicles[0].Tag, reply.Agreements[0].Vehicles[0].Ordered = "", true
	s := pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows("Brikke bestilt", "Blir sjelden lest")
	s.Hides("Ingen brikke")
}

func TestOpenTasksOfTheCustomerAreListed(t *testing.T) {
	quiet := month()
	quiet.Agreements[1].Vehicles[0].Unread = 2
	s := pagetest.Open(t, overviewServer(quiet), "/", overview.New)
	s.Hides("Dette må du gjøre")
	busy := month()
	busy.Agreements[0].Blocked = true
	busy.Agreements = append(busy.Agreements, api.AgreementOverview{ID: "c", Number: "7001003", Charger: "Vegamot"})
	busy.Unagreed = &api.AgreementOverview{Vehicles: []api.VehicleOverview{{ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877")}}}
	s = pagetest.Open(t, overviewServer(busy), "/", overview.New)
	s.Shows("Dette må du gjøre", "Avtale 7001001 hos Fjellinjen er sperret", "uten rabatt og passeringstak", "Avtale 7001003 hos Vegamot har ingen kjøretøy",
		"Brikken i EK 31204 blir sjelden lest", "7 av 10 passeringer")
}

func TestOneAgreementIsShownAlone(t *testing.T) {
	server := overviewServer(month()).With(api.PassageList.Endpoint, api.PassageListReply{Lines: month().Latest[1:], Count: 1})
	s := pagetest.Open(t, server, "/?agreement=b", overview.New)
	s.Shows("100,00 kr", "EK 31204", "Danmarksplass")
	if !s.HasElement(`value="b"`, "selected") {
		t.Error("the agreement is not the chosen one")
	}
	s.Hides("DP 45821", "E18 Maritim", "300,00 kr", "349,00 kr")
	if server.Calls("/api/v1/passages?agreement=b&from=2026-10-22&to=2026-11-20") != 1 {
		t.Error("the agreement's own latest passages were not asked for")
	}
	other := api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line("p9", pagetest.Noon)}, Balance: 99999}
	s.Publish(other)
	s.Hides("E18 Maritim", "999,99 kr")
	s = pagetest.Open(t, overviewServer(month()), "/?agreement=gone", overview.New)
	s.Shows("300,00 kr", "DP 45821", "EK 31204")
}

func TestOverviewShowsTheMonthsCost(t *testing.T) {
	server := overviewServer(api.OverviewReply{
		Month: oslo.MonthOf(pagetest.Noon), Total: 123456, Latest: []api.PassageLine{pagetest.Line("a", pagetest.Noon)},
		Agreements: []api.AgreementOverview{{
			ID: "x", Number: "7001001", Charger: "Fjellinjen", Balance: 123456, Passages: 1,
			Vehicles: []api.VehicleOverview{{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol"}},
		}},
		Unagreed: &api.AgreementOverview{Vehicles: []api.VehicleOverview{{ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877")}}},
	})
	s := pagetest.Open(t, server, "/", overview.New)
	s.Shows("1 234,56 kr", "november 2026", "Avtale 7001001", "DP 45821", "Bensinbil", "E18 Maritim", "Kari Lund",
		"RK 20877", "står ikke på noen avtale", "1 passering<")
	if got, want := s.Window.PageTitle, "Oversikt – Bompass"; got != want {
		t.Errorf("title: got %q, want %q", got, want)
	}
	if s.Window.FocusID != "" {
		t.Errorf("the first page moved focus to %q", s.Window.FocusID)
	}
}

func TestArrivingPassageChangesTheBalance(t *testing.T) {
	reply := api.OverviewReply{Month: oslo.MonthOf(pagetest.Noon), Total: 1000, Agreements: month().Agreements, Owed: []api.Owed{{Unbilled: 1000}}}
	server := overviewServer(reply)
	s := pagetest.Open(t, server, "/", overview.New)
	s.Hides("E18 Maritim")
	reply.Owed[0].Unbilled, reply.Total, reply.Latest = 3320, 3320, []api.PassageLine{pagetest.Line("a", pagetest.Noon)}
	server.With(api.Overview.Endpoint, reply)
	s.Publish(api.Event{Kind: "passage", Lines: reply.Latest, Balance: 3320})
	s.Shows("33,20 kr", "E18 Maritim", "Ny passering: E18 Maritim kl. 12:00, 23,20 kr", "bp-moved-1")
}

// The effect of an event is shown at once, and kept if the server's answer to the following request does not arrive.
func TestArrivingPassageIsShownBeforeTheServerAnswers(t *testing.T) {
	server := overviewServer(api.OverviewReply{Month: oslo.MonthOf(pagetest.Noon), Total: 1000, Agreements: month().Agreements, Owed: []api.Owed{{Unbilled: 1000}}})
	s := pagetest.Open(t, server, "/", overview.New)
	s.Window.FocusID = "passage-x"
	server.Fault = &fault.Error{Code: fault.Busy}
	s.Publish(api.Event{Kind: "passage", Lines: []api.PassageLine{pagetest.Line("a", pagetest.Noon)}, Balance: 3320})
	s.Shows("33,20 kr", "E18 Maritim")
	if s.Window.FocusID != "passage-x" {
		t.Errorf("focus went to %q when rows moved", s.Window.FocusID)
	}
}

// Of a large fleet, the page shows the dearest vehicles, then one page of what a search finds, in the order chosen.
func TestLargeFleetIsSearchedOrderedAndPaged(t *testing.T) {
	reply := month()
	reply.Agreements[0].Vehicles = nil
	for i := range 4000 {
		v := month().Agreements[0].Vehicles[0]
		v.ID, v.Plate, v.Balance, v.Caps = toll.VehicleID(fmt.Sprint("v", i)), toll.NewPlate("NO", fmt.Sprintf("AB%05d", 10000+i)), money.Ore(i), nil
		reply.Agreements[0].Vehicles = append(reply.Agreements[0].Vehicles, v)
	}
	s := pagetest.Open(t, overviewServer(reply), "/", overview.New)
	s.Shows("De 5 dyreste kjøretøyene denne måneden", "AB 13999</a>", "AB 13995</a>", `aria-expanded="false"`, "Vis alle 4 000 kjøretøy")
	s.Hides("AB 13994</a>")
	s.Do(func(ctx app.Context) { overview.Expand(ctx, s.Page, "a") })
	s.Shows("Søk i kjøretøyene", "AB 13975</a>", "Viser 1–25 av 4 000", "Neste side", "Vis færre kjøretøy")
	s.Hides("AB 13974</a>")
	if s.Window.FocusID != "fleet-a-found" {
		t.Errorf("focus is on %q", s.Window.FocusID)
	}
	s.Do(func(app.Context) { *overview.Listing(s.Page, "a") = ui.Listing{Order: "plate", Page: 1} })
	s.Shows("AB 10025</a>", "Viser 26–50 av 4 000", "Forrige side")
	s.Hides("AB 10024</a>", "AB 13999</a>")
	s.Do(func(app.Context) { *overview.Listing(s.Page, "a") = ui.Listing{Search: "ab 1234", Order: "plate"} })
	s.Shows("10 kjøretøy", "AB 12340</a>", "AB 12349</a>")
	s.Hides("AB 12350</a>", "Neste side")
}

// S1.13, S2.45, S2.46, S2.48, S2.49: the page names the company and the number, and leads to linking
// agreements and to making a new one, for roles that may change things.
func TestOverviewLeadsToMoreAgreements(t *testing.T) {
	for name, server := range map[string]*pagetest.Server{"two agreements": overviewServer(month()), "none": {}} {
		s := pagetest.Open(t, server, "/", overview.New)
		if !strings.Contains(s.Text(), `href="/agreements/new"`) || !strings.Contains(s.Text(), `href="/agreements/find"`) {
			t.Errorf("%s: no way to more", name)
		}
		if name == "two agreements" {
			s.Shows("Fjellinjen", "Ferde", "DP 45821", "EK 31204", "Avtale 7001001")
		}
	}
	server := overviewServer(month())
	server.Role = role.Auditor
	pagetest.Open(t, server, "/", overview.New).Hides(`href="/agreements/new"`, `href="/agreements/find"`)
}

// An accountant sees what is to be paid, and no empty list of passages that would promise some.
func TestAccountantSeesNoListOfPassages(t *testing.T) {
	reply := month()
	reply.Latest = nil
	server := overviewServer(reply)
	server.Role = role.Accountant
	s := pagetest.Open(t, server, "/", overview.New)
	s.Shows("Avtale 7001001")
	s.Hides("Ingen passeringer ennå", `id="latest"`)
}
