package reading_test

import (
	"testing"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// tagOf returns the tag of a vehicle of the demo data.
func tagOf(vehicle toll.VehicleID) toll.TagID {
	for _, m := range fixture.Mounts() {
		if m.Vehicle == vehicle {
			return m.Tag
		}
	}
	return ""
}

// driven returns a passage at noon of each of some days, read by the tag of a vehicle.
func driven(first oslo.Day, n int, vehicle toll.VehicleID) (list []toll.Observation) {
	for i := range n {
		day := first + oslo.Day(i)
		list = append(list, toll.Observation{
			Station: "oslo-201", Lane: 1, Epoch: 41, Sequence: int64(day), At: oslo.At(day, 12, 0, 0), Direction: toll.Inbound, Tag: tagOf(vehicle),
		})
	}
	return list
}

// netOf returns what passages cost.
func netOf(r *pipelinetest.Rig, list []toll.Observation) (net money.Ore) {
	for _, o := range list {
		net += r.Audited(o).Net
	}
	return net
}

// The discount that is lost while an agreement is blocked is the difference from what the same passages cost before.
func TestLostDiscountOfBlockedAgreement(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, oslo.At(month.First()+14, 0, 0, 0))
	before := driven(month.First()+2, 5, fixture.KariPetrol) // Monday to Friday
	since := oslo.At(month.First()+7, 0, 0, 0)
	r.Send(pipelinetest.NDJSON(before...))
	r.Settle()
	r.Exec(`update agreement set blocked = true, blocked_at = '` + since.UTC().Format("2006-01-02T15:04:05Z") + `' where id = '` + string(fixture.KariAgreement) + `'`)
	after := driven(month.First()+9, 5, fixture.KariPetrol)
	r.Send(pipelinetest.NDJSON(after...))
	r.Settle()
	got, err := r.Service().LostToBlock(t.Context(), fixture.Kari, fixture.KariPetrol, since, r.Now())
	want := netOf(r, after) - netOf(r, before)
	if err != nil || got.Lost != want || want <= 0 || got.Passages != len(after) || !got.Since.Equal(since) {
		t.Errorf("%+v, %v; want %d passages and %v", got, err, len(after), want)
	}
	if other, err := r.Service().LostToBlock(t.Context(), fixture.Olav, fixture.KariPetrol, since, r.Now()); err != nil || other.Lost != 0 || other.Passages != 0 {
		t.Errorf("another customer is told %+v, %v", other, err)
	}
}

// The usual month of a customer is the last one, as driven by the vehicle that drove most. A car of the same class with a tag would
// have cost the same, and more without one. A customer who has not driven gets a typical passage of the toll company.
func TestUsualMonthIsRatedWithNewVehicle(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, oslo.At((month+1).First()+3, 0, 0, 0))
	list := driven(month.First()+2, 5, fixture.KariPetrol)
	r.Send(pipelinetest.NDJSON(list...))
	r.Settle()
	same := toll.Vehicle{Facts: toll.Facts{Category: "M1", WeightKG: 1500, Fuel: toll.FuelPetrol, Euro: 5}}
	got, err := r.Service().Usual(t.Context(), fixture.Kari, same, "fjellinjen", r.Now())
	if err != nil || got.Month != month || got.Plate.Text != "DP45821" || got.Passages != len(list) || got.With != netOf(r, list) || got.Without <= got.With || got.Station != "" {
		t.Errorf("%+v, %v; want %v", got, err, netOf(r, list))
	}
	got, err = r.Service().Usual(t.Context(), fixture.Per, same, "fjellinjen", r.Now())
	if err != nil || got.Station == "" || got.Passages != 1 || got.With <= 0 || got.Without <= got.With || got.Plate.Text != "" {
		t.Errorf("without passages: %+v, %v", got, err)
	}
}
