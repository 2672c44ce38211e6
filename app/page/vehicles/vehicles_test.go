//go:build !js

package vehicles_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/vehicles"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

const listAddress, vehicleAddress = "/vehicles", "/vehicles/details?vehicle=v1"

// fleetOf returns an overview of two agreements, the first with n vehicles and the second with one.
func fleetOf(n int) api.OverviewReply {
	a := api.AgreementOverview{ID: "a", Number: "7001001", Charger: "Fjellinjen", Vehicles: []api.VehicleOverview{}}
	for i := range n {
		a.Vehicles = append(a.Vehicles, api.VehicleOverview{
			ID: toll.VehicleID(fmt.Sprintf("v%d", i)), Plate: toll.NewPlate("NO", fmt.Sprintf("VJ%05d", 10000+i)), Class: "heavy euro6", Fuel: toll.FuelDiesel,
			Tag: "9578010000000000012", Status: toll.TagActive, Balance: money.Ore(100 * i), Passages: i,
		})
	}
	b := api.AgreementOverview{ID: "b", Number: "7001002", Charger: "Ferde", Vehicles: []api.VehicleOverview{{
		ID: "b1", Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric", Fuel: toll.FuelElectric, Ordered: true, Balance: 9_999_00,
	}}}
	return api.OverviewReply{Month: oslo.MonthOf(pagetest.Noon), Agreements: []api.AgreementOverview{a, b}}
}

func open(t *testing.T, reply api.OverviewReply) *pagetest.Screen {
	t.Helper()
	return pagetest.Open(t, pagetest.With(api.Overview.Endpoint, reply), listAddress, vehicles.New)
}

func TestVehiclesAreListedWithTagAndCost(t *testing.T) {
	s := open(t, fleetOf(1))
	s.Shows("2 kjøretøy", "VJ 10000", "Tungt kjøretøy, Euro VI · Diesel", "9578010000000000012", "Aktiv", "Fjellinjen", "7001001",
		"EK 31204", "Elbil", "Bestilt", "9 999,00", `href="/vehicles/details?vehicle=b1"`)
	s.Hides("list-search", `id="vehicles-search"`)
}

func TestWithoutVehiclesThePageLeadsToAnAgreement(t *testing.T) {
	empty := open(t, api.OverviewReply{Month: oslo.MonthOf(pagetest.Noon)})
	empty.Shows("Du har ingen kjøretøy", `href="/agreements/new"`)
	server := pagetest.With(api.Overview.Endpoint, api.OverviewReply{})
	server.Role = role.Auditor
	auditor := pagetest.Open(t, server, listAddress, vehicles.New)
	auditor.Shows("Du har ingen kjøretøy")
	auditor.Hides(`href="/agreements/new"`)
}

// A fleet is paged, ordered and searched.
func TestFleetIsSearchedOrderedAndPaged(t *testing.T) {
	s := open(t, fleetOf(4000))
	s.Shows("4 001 kjøretøy", `id="vehicles-search"`, "VJ 10023")
	s.Hides("VJ 10024")
	listing := vehicles.ListingOf(s.Page)
	s.Do(func(app.Context) { listing.Order = vehicles.ByCost })
	if text := s.Text(); strings.Index(text, "EK 31204") > strings.Index(text, "VJ 13999") {
		t.Error("the dearest vehicle is not the first")
	}
	s.Do(func(app.Context) { listing.Order = vehicles.ByTag })
	if text := s.Text(); strings.Index(text, "EK 31204") > strings.Index(text, "VJ 10000") {
		t.Error("the vehicle without a tag is not the first")
	}
	s.Do(func(app.Context) { listing.Search = "ferde" })
	s.Shows("Ingen kjøretøy passer til søket")
	for search, want := range map[string]string{"vj12345": "VJ 12345", "bestilt": "EK 31204", "7001002": "EK 31204", "elektrisk": "EK 31204"} {
		s.Do(func(app.Context) { listing.Search = search })
		s.Shows(want)
		s.Hides("VJ 10000")
	}
}

func TestOneAgreementHasItsOwnVehicles(t *testing.T) {
	s := open(t, fleetOf(2))
	s.Do(func(ctx app.Context) { vehicles.ShowAgreement(ctx, s.Page, "b") })
	s.Shows("EK 31204")
	s.Hides("VJ 10000")
}

// vehicleOf returns a vehicle with everything that its page can show.
func vehicleOf() api.VehicleReply {
	noon, month := pagetest.Noon, oslo.MonthOf(pagetest.Noon)
	return api.VehicleReply{
		ID: "v1", Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol", Current: true, FactsFrom: noon.AddDate(-2, 0, 0),
		Facts: toll.Facts{Category: "M1", WeightKG: 1890, Fuel: toll.FuelPetrol, Euro: 6},
		Mounts: []api.VehicleMount{
			{Agreement: "7001001", Charger: "Fjellinjen", Tag: "9578010000000000020", Status: toll.TagActive, Delivered: noon.AddDate(-1, 0, 0), Validity: toll.Validity{From: noon.AddDate(-1, 0, 0)}},
			{Agreement: "7001001", Charger: "Fjellinjen", Tag: "9578010000000000012", Status: toll.TagSettled, Validity: toll.Validity{From: noon.AddDate(-2, 0, 0), To: noon.AddDate(-1, 0, 0)}},
		},
		Exemptions: []api.ExemptPeriod{{Kind: toll.ExemptDisabled, Validity: toll.Validity{From: noon.AddDate(-1, 0, 0)}}},
		Caps:       []api.CapOverview{{Scheme: "Oslopakke 3", Count: 42, Of: 60}},
		Month:      month, Months: []api.MonthSpend{{Month: month, Net: 123400, Passages: 40}},
		Reads:  []api.TagReads{{Days: 30, Passages: 40, Read: 30}, {Days: 90}},
		Unread: api.UnreadRun{Passages: 5, Lost: 2900},
	}
}

func openVehicle(t *testing.T, reply api.VehicleReply) *pagetest.Screen {
	t.Helper()
	return pagetest.Open(t, pagetest.With(api.Vehicle.Endpoint, reply), vehicleAddress, vehicles.NewVehicle)
}

func TestVehicleShowsTagFactsAndHistory(t *testing.T) {
	openVehicle(t, vehicleOf()).Shows(
		"Kjøretøy DP 45821", "de siste 5 passeringene", "29,00", `href="/help/tags/mounting"`,
		"9578010000000000020", "Aktiv", "Mellom november 2030 og november 2032",
		"Siste 30 dager", "75", "Ingen passeringer",
		"Bensinbil", "1 890 kg", "Euro 6", "Kjøretøyregisteret, gjelder fra",
		"1 234,00", "Vis som tabell", "42 av 60", "Parkeringstillatelse for forflytningshemmede",
		"9578010000000000012", "løpende", `href="/passages?from=2026-11-01`, `href="/agreements/details?number=7001001"`)
}

// Nothing is shown as missing without saying what that means.
func TestVehicleWithoutTagSaysWhatThatMeans(t *testing.T) {
	v := vehicleOf()
	v.Mounts, v.Reads, v.Unread, v.Exemptions, v.Months, v.Caps = nil, nil, api.UnreadRun{}, nil, nil, nil
	s := openVehicle(t, v)
	s.Shows("Ingen brikke", "noen rabatter faller bort", "Ingen fritak", "ingen passeringer de siste seks månedene", "ikke stått på noen av avtalene")
	s.Hides("ikke lest ved", "42 av 60")
	v.Ordered, v.Declared = true, true
	openVehicle(t, v).Shows("Bestilt", "kommer i posten", "Oppgitt av deg")
	v.Current = false
	former := openVehicle(t, v)
	former.Shows("ikke lenger på noen av avtalene dine")
	former.Hides("Ingen fritak")
}

func TestUnreadTagWithoutLossSaysSo(t *testing.T) {
	v := vehicleOf()
	v.Unread.Lost = 0
	openVehicle(t, v).Shows("ikke kostet deg noen rabatt")
}

// An accountant sees what a vehicle costs, and is not led to where it was.
func TestAccountantIsNotLedToPassages(t *testing.T) {
	server := pagetest.With(api.Vehicle.Endpoint, vehicleOf())
	server.Role = role.Accountant
	s := pagetest.Open(t, server, vehicleAddress, vehicles.NewVehicle)
	s.Shows("1 234,00")
	s.Hides(`href="/passages?`)
}

func TestUnknownVehicleIsExplained(t *testing.T) {
	server := &pagetest.Server{Fault: fault.New(fault.NotFound)}
	pagetest.Open(t, server, "/vehicles/details?vehicle="+string(fixture.OlavCar), vehicles.NewVehicle).Shows("Kjøretøy", "hører ikke til deg")
}

// A blocked agreement says since when it is blocked, what that has cost, and what ends it, on the pages of vehicle and tag.
func TestBlockedVehicleSaysWhatItHasCost(t *testing.T) {
	v := vehicleOf()
	v.Blocked = api.BlockedSpan{Since: oslo.At(oslo.Date(2026, time.May, 3), 12, 0, 0), Passages: 40, Lost: 21200}
	says := []string{"Sperret siden 3. mai 2026: tapte rabatter 212,00", `href="/invoices"`, "Betal det du skylder"}
	openVehicle(t, v).Shows(says...)
	openVehicle(t, vehicleOf()).Hides("Sperret siden")
	tag := v.Mounts[0].Tag
	server := pagetest.With(api.Vehicle.Endpoint, v).With(api.Fleet.Endpoint, api.FleetReply{Lines: []api.FleetLine{
		{Agreement: "7001001", Vehicle: v.ID, Plate: v.Plate, Tag: tag, Status: toll.TagActive},
	}})
	pagetest.Open(t, server, "/tags/details?tag="+string(tag), vehicles.NewTag).Shows(append(says, `href="/tags/orders?vehicle=v1"`)...)
}
