//go:build !js

package page_test

import (
	"strings"
	"testing"
	"time"

	"bompass/app/page"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// month is an overview of a customer with two agreements, half of October and two thirds of November.
func month() api.OverviewReply {
	november := oslo.MonthOf(noon)
	car := func(id toll.VehicleID, plate string) api.VehicleOverview {
		return api.VehicleOverview{ID: id, Plate: toll.NewPlate("NO", plate), Class: "light petrol", Tag: "9578010000000000012", Passages: 10}
	}
	petrol, electric := car(fixture.KariPetrol, "DP45821"), car(fixture.KariElectric, "EK31204")
	petrol.Caps = []api.CapOverview{{Scheme: "Oslopakke 3", Group: "border", Count: 42, Of: 60}}
	electric.Caps, electric.Unread = []api.CapOverview{{Scheme: "Bomringen i Bergen", Count: 60, Of: 60}}, 7
	reply := api.OverviewReply{
		Month: november, Total: 30000,
		Agreements: []api.AgreementOverview{
			{ID: "a", Number: "7001001", Charger: "Fjellinjen", Balance: 20000, Passages: 10, Vehicles: []api.VehicleOverview{petrol}},
			{ID: "b", Number: "7001002", Charger: "Ferde", Balance: 10000, Passages: 10, Vehicles: []api.VehicleOverview{electric}},
		},
		Days: []api.DaySpend{
			{Day: november.First() - 20, Agreement: "a", Net: 25000, Passages: 5}, // 12 October
			{Day: november.First() - 2, Agreement: "a", Net: 9900, Passages: 5},   // 30 October: not on the same date yet
			{Day: november.First(), Agreement: "a", Net: 20000, Passages: 10},
			{Day: oslo.DayOf(noon), Agreement: "b", Net: 10000, Passages: 10},
		},
	}
	first, second := line("p1", noon), line("p2", noon.Add(-time.Hour))
	first.Agreement, second.Agreement, second.Name, second.Plate = "a", "b", "Danmarksplass", electric.Plate
	reply.Latest = []api.PassageLine{first, second}
	return reply
}

func TestItComparesWithTheSameDateLastMonth(t *testing.T) {
	_, s := open(t, &desk{overview: month()}, "/", page.NewOverview)
	s.shows("50,00 kr mer enn på samme dato i oktober", "349,00 kr", `data-part="line-1"`, "Vis som tabell", `role="tab"`)
	less := month()
	less.Days = less.Days[:3]
	_, s = open(t, &desk{overview: less}, "/", page.NewOverview)
	s.shows("50,00 kr mindre enn på samme dato i oktober")
	less.Days = less.Days[2:]
	_, s = open(t, &desk{overview: less}, "/", page.NewOverview)
	s.hides("samme dato")
}

func TestItShowsHowFarTheCapsAre(t *testing.T) {
	_, s := open(t, &desk{overview: month()}, "/", page.NewOverview)
	s.shows("42 av 60", "Oslopakke 3, bygrensen", "60 av 60", "Bomringen i Bergen", "Taket er nådd")
	if text := s.text(); strings.Index(text, "60 av 60") > strings.Index(text, "42 av 60") {
		t.Error("the vehicle that is furthest does not come first")
	}
}

func TestItSaysWhatNeedsThePerson(t *testing.T) {
	quiet := month()
	quiet.Agreements[1].Vehicles[0].Unread = 2
	_, s := open(t, &desk{overview: quiet}, "/", page.NewOverview)
	s.hides("Dette må du gjøre")
	busy := month()
	busy.Agreements[0].Blocked = true
	busy.Agreements = append(busy.Agreements, api.AgreementOverview{ID: "c", Number: "7001003", Charger: "Vegamot"})
	busy.Unagreed = &api.AgreementOverview{Vehicles: []api.VehicleOverview{{ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877")}}}
	_, s = open(t, &desk{overview: busy}, "/", page.NewOverview)
	s.shows("Dette må du gjøre", "Avtale 7001001 hos Fjellinjen er sperret", "uten rabatt og passeringstak", "Avtale 7001003 hos Vegamot har ingen kjøretøy",
		"Brikken i EK 31204 blir sjelden lest", "7 av 10 passeringer")
}

func TestItShowsOneAgreementAlone(t *testing.T) {
	d := &desk{overview: month(), passages: api.PassageListReply{Lines: month().Latest[1:], Count: 1}}
	w, s := open(t, d, "/?agreement=b", page.NewOverview)
	s.shows("100,00 kr", "EK 31204", "Danmarksplass")
	if !s.marked(`value="b"`, "selected") {
		t.Error("the agreement is not the chosen one")
	}
	s.hides("DP 45821", "E18 Maritim", "300,00 kr", "349,00 kr")
	if d.askedFor("/api/v1/passages?agreement=b&from=2026-10-22&to=2026-11-20") != 1 {
		t.Errorf("asked %v", d.asked)
	}
	if w.Left != "" {
		t.Errorf("left for %s", w.Left)
	}
	_, s = open(t, &desk{overview: month()}, "/?agreement=gone", page.NewOverview)
	s.shows("300,00 kr", "DP 45821", "EK 31204")
}

func TestItAsksForOneAgreementsPassages(t *testing.T) {
	d := &desk{overview: month(), passages: api.PassageListReply{Lines: month().Latest[1:], Count: 1}}
	_, s := open(t, d, "/passages?agreement=b&from=2026-11-01&to=2026-11-20", page.NewPassages)
	if d.askedFor("/api/v1/passages?agreement=b&from=2026-11-01&to=2026-11-20") != 1 {
		t.Errorf("asked %v", d.asked)
	}
	s.shows("EK 31204", "agreement=b&from=2026-10-01")
	s.hides(`<option value="` + string(fixture.KariPetrol))
}

// S1.13, S2.45, S2.46, S2.48, S2.49: the balance page names the company and the number, and leads to
// linking agreements and to making a new one, for those who may change things.
func TestItLeadsToMoreAgreements(t *testing.T) {
	for name, d := range map[string]*desk{"two agreements": {overview: month()}, "none": {}} {
		_, s := open(t, d, "/", page.NewOverview)
		if !strings.Contains(s.text(), `href="/agreements/new"`) || !strings.Contains(s.text(), `href="/agreements/find"`) {
			t.Errorf("%s: no way to more", name)
		}
		if name == "two agreements" {
			s.shows("Fjellinjen", "Ferde", "DP 45821", "EK 31204", "Avtale 7001001")
		}
	}
	_, s := open(t, &desk{overview: month(), role: role.Auditor}, "/", page.NewOverview)
	s.hides(`href="/agreements/new"`, `href="/agreements/find"`)
}
