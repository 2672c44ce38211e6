package reading_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/pipelinetest"
	"bompass/server/passage/reading"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// fleetMonth returns the rechecks of all of a customer's vehicles with passages in a month, and the number of replies.
func fleetMonth(t *testing.T, s *reading.Service, customer toll.CustomerID, agreement toll.AgreementID, month oslo.Month) (all []api.VehicleRecheck, replies int) {
	t.Helper()
	for after := toll.VehicleID(""); ; replies++ {
		reply, err := s.FleetRecheck(t.Context(), customer, api.FleetRecheckRequest{Month: month, Agreement: agreement, After: after})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, reply.Vehicles...)
		if after = reply.Next; after == "" {
			return all, replies + 1
		}
	}
}

// The months of a company's 40 vehicles come with one reply, each as if it had been asked for alone, and agree. Nobody sees
// the vehicles of others.
func TestFleetIsRecheckedAtOnce(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(month.First(), month.Last())...))
	r.Settle()
	s := r.Service()
	seen := map[toll.VehicleID]bool{}
	for _, v := range fixture.Vehicles() {
		if seen[toll.VehicleID(v.Owner)] {
			continue
		}
		seen[toll.VehicleID(v.Owner)] = true
		all, replies := fleetMonth(t, s, v.Owner, "", month)
		if replies != 1 {
			t.Errorf("%s: %d replies for %d vehicles", v.Owner, replies, len(all))
		}
		for _, one := range all {
			single, report := r.Recheck(v.Owner, one.Vehicle, month)
			if diff := cmp.Diff(single.Statement, one.Statement); diff != "" {
				t.Errorf("%s differs from its recheck alone (-alone +fleet):\n%s", one.Plate, diff)
			}
			if !report.Agrees() || len(one.Charges) == 0 || one.Plate.Text == "" || !recheck.Check(r.Plan, one.Statement).Agrees() {
				t.Errorf("%s: %d charges, agrees %t", one.Plate, len(one.Charges), report.Agrees())
			}
		}
	}
	if none, _ := fleetMonth(t, s, fixture.Kari, toll.AgreementID(fixture.Kari), month); len(none) != 0 {
		t.Errorf("%d vehicles on an agreement that is none of Kari's", len(none))
	}
	for _, req := range []api.FleetRecheckRequest{{Month: month, After: "'"}, {Month: month, Agreement: "'"}} {
		if _, err := s.FleetRecheck(t.Context(), fixture.Kari, req); fault.CodeOf(err) != fault.BadRequest {
			t.Errorf("%+v: got %v", req, err)
		}
	}
}

// A fleet with more passages than a reply holds comes with several, each vehicle once.
func TestLargeFleetIsRecheckedInParts(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(month.First(), month.Last())...))
	r.Settle()
	whole, _ := fleetMonth(t, r.Service(), fixture.Fjordfrakt, "", month)
	// The sums alone decide how many vehicles come at once.
	r.Exec("update passage_sum set passages = passages * 60")
	parts, replies := fleetMonth(t, r.Service(), fixture.Fjordfrakt, "", month)
	if replies < 2 {
		t.Fatalf("%d replies for %d vehicles", replies, len(parts))
	}
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Errorf("the parts are not the whole (-whole +parts):\n%s", diff)
	}
}
