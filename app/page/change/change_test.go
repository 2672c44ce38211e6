//go:build !js

package change_test

import (
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/change"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

const (
	tagOne = "9578010000000000012"
	tagTwo = "9578010000000000020"
)

// fleetOf is an agreement with two vehicles, of which one has a tag, and a tag on hold.
func fleetOf() api.FleetReply {
	return api.FleetReply{
		Key: "0196a000-0000-7000-8000-0000000000aa",
		Lines: []api.FleetLine{
			{Agreement: "7001001", Vehicle: "v1", Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol", Tag: tagOne, Status: toll.TagActive, Version: 4},
			{Agreement: "7001001", Vehicle: "v2", Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric", Version: 2},
			{Agreement: "7001001", Tag: tagTwo, Status: toll.TagOnHold, Version: 9},
		},
		Agreements: []api.FleetAgreement{{Number: "7001001", Charger: "ferde", Full: true}, {Number: "7001002", Charger: "ferde"}},
	}
}

func plate(text string) *toll.Plate {
	p := toll.NewPlate("NO", text)
	return &p
}

func moved() api.FleetReceipt {
	return api.FleetReceipt{
		FleetEvent: api.FleetEvent{
			ID: 7, Key: fleetOf().Key, Kind: toll.ChangeMove, At: pagetest.Noon, Effective: pagetest.Noon.Add(-time.Hour), Actor: "Nils Berg", Party: "Kari Lund",
			Agreement: "7001001", Tag: tagOne, From: plate("DP45821"), To: plate("BT90214"), Before: toll.TagActive, After: toll.TagActive,
		},
		Prices: []api.FleetPrice{{Plate: *plate("DP45821"), Passages: 1, Before: 2000, Now: 2500}, {Plate: *plate("BT90214"), Passages: 2, Before: 5000, Now: 4000}},
	}
}

func serve() *pagetest.Server {
	return pagetest.With(api.Fleet.Endpoint, fleetOf()).With(api.FleetCheck.Endpoint, moved()).With(api.FleetChange.Endpoint, moved()).
		With(api.VehicleLookup.Endpoint, api.VehicleLookupReply{
			Plate: *plate("BT90214"), Looked: "sealed", Found: &api.VehicleFound{Make: "SKODA", Model: "ENYAQ", Since: "2023", Facts: toll.Facts{Category: "M1", Fuel: toll.FuelElectric}},
		})
}

// S2.67–S2.70: the page asks for the tag, the number and the time, shows the vehicle and what will happen, and saves.
func TestTagIsMovedAfterTheVehicleIsShown(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/tags/move?tag="+tagOne, change.NewMove)
	s.Shows("Flytt en brikke", "DP 45821, brikke "+tagOne, "Brikke "+tagTwo+", på vent", "Hva skal skje med DP 45821?")
	s.Hides("EK 31204")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{When: "then"})
		change.Next(ctx, s.Page)
	})
	s.Shows("Velg dato og klokkeslett", "Tidligst 17. nov. 2026")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Plate: "bt 90214", When: "then", Day: "2026-11-19", Hour: "08:30", Keep: "yes"})
		change.Next(ctx, s.Page)
	})
	s.Shows("SKODA ENYAQ", "elbil", "Dette skjer", "hører til BT 90214", "20,00", "25,00", "50,00", "40,00", "Etter")
	if server.Count(api.FleetChange.Endpoint) != 0 {
		t.Error("saved before the vehicle was shown")
	}
	s.Do(func(ctx app.Context) { change.Save(ctx, s.Page) })
	sent := pagetest.Sent[api.FleetChangeRequest](t, server, api.FleetChange.Endpoint)
	at := oslo.At(oslo.Date(2026, time.November, 19), 8, 30, 0)
	if len(sent) != 1 || sent[0].Tag != tagOne || sent[0].Plate != "BT90214" || !sent[0].At.Equal(at) || !sent[0].Keep || sent[0].Version != 4 || sent[0].Key != fleetOf().Key || sent[0].Looked != "sealed" {
		t.Errorf("sent %+v", sent)
	}
}

// A vehicle that no register has is stated. What somebody else has changed in the meantime is shown.
func TestUnknownVehicleIsStated(t *testing.T) {
	server := serve().With(api.VehicleLookup.Endpoint, api.VehicleLookupReply{Plate: *plate("BT90214"), Silent: true, Meant: plate("BT90241")})
	s := pagetest.Open(t, server, "/tags/move?tag="+tagTwo, change.NewMove)
	s.Hides("Hva skal skje med")
	s.Do(func(ctx app.Context) { change.Next(ctx, s.Page) })
	s.Shows("svarer ikke akkurat nå", "BT 90241")
	s.Do(func(ctx app.Context) { change.State(ctx, s.Page) })
	s.Shows("Se på nummeret og kryss av", "Velg hva slags kjøretøy det er")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Right: true, Stated: toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"}})
		change.State(ctx, s.Page)
	})
	s.Shows("Opplysningene er de du har oppgitt", "dieselbil")
	server.Refusal = fault.New(fault.ChangedMeanwhile)
	s.Do(func(ctx app.Context) { change.Save(ctx, s.Page) })
	s.Shows("Noen andre endret dette")
}

// S1.42, S1.43, S2.71: removing asks which vehicle, and what becomes of its tag; K06: the last one asks about the agreement.
func TestVehicleIsRemoved(t *testing.T) {
	reply := api.FleetReceipt{FleetEvent: api.FleetEvent{
		Kind: toll.ChangeSettle, Reason: toll.ReasonSold, Effective: pagetest.Noon, At: pagetest.Noon, Tag: tagOne, From: plate("DP45821"), Returned: 20000, Ended: true, Agreement: "7001001",
	}}
	one := fleetOf()
	one.Lines = one.Lines[:1]
	server := serve().With(api.FleetCheck.Endpoint, reply).With(api.Fleet.Endpoint, one)
	s := pagetest.Open(t, server, "/vehicles/remove", change.NewRemove)
	s.Shows("Fjern et kjøretøy", "Solgt eller gitt bort", "Vraket", "Stjålet", "Skal brikken brukes igjen?")
	s.Hides("Avslutt avtalen også")
	s.Do(func(ctx app.Context) { change.Next(ctx, s.Page) })
	s.Shows("Velg hva som har skjedd", "Velg om brikken skal brukes igjen")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Reason: toll.ReasonSold, Fate: toll.ChangeSettle, End: true})
		change.Next(ctx, s.Page)
	})
	s.Shows("er ute av avtalen", "elektrisk avfall", "200,00", "Meld salget", "Avtale 7001001 er avsluttet")
	s.Do(func(ctx app.Context) { change.Save(ctx, s.Page) })
	if sent := pagetest.Sent[api.FleetChangeRequest](t, server, api.FleetChange.Endpoint); len(sent) != 1 || !sent[0].End || sent[0].Kind != toll.ChangeSettle || sent[0].Reason != toll.ReasonSold {
		t.Errorf("sent %+v", sent)
	}
}

func TestTagIsReportedLostAndReopened(t *testing.T) {
	lost := moved()
	lost.Kind, lost.To, lost.Kept, lost.After, lost.Prices = toll.ChangeLost, plate("DP45821"), true, toll.TagLost, nil
	s := pagetest.Open(t, serve().With(api.FleetCheck.Endpoint, lost), "/tags/lost?tag="+tagOne, change.NewLost)
	s.Do(func(ctx app.Context) { change.Next(ctx, s.Page) })
	s.Shows("Velg hva som har skjedd")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Reason: toll.ReasonStolen})
		change.Next(ctx, s.Page)
	})
	s.Shows("er sperret og godtas ikke lenger", "står fortsatt på avtalen", "Sperr brikken")
	found := fleetOf()
	found.Lines[2].Status = toll.TagLost
	lost.Kind = toll.ChangeReopen
	server := serve().With(api.Fleet.Endpoint, found).With(api.FleetCheck.Endpoint, lost)
	s = pagetest.Open(t, server, "/tags/lost?tag="+tagTwo, change.NewLost)
	s.Shows("Har du funnet den")
	s.Do(func(ctx app.Context) { change.Next(ctx, s.Page) })
	s.Shows("Åpne brikken")
	s.Do(func(ctx app.Context) { change.Save(ctx, s.Page) })
	if sent := pagetest.Sent[api.FleetChangeRequest](t, server, api.FleetChange.Endpoint); len(sent) != 1 || sent[0].Kind != toll.ChangeReopen || sent[0].Tag != tagTwo {
		t.Errorf("sent %+v", sent)
	}
}

// S2.63–S2.66: a vehicle is added to the agreement that is chosen, with both sets of terms. K07: a full agreement leads to a
// new one, with the answers given so far.
func TestVehicleIsAddedOrCarriedOver(t *testing.T) {
	server := serve().With(api.FleetCheck.Endpoint, api.FleetReceipt{
		Usual: &api.UsualCost{Month: oslo.Date(2026, time.October, 1).Month(), Plate: *plate("DP45821"), Passages: 42, With: 40000, Without: 123400},
	}).With(api.AgreementAnswer.Endpoint, api.AgreementDraftReply{}).With(api.AgreementDraft.Endpoint, api.AgreementDraftReply{Next: api.StepVehicle})
	s := pagetest.Open(t, server, "/vehicles/add", change.NewAdd)
	s.Shows("Avtale 7001001 er full", "Avtale 7001002, på samme faktura", "Ny avtale, med egen faktura", "En privat avtale kan ha 2 kjøretøy")
	s.Do(func(ctx app.Context) { change.Next(ctx, s.Page) })
	s.Shows("Velg avtale")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Plate: "BT 90214", Agreement: "7001002"})
		change.Next(ctx, s.Page)
	})
	s.Shows("SKODA ENYAQ", "Med brikke får du lavere pris", `href="/terms/general"`, "Legg til kjøretøyet", "DP 45821 hadde i oktober 2026 (42 passeringer)", "400,00", "1 234,00")
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Terms: true, Order: "yes"})
		change.Save(ctx, s.Page)
	})
	if sent := pagetest.Sent[api.FleetChangeRequest](t, server, api.FleetChange.Endpoint); len(sent) != 1 || sent[0].Agreement != "7001002" || !sent[0].OrderTag || len(sent[0].Terms) != 2 {
		t.Errorf("sent %+v", sent)
	}
	s = pagetest.Open(t, server, "/vehicles/add", change.NewAdd)
	s.Do(func(ctx app.Context) {
		change.Fill(s.Page, change.Answers{Plate: "BT 90214", Agreement: "7001001"})
		change.Next(ctx, s.Page)
	})
	steps := pagetest.Sent[api.AgreementStepRequest](t, server, api.AgreementAnswer.Endpoint)
	if len(steps) != 3 || steps[0].Answers.Country != "NO" || steps[1].Answers.Plate != "BT 90214" || steps[2].Answers.Charger != "ferde" {
		t.Errorf("carried over: %+v", steps)
	}
}

// The receipt says what passages cost before and now, once they are priced; the history says who did what.
func TestReceiptAndHistory(t *testing.T) {
	s := pagetest.Open(t, pagetest.With(api.FleetConfirm.Endpoint, moved()), "/vehicles/changed?key="+moved().Key, change.NewReceipt)
	s.Shows("Brikken er flyttet fra DP 45821 til BT 90214", "Nils Berg for Kari Lund", "20,00", "25,00", "50,00", "40,00", "Skriv ut eller lagre")
	pending := moved()
	pending.Pending = true
	s = pagetest.Open(t, pagetest.With(api.FleetConfirm.Endpoint, pending), "/vehicles/changed?key="+moved().Key, change.NewReceipt)
	s.Shows("prises på nytt")
	s.Hides("25,00")
	events := []api.FleetEvent{moved().FleetEvent, {ID: 3, Kind: toll.ChangeSend, At: pagetest.Noon, Effective: pagetest.Noon, Before: toll.TagOrdered, After: toll.TagActive, To: plate("DP45821"), Party: "Kari Lund"}}
	s = pagetest.Open(t, pagetest.With(api.FleetHistory.Endpoint, api.FleetHistoryReply{Events: events, Next: "3"}), "/vehicles/history?agreement=7001001", change.NewHistory)
	s.Shows("Hvem gjorde hva", "Nils Berg for Kari Lund", "Kundeservice", "fra bestilt til i bruk", "Vis eldre")
	s = pagetest.Open(t, pagetest.With(api.FleetHistory.Endpoint, api.FleetHistoryReply{}), "/vehicles/history", change.NewHistory)
	s.Shows("Ingen endringer ennå")
}

// A seller gets a text for the buyer, which can be copied and shared; a vehicle that leaves for another reason has none.
func TestSoldVehicleHasTextForBuyer(t *testing.T) {
	sold := moved()
	sold.Kind, sold.To, sold.Reason, sold.Prices = toll.ChangeHold, nil, toll.ReasonSold, nil
	s := pagetest.Open(t, pagetest.With(api.FleetConfirm.Endpoint, sold), "/vehicles/changed?key="+sold.Key, change.NewReceipt)
	s.Shows("Til kjøperen", "DP 45821 er ikke lenger på selgerens bompengeavtale", "Registrer eierskiftet", `id="copy"`, `id="share"`, "Skriv ut eller lagre")
	sold.Reason = toll.ReasonScrapped
	pagetest.Open(t, pagetest.With(api.FleetConfirm.Endpoint, sold), "/vehicles/changed?key="+sold.Key, change.NewReceipt).Hides("Til kjøperen")
}
