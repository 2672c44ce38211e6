package account_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"bompass/server/account"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
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

// passed is a passage with the amounts of its charge's revisions.
type passed struct {
	at        time.Time
	customer  toll.CustomerID
	vehicle   toll.VehicleID
	agreement toll.AgreementID
	amounts   []int
}

func overview(t *testing.T, customer toll.CustomerID, kind toll.CustomerKind, passages ...passed) api.OverviewReply {
	t.Helper()
	url := pgtest.URL(t)
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Seed(t.Context(), store.Demo()); err != nil {
		t.Fatal(err)
	}
	keep(t, url, passages)
	desk := account.NewDesk(db, newest{}, func(id toll.ChargerID) string { return "the company " + string(id) })
	reply, err := desk.Overview(t.Context(), customer, kind, now)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func keep(t *testing.T, url string, passages []passed) {
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
			if err == nil {
				_, err = conn.Exec(t.Context(), `insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest)
					values ($1, $2, now(), 0, 0, $3, '', '[]', 0)`, string(id), revision+1, amount)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOverviewAddsUpTheMonth(t *testing.T) {
	month := oslo.MonthOf(now)
	got := overview(t, fixture.Kari, toll.Private,
		passed{now.Add(-time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320}},
		passed{now.Add(-2 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{2320, -1000}}, // corrected
		passed{month.Start(), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{0}},
		passed{month.Start().Add(-time.Second), fixture.Kari, fixture.KariElectric, fixture.KariAgreement, []int{999}}, // last month
		passed{now.Add(-time.Hour), fixture.Kari, fixture.OlavCar, fixture.KariAgreement, []int{100}},                  // no longer hers
		passed{now.Add(-3 * time.Hour), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, nil},                  // not priced
		passed{now.Add(-time.Hour), fixture.Olav, fixture.OlavCar, fixture.OlavAgreement, []int{5000}},                 // another's
	)
	want := api.OverviewReply{
		Month: month, Total: 3740, Latest: make([]api.PassageLine, account.LatestMax),
		Agreements: []api.AgreementOverview{{
			ID: fixture.KariAgreement, Number: "7001001", Kind: toll.Private, Charger: "the company fjellinjen", Balance: 3740, Passages: 5,
			Vehicles: []api.VehicleOverview{
				{ID: fixture.KariPetrol, Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol", Tag: "9578010000000000012", Balance: 3640, Passages: 3},
				{ID: fixture.KariElectric, Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric", Tag: "9578010000000000020", Passages: 1},
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
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("overview (-want +got):\n%s", diff)
	}
}

func TestVehiclesWithoutAgreementStandApart(t *testing.T) {
	got := overview(t, fixture.Per, toll.Private, passed{now.Add(-time.Hour), fixture.Per, fixture.PerCar, "", []int{2900}})
	if len(got.Agreements) != 0 || got.Unagreed == nil {
		t.Fatalf("overview: %+v", got)
	}
	want := &api.AgreementOverview{
		Kind: toll.Private, Balance: 2900, Passages: 1,
		Vehicles: []api.VehicleOverview{{
			ID: fixture.PerCar, Plate: toll.NewPlate("NO", "RK20877"), Class: "light plug-in", Balance: 2900, Passages: 1,
		}},
	}
	if diff := cmp.Diff(want, got.Unagreed); diff != "" {
		t.Errorf("unagreed (-want +got):\n%s", diff)
	}
}

func TestAFleetIsListedByPlate(t *testing.T) {
	got := overview(t, fixture.Fjordfrakt, toll.Company)
	if len(got.Agreements) != 1 || got.Unagreed != nil {
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
