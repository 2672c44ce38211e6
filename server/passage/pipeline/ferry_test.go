package pipeline_test

import (
	"testing"

	"bompass/server/internal/pipelinetest"
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

// A ferry is priced by length, and the prepaid account's discount applies before the tag's. A vehicle without a length
// has no price until it gets one.
func TestFerryIsPricedByLengthAndProduct(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	near, far := ingrid(1, "ferry-example-1", pipelinetest.November+2), ingrid(2, "ferry-example-2", pipelinetest.November+3)
	unmeasured := pipelinetest.Tresfjord(3, "ferry-example-2", oslo.At(pipelinetest.November+3, 12, 0, 0))
	r.Send(pipelinetest.NDJSON(near, far, unmeasured))
	r.Settle()
	want := map[toll.PassageID]money.Ore{near.ID(): 7000, far.ID(): 2800}
	r.WantNet(want)
	if reply, report := r.Recheck(fixture.Ingrid, fixture.IngridCar, pipelinetest.November.Month()); !report.Agrees() || len(report.Lines) != 2 || reply.Passages[0].LengthMM != 4690 {
		t.Errorf("the recheck differs in %d of %d lines", report.Differ, len(report.Lines))
	}
	r.Exec(`update vehicle_facts set length_mm = 4300 where vehicle_id = '` + string(fixture.KariPetrol) + `'`)
	r.ApplyRegisterChanges()
	want[unmeasured.ID()] = 5040
	r.WantNet(want)
	r.Exec(`update supplement set valid_to = '2025-11-04'`)
	r.ApplyRegisterChanges()
	want[far.ID()] = 5040
	r.WantNet(want)
}
