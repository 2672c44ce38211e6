package overview_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/overview"
	"bompass/server/store/overviewdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

var now = oslo.At(oslo.Date(2026, time.November, 20), 12, 0, 0)

type newest struct{}

func (newest) Latest(_ context.Context, _ toll.CustomerID, n int) ([]api.PassageLine, error) {
	return make([]api.PassageLine, n), nil
}

func (newest) UnreadRun(_ context.Context, _ toll.CustomerID, _ toll.VehicleID) (api.UnreadRun, error) {
	return api.UnreadRun{Passages: 3, Lost: 900}, nil
}

func (newest) LostToBlock(_ context.Context, _ toll.CustomerID, _ toll.VehicleID, since, _ time.Time) (api.BlockedSpan, error) {
	return api.BlockedSpan{Since: since}, nil
}

// capOf returns one cap for all stations of a scheme.
func capOf(id toll.StationID) overview.Cap {
	scheme, _, _ := strings.Cut(string(id), "-")
	return overview.Cap{Scheme: scheme}
}

// passed is a passage to insert, with the amounts of its charge's revisions.
type passed struct {
	at        time.Time
	customer  toll.CustomerID
	vehicle   toll.VehicleID
	agreement toll.AgreementID
	amounts   []int
	steps     string // JSON of the last revision; empty for none
}

func overviewAt(t *testing.T, customer toll.CustomerID, kind toll.CustomerKind, passages ...passed) api.OverviewReply {
	t.Helper()
	db, url := pgtest.Demo(t)
	insert(t, url, passages)
	service := overview.NewService(overviewdb.New(db), newest{}, func(id toll.ChargerID) string { return "the company " + string(id) }, capOf)
	reply, err := service.Overview(t.Context(), customer, kind, now)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func insert(t *testing.T, url string, passages []passed) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for n, p := range passages {
		id := toll.Observation{Station: "oslo-104", Sequence: int64(n)}.ID()
		_, err := conn.Exec(t.Context(), `insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country,
				plate, vehicle_id, customer_id, agreement_id, matched_by)
			values ($1, 'oslo-104', 1, 1, $2, $3, $3, 'in', '', 'NO', '', $4, $5, nullif($6, '')::uuid, 'plate')`,
			string(id), n, p.at, string(p.vehicle), string(p.customer), string(p.agreement))
		for revision, amount := range p.amounts {
			steps := "[]"
			if revision == len(p.amounts)-1 {
				steps = cmp.Or(p.steps, steps)
			}
			if err == nil {
				_, err = conn.Exec(t.Context(), `insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest)
					values ($1, $2, now(), 0, 0, $3, '', $4, 0)`, string(id), revision+1, amount, steps)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// What the worker counts, from the current charges.
	_, err = conn.Exec(t.Context(), `insert into cap_count (customer_id, month, vehicle_id, station, count, cap)
		select p.customer_id, date_trunc('month', p.passed_at at time zone 'Europe/Oslo'), p.vehicle_id, p.station, max(step.count), max(step."of")
		from passage p cross join lateral (select steps from charge where passage_id = p.id order by revision desc limit 1) c,
			json_to_recordset(c.steps) as step (rule text, count int, "of" int) where step.rule in ('counted', 'cap') group by 1, 2, 3, 4`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestOverviewSumsMonth(t *testing.T) {
	month := oslo.MonthOf(now)
	got := overviewAt(t, fixture.Kari, toll.Private,
		passed{now.Add(-time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320}, ""},
		passed{now.Add(-2 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320, -1000}, ""}, // corrected
		passed{month.Start(), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{0}, ""},
		passed{month.Start().Add(-time.Second), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{999}, ""}, // last month
		passed{now.Add(-time.Hour), fixture.Kari, fixture.OlavCar, fixture.KariAgreement, []int{100}, ""},                  // no longer hers
		passed{now.Add(-3 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, nil, ""},                  // not priced
		passed{now.Add(-time.Hour), fixture.Olav, fixture.OlavCar, fixture.OlavAgreement, []int{5000}, ""},                 // another customer's
	)
	want := api.OverviewReply{
		Month: month, Total: 3740,
		Days: []api.DaySpend{
			{Day: month.First() - 1, Agreement: fixture.KariAgreement, Net: 999, Passages: 1},
			{Day: month.First(), Agreement: fixture.KariAgreement, Passages: 1},
			{Day: oslo.DayOf(now), Agreement: fixture.KariAgreement, Net: 3740, Passages: 4},
		},
		Months: []api.MonthSpend{
			{Month: month - 1, Agreement: fixture.KariAgreement, Net: 999, Passages: 1},
			{Month: month, Agreement: fixture.KariAgreement, Net: 3740, Passages: 5},
		},
		Latest: make([]api.PassageLine, overview.LatestMax),
		Agreements: []api.AgreementOverview{{
			ID: fixture.KariAgreement, Number: "7001001", Kind: toll.Private, Charger: "the company fjellinjen", Balance: 3740, Passages: 5,
			Vehicles: []api.VehicleOverview{
				{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol", Fuel: toll.FuelPetrol, Status: toll.TagActive, Tag: "9578010000000000012", Balance: 3640, Passages: 3, Unread: 3, Run: api.UnreadRun{Passages: 3, Lost: 900}},
				{ID: fixture.KariElectric, Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric", Fuel: toll.FuelElectric, Status: toll.TagActive, Tag: "9578010000000000020", Passages: 1, Unread: 1},
			},
		}},
	}
	tags := map[toll.VehicleID]toll.TagID{}
	for _, m := range fixture.Mounts() {
		tags[m.Vehicle] = m.Tag
	}
	for i := range want.Agreements[0].Vehicles {
		want.Agreements[0].Vehicles[i].Tag = tags[want.Agreements[0].Vehicles[i].ID]
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("overview (-want +got):\n%s", diff)
	}
}

// A vehicle whose tag is on its way is not said to have none.
func TestOverviewSaysWhichTagIsOrdered(t *testing.T) {
	db, _ := pgtest.Demo(t)
	pgtest.Exec(t, db, "update mount set tag_id = null where vehicle_id = $1", string(fixture.KariPetrol))
	pgtest.Exec(t, db, "insert into tag_order (agreement_id, vehicle_id, ordered_at) values ($1, $2, $3)",
		string(fixture.KariAgreement), string(fixture.KariPetrol), now)
	service := overview.NewService(overviewdb.New(db), newest{}, func(toll.ChargerID) string { return "" }, capOf)
	reply, err := service.Overview(t.Context(), fixture.Kari, toll.Private, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range reply.Agreements[0].Vehicles {
		if v.Ordered != (v.ID == fixture.KariPetrol) || v.Ordered == (v.Tag != "") {
			t.Errorf("%s has the tag %q, ordered %v", v.Plate, v.Tag, v.Ordered)
		}
	}
}

func TestVehiclesWithoutAgreementAreSeparate(t *testing.T) {
	got := overviewAt(t, fixture.Per, toll.Private, passed{now.Add(-time.Hour), fixture.Per, fixture.PerCar, "", []int{2900}, ""})
	if len(got.Agreements) != 0 || got.Unagreed == nil {
		t.Fatalf("overview: %+v", got)
	}
	want := &api.AgreementOverview{
		Kind: toll.Private, Balance: 2900, Passages: 1,
		Vehicles: []api.VehicleOverview{{
			ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877"), Class: "light plug-in", Fuel: toll.FuelPetrol, PlugIn: true, Balance: 2900, Passages: 1,
		}},
	}
	if diff := gocmp.Diff(want, got.Unagreed); diff != "" {
		t.Errorf("unagreed (-want +got):\n%s", diff)
	}
}

func TestFleetIsOrderedByPlate(t *testing.T) {
	got := overviewAt(t, fixture.Fjordfrakt, toll.Company)
	if len(got.Agreements) != 2 || got.Unagreed != nil || len(got.Agreements[1].Vehicles) != 0 {
		t.Fatalf("overview: %+v", got)
	}
	list := got.Agreements[0].Vehicles
	if len(list) != fixture.LorryCount || got.Agreements[0].Charger != "the company vegamot" || got.Agreements[0].Kind != toll.Company {
		t.Errorf("%d vehicles, %s", len(list), got.Agreements[0].Charger)
	}
	for i := 1; i < len(list); i++ {
		if list[i-1].Plate.Text >= list[i].Plate.Text {
			t.Errorf("%s before %s", list[i-1].Plate, list[i].Plate)
		}
	}
}

// Stations of one cap share a count, and the latest charge has the current one.
func TestOverviewShowsCountTowardsCap(t *testing.T) {
	step := func(count, of int) string {
		return fmt.Sprintf(`[{"rule":"list","ore":2900},{"rule":"counted","ore":0,"count":%d,"of":%d}]`, count, of)
	}
	got := overviewAt(t, fixture.Kari, toll.Private,
		passed{now.Add(-9 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320}, step(1, 60)},
		passed{now.Add(-8 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320, 100}, step(2, 60)},
		passed{now.Add(-7 * time.Hour), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{0}, `[{"rule":"cap","ore":-5,"count":61,"of":60}]`},
		passed{now.Add(-6 * time.Hour), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{0}, ""},
		passed{now.AddDate(0, -1, 0), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320}, step(59, 60)},
	)
	want := map[toll.VehicleID][]api.CapOverview{
		fixture.KariPetrol:   {{Scheme: "oslo", Count: 2, Of: 60}},
		fixture.KariElectric: {{Scheme: "oslo", Count: 60, Of: 60}},
	}
	for _, v := range got.Agreements[0].Vehicles {
		if diff := gocmp.Diff(want[v.ID], v.Caps); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Plate, diff)
		}
	}
}
