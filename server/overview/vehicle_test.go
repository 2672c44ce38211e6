package overview_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"bompass/server/internal/pgtest"
	"bompass/server/overview"
	"bompass/server/store/overviewdb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

const olderTag toll.TagID = "9578010000000099998"

// vehicleAt returns a vehicle's page after statements and passages have been stored.
func vehicleAt(t *testing.T, customer toll.CustomerID, vehicle toll.VehicleID, statements []string, passages ...passed) (api.VehicleReply, error) {
	t.Helper()
	db, url := pgtest.Demo(t)
	for _, s := range statements {
		pgtest.Exec(t, db, s)
	}
	insert(t, url, passages)
	service := overview.NewService(overviewdb.New(db), newest{}, func(id toll.ChargerID) string { return "the company " + string(id) }, capOf)
	return service.Vehicle(t.Context(), customer, vehicle, now)
}

// A vehicle's page has the tags that were on it and when, how often the tag was read since it was mounted, what months
// cost, and its exemptions.
func TestVehicleHasHistoryAndFigures(t *testing.T) {
	month, changed := oslo.MonthOf(now), oslo.At(oslo.DayOf(now)-40, 12, 0, 0)
	at := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	byPlate := func(days, amount int) passed {
		return passed{at(days), fixture.Kari, fixture.KariPetrol, fixture.KariAgreement, []int{amount}, ""}
	}
	got, err := vehicleAt(t, fixture.Kari, fixture.KariPetrol, []string{
		"insert into tag (id, agreement_id, status) values ('" + string(olderTag) + "', '" + string(fixture.KariAgreement) + "', 'settled')",
		"update mount set valid_from = '" + changed.Format(time.RFC3339) + "' where vehicle_id = '" + string(fixture.KariPetrol) + "'",
		"insert into mount (vehicle_id, agreement_id, tag_id, valid_from, valid_to) values ('" + string(fixture.KariPetrol) + "', '" +
			string(fixture.KariAgreement) + "', '" + string(olderTag) + "', '2024-01-01T00:00:00Z', '" + changed.Format(time.RFC3339) + "')",
		"insert into exemption (vehicle_id, kind, valid_from) values ('" + string(fixture.KariPetrol) + "', 'disabled', '2025-01-01T00:00:00Z')",
		"insert into tag_order (agreement_id, vehicle_id, ordered_at, tag_id, sent_at) select agreement_id, vehicle_id, valid_from, tag_id, valid_from from mount where tag_id <> '" +
			string(olderTag) + "' and vehicle_id = '" + string(fixture.KariPetrol) + "'",
	}, byPlate(1, 2320), byPlate(20, 1000), byPlate(35, 500), byPlate(60, 700))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Current || got.Plate != toll.NewPlate("NO", "DP45821") || got.Class != "light petrol" || got.Facts.Fuel != toll.FuelPetrol || got.FactsFrom.IsZero() || got.Declared {
		t.Errorf("facts: %+v", got)
	}
	if len(got.Mounts) != 2 || got.Mounts[0].Tag != "9578010000000000012" || got.Mounts[0].Status != toll.TagActive || !got.Mounts[0].To.IsZero() ||
		!got.Mounts[0].Delivered.Equal(changed) || got.Mounts[1].Tag != olderTag || !got.Mounts[1].To.Equal(changed) || got.Mounts[1].Charger != "the company fjellinjen" {
		t.Errorf("mounts: %+v", got.Mounts)
	}
	if len(got.Exemptions) != 1 || got.Exemptions[0].Kind != toll.ExemptDisabled {
		t.Errorf("exemptions: %+v", got.Exemptions)
	}
	months := []api.MonthSpend{{Month: month - 2, Net: 700, Passages: 1}, {Month: month - 1, Net: 1500, Passages: 2}, {Month: month, Net: 2320, Passages: 1}}
	if diff := gocmp.Diff(months, got.Months); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
	// The passage of 60 days ago was with the tag before.
	if diff := gocmp.Diff([]api.TagReads{{Days: 30, Passages: 2}, {Days: 90, Passages: 3}}, got.Reads); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if want := (api.UnreadRun{Passages: 3, Lost: 900}); got.Unread != want {
		t.Errorf("unread: %+v", got.Unread)
	}
}

// A vehicle of somebody else is not found, and what it was on before belongs to the customer of that time.
func TestVehicleOfOthersIsNotShown(t *testing.T) {
	for _, id := range []toll.VehicleID{fixture.OlavCar, "nothing", ""} {
		if _, err := vehicleAt(t, fixture.Kari, id, nil); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	end := "update mount set valid_to = '2026-06-01T00:00:00Z' where vehicle_id = '" + string(fixture.KariPetrol) + "'"
	sold := []string{
		end, "update vehicle set owner_id = '" + string(fixture.Olav) + "' where id = '" + string(fixture.KariPetrol) + "'",
		"insert into exemption (vehicle_id, kind, valid_from) values ('" + string(fixture.KariPetrol) + "', 'disabled', '2026-07-01T00:00:00Z')",
		"insert into mount (vehicle_id, agreement_id, valid_from) values ('" + string(fixture.KariPetrol) + "', '" + string(fixture.OlavAgreement) + "', '2026-06-01T00:00:00Z')",
	}
	before, err := vehicleAt(t, fixture.Kari, fixture.KariPetrol, sold)
	if err != nil || before.Current || len(before.Mounts) != 1 || before.Mounts[0].To.IsZero() || before.Exemptions != nil || before.Reads != nil {
		t.Errorf("the seller sees %+v, %v", before, err)
	}
	after, err := vehicleAt(t, fixture.Olav, fixture.KariPetrol, sold)
	if err != nil || !after.Current || len(after.Mounts) != 1 || after.Mounts[0].Tag != "" || len(after.Exemptions) != 1 {
		t.Errorf("the buyer sees %+v, %v", after, err)
	}
}
