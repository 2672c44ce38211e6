//go:build !js

package page_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page"
	"bompass/assets"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// counter is a desk that also has a bill and publishes the tariffs.
type counter struct {
	desk
	stranger bool // nobody is signed in
	bill     api.BillReply
	tariffs  api.TariffBookReply
}

func (c *counter) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	path, _, _ := strings.Cut(r.Path, "?")
	var reply any
	switch {
	case path == api.Me.Path && c.stranger:
		body, err := json.Marshal(fault.New(fault.SignedOut))
		return apiclient.Response{Status: fault.Status(fault.SignedOut), Body: body}, err
	case path == api.Bill.Path && c.broken == nil:
		reply = c.bill
	case path == api.TariffBook.Path && c.broken == nil:
		reply = c.tariffs
	default:
		return c.desk.Do(ctx, r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, r.Path)
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: 200, Body: body}, err
}

// kariAtTheCounter has a right bill of four passages for November 2026.
func kariAtTheCounter(t *testing.T) *counter {
	t.Helper()
	files, err := tariff.Files(assets.Tariff)
	if err != nil {
		t.Fatal(err)
	}
	book, problems := tariff.Read(files)
	plan, err := rating.Compile(book)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	c := &counter{tariffs: api.TariffBookReply{Version: tariff.Fingerprint(files), Files: files}}
	c.overview = api.OverviewReply{Agreements: []api.AgreementOverview{{
		ID: "x", Vehicles: []api.VehicleOverview{{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol"}},
	}}}
	b := recheck.Bill{Month: oslo.MonthOf(noon)}
	for i, station := range []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "oslo-201"} {
		b.Passages = append(b.Passages, recheck.Passage{
			ID: toll.PassageID([]string{"a", "b", "c", "d"}[i]), Station: station, At: noon.Add(time.Duration(i) * 20 * time.Minute), Direction: toll.Inbound,
			Facts: fixture.Vehicles()[0].Facts, Agreement: true, TagRead: true, MatchedBy: toll.ByTag,
		})
	}
	for _, l := range recheck.Check(plan, b).Lines {
		b.Charges = append(b.Charges, *l.Own)
		b.Debited += l.Own.Net
	}
	c.bill = api.BillReply{Bill: b, Tariffs: c.tariffs.Version}
	return c
}

func TestItChecksTheBillOnTheDevice(t *testing.T) {
	c := kariAtTheCounter(t)
	w, s := open(t, c, "/check?vehicle="+string(fixture.KariPetrol)+"&month=2026-11", page.NewCheck)
	s.shows("Alle 4 linjer stemmer", "Enheten din regnet", "Oslopakke 3", "Fjellinjen price list", c.tariffs.Version, "DP 45821", "November 2026")
	s.hides("bp-differs", "Listepris")
	if w.Named != "Sjekk regningen – Bompass" {
		t.Errorf("title: %q", w.Named)
	}
	s.do(func(app.Context) { page.ShowAll(s.page) })
	s.shows("E18 Maritim", "Bygdøy allé", "Timesregel")
}

func TestItShowsEachLineThatDiffers(t *testing.T) {
	c := kariAtTheCounter(t)
	c.bill.Charges[0].Net += 100
	c.bill.Charges[1].Steps[0].Ore++
	c.bill.Charges = append(c.bill.Charges[:2:2], c.bill.Charges[3:]...)
	c.bill.Charges = append(c.bill.Charges, recheck.Charge{Passage: "stranger", Net: 500})
	_, s := open(t, c, "/check?vehicle="+string(fixture.KariPetrol)+"&month=2026-11", page.NewCheck)
	s.shows("4 av 5 linjer stemmer ikke", "Beløpet er ikke det samme.", "Begrunnelsen er ikke den samme.", "Passeringen har en pris, men er ikke bokført.",
		"En passering som ikke er på regningen", "Ikke bokført.", `id="differs-a"`, `id="differs-b"`, `id="differs-c"`, `id="differs-stranger"`, "hjelp@bompass.example")
	s.hides(`id="differs-d"`)
}

func TestItChecksTheFirstVehicleWhenNoneIsChosen(t *testing.T) {
	c := kariAtTheCounter(t)
	_, s := open(t, c, "/check", page.NewCheck)
	s.shows("Alle 4 linjer stemmer")
	if c.askedFor(api.Bill.Path+"?month=2026-11&vehicle="+string(fixture.KariPetrol)) != 1 {
		t.Errorf("asked %v", c.asked)
	}
}

func TestItSaysWhatABillLacks(t *testing.T) {
	c := kariAtTheCounter(t)
	c.bill.Bill = recheck.Bill{Month: c.bill.Month}
	_, s := open(t, c, "/check", page.NewCheck)
	s.shows("Ingen passeringer å sjekke")
	c = kariAtTheCounter(t)
	c.bill.Hidden = 2
	_, s = open(t, c, "/check", page.NewCheck)
	s.shows("2 passeringer med kjøretøyet", "av en annen")
	c = kariAtTheCounter(t)
	c.overview = api.OverviewReply{}
	_, s = open(t, c, "/check", page.NewCheck)
	s.shows("Du har ingen kjøretøy")
	c.broken = &fault.Error{Code: fault.Busy}
	_, s = open(t, c, "/check?vehicle=v", page.NewCheck)
	s.shows("opptatt", "Prøv igjen")
}

func TestItSaysWhenTheTariffsAreNewerThanTheProgram(t *testing.T) {
	c := kariAtTheCounter(t)
	c.tariffs.Files[0].Text += "\nteleport everyone free\n"
	_, s := open(t, c, "/prices", page.NewPrices)
	s.shows("Det finnes en ny versjon av Bompass")
}
