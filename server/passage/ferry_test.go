package passage_test

import (
	"testing"

	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// ingrid is a passage of Ingrid's, whose car is 4.69 metres long and has a prepaid account for ferries.
func ingrid(n int64, station toll.StationID, day oslo.Day) toll.Observation {
	o := toll.Observation{Station: station, Lane: 1, Epoch: 40, Sequence: n, At: oslo.At(day, 12, 0, 0), Direction: toll.Inbound}
	for _, m := range fixture.Mounts() {
		if m.Vehicle == fixture.IngridCar {
			o.Tag = m.Tag
		}
	}
	return o
}

// tolling.md: a ferry is paid by length, and the prepaid account's discount goes before
// the tag's. A vehicle without a length waits for one.
func TestAFerryIsPaidByLengthAndProduct(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	near, far := ingrid(1, "ferry-example-1", november+2), ingrid(2, "ferry-example-2", november+3)
	unmeasured := tresfjord(3, "ferry-example-2", oslo.At(november+3, 12, 0, 0))
	r.send(ndjson(near, far, unmeasured))
	r.settle()
	want := map[toll.PassageID]money.Ore{near.ID(): 7000, far.ID(): 2800}
	r.wantNet(want)
	if reply, report := r.bill(fixture.Ingrid, fixture.IngridCar, november.Month()); !report.Agrees() || len(report.Lines) != 2 || reply.Passages[0].LengthMM != 4690 {
		t.Errorf("the bill differs in %d of %d lines", report.Differ, len(report.Lines))
	}
	r.exec(`update vehicle_facts set length_mm = 4300 where vehicle_id = '` + string(fixture.KariPetrol) + `'`)
	r.known()
	want[unmeasured.ID()] = 5040
	r.wantNet(want)
	r.exec(`update supplement set valid_to = '2025-11-04'`)
	r.known()
	want[far.ID()] = 5040
	r.wantNet(want)
}
