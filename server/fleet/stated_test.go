package fleet_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/fleet"
	"bompass/server/internal/pipelinetest"
	"bompass/server/partner/register"
	"bompass/server/store/fleetdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// A vehicle that the register did not have is looked up later. What the register says then counts from then on, and the history
// says what changed; where the person was right, only the source changes.
func TestStatedVehicleIsLookedUpLater(t *testing.T) {
	r := pipelinetest.New(t, pipelinetest.November.Start().Add(12*time.Hour))
	plates := source{}
	service := fleet.NewService(fleetdb.New(r.DB), plates, freely{}, r.Service(), addPeople(t, r), r.Now)
	olav := access.Principal{Customer: fixture.Olav, Person: "Olav", Kind: toll.Private, Role: role.Owner}
	for _, a := range fixture.Accounts() {
		if a.Email == "olav@bompass.example" {
			olav.Account = a.ID
		}
	}
	_, err := service.Change(t.Context(), olav, api.FleetChangeRequest{
		Key: uuid.NewString(), Kind: toll.ChangeAdd, Agreement: "7004001", Country: "NO", Plate: "KH 10003", Terms: toll.TermsInForce(),
		Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"},
	})
	if err != nil {
		t.Fatal(err)
	}
	history := func() []api.FleetEvent {
		reply, err := service.History(t.Context(), olav, api.FleetHistoryRequest{Agreement: "7004001"})
		if err != nil {
			t.Fatal(err)
		}
		return reply.Events
	}
	check := func() {
		for range 2 {
			if err := service.CheckStated(t.Context(), fleet.StatedJob{}, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	check()
	if events := history(); len(events) != 1 {
		t.Errorf("the register has nothing yet: %+v", events)
	}
	plates[toll.NewPlate("NO", "KH 10003")] = register.Vehicle{Make: "TESLA", Facts: toll.Facts{Category: "M1", WeightKG: 2300, Fuel: toll.FuelElectric}}
	r.SetNow(r.Now().Add(24 * time.Hour))
	check()
	events := history()
	if len(events) != 2 || events[0].Kind != toll.ChangeFacts || events[0].Was != "light diesel" || events[0].Became != "light electric" || !events[0].Effective.Equal(r.Now()) {
		t.Errorf("the register has it: %+v", events)
	}
	reply, err := service.Fleet(t.Context(), olav)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range reply.Lines {
		if l.Plate.Text == "KH10003" && l.Facts.Fuel != toll.FuelElectric {
			t.Errorf("after: %+v", l)
		}
	}
}
