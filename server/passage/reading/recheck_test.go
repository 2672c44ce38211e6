package reading_test

import (
	"testing"
	"time"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// The charges of the pipeline equal those computed from the input of the recheck alone.
func TestChargesOfPipelinePassRecheck(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Last().Start())
	driven := fixture.Passages(month.First()-3, month.Last()+3)
	r.Send(pipelinetest.NDJSON(driven...))
	r.Settle()
	checked := 0
	for _, v := range fixture.Vehicles() {
		reply, report := r.Recheck(v.Owner, v.ID, month)
		checked += len(report.Lines)
		if !report.Agrees() || reply.Hidden != 0 {
			t.Errorf("%s: %d of %d lines differ, %v charged, %v debited, %v computed", v.Plate, report.Differ, len(report.Lines), report.Posted, report.Debited, report.Own)
		}
		list, err := r.Service().List(t.Context(), v.Owner, api.PassageListRequest{Vehicle: v.ID, From: month.First(), To: month.Last()}, r.Now())
		if err != nil || list.Count != len(report.Lines) || list.Total != report.Posted {
			t.Errorf("%s: the list has %d passages for %v, the recheck %d for %v; %v", v.Plate, list.Count, list.Total, len(report.Lines), report.Posted, err)
		}
	}
	if checked < 2000 {
		t.Errorf("only %d lines were checked", checked)
	}
}

func TestRecheckShowsPostedCharges(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(month.First(), month.Last())...))
	r.Settle()
	r.Exec(`update charge set net = net + 100 where passage_id = (select id from passage
		where vehicle_id = '` + string(fixture.KariPetrol) + `' order by passed_at offset 20 limit 1)`)
	_, report := r.Recheck(fixture.Kari, fixture.KariPetrol, month)
	if report.Differ != 1 || report.Posted != report.Own+100 || report.Debited != report.Own {
		t.Errorf("%d lines differ, %v charged, %v debited, %v computed", report.Differ, report.Posted, report.Debited, report.Own)
	}
}

// A window that crosses the midnight between two months is part of both rechecks.
func TestRecheckIncludesPassagesAcrossMonthEnd(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	tag := fixture.Mounts()[0].Tag
	o := toll.Observation{Station: "oslo-201", Lane: 1, Epoch: 9, Sequence: 1, At: month.Start().Add(-20 * time.Minute), Direction: toll.Inbound, Tag: tag}
	again := o
	again.Sequence, again.Station, again.At = 2, "oslo-301", month.Start().Add(5*time.Minute)
	r.Send(pipelinetest.NDJSON(o, again))
	r.Settle()
	reply, report := r.Recheck(fixture.Kari, fixture.KariPetrol, month)
	if len(reply.Passages) != 2 || len(report.Lines) != 1 || !report.Agrees() || report.Own != 0 {
		t.Errorf("got %d passages, %d lines for %v, agrees: %v", len(reply.Passages), len(report.Lines), report.Own, report.Agrees())
	}
}

// Passages that another customer pays for are not shown, and those of another customer's vehicle are not even counted.
func TestRecheckIsVisibleToPayerOnly(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(month.First(), month.Last())...))
	r.Settle()
	if reply, _ := r.Recheck(fixture.Per, fixture.KariPetrol, month); len(reply.Passages)+len(reply.Charges)+reply.Hidden != 0 || reply.Debited != 0 {
		t.Errorf("Per is shown %d of Kari's passages, and %d are counted", len(reply.Passages), reply.Hidden)
	}
	r.Exec(`update passage set customer_id = '` + string(fixture.Per) + `' where vehicle_id = '` + string(fixture.KariPetrol) + `'
		and passed_at < timestamptz '` + (month.First() + 10).String() + `'`)
	reply, report := r.Recheck(fixture.Kari, fixture.KariPetrol, month)
	if reply.Hidden == 0 || len(reply.Passages) != len(report.Lines) {
		t.Errorf("%d are hidden, %d shown", reply.Hidden, len(reply.Passages))
	}
	for _, p := range reply.Passages {
		if oslo.DayOf(p.At) < month.First()+9 {
			t.Errorf("Kari is shown a passage of Per's, %s", p.At)
		}
	}
}

func TestRecheckRefusesInvalidRequests(t *testing.T) {
	r := pipelinetest.New(t, pipelinetest.November.Start())
	if _, err := r.Service().Recheck(t.Context(), fixture.Kari, api.RecheckRequest{Vehicle: "'", Month: pipelinetest.November.Month()}); fault.CodeOf(err) != fault.BadRequest {
		t.Errorf("not a vehicle: got %v", err)
	}
	if reply, report := r.Recheck(fixture.Kari, fixture.KariPetrol, pipelinetest.November.Month()+9); len(reply.Passages) != 0 || !report.Agrees() {
		t.Errorf("a month to come: got %d passages", len(reply.Passages))
	}
}

// The price calculator and the pipeline give the same price.
func TestTripCostsItsQuotedPrice(t *testing.T) {
	month := pipelinetest.November.Month()
	r := pipelinetest.New(t, (month + 1).Start())
	car := fixture.Vehicles()[0]
	planned := trip.Trip{
		Day: pipelinetest.November + 2, Way: toll.Inbound, Class: toll.LightPetrol, Return: true, Back: 15*60 + 40,
		Stops: []trip.Stop{{Station: "oslo-104", Minute: 6*60 + 40}, {Station: "oslo-201", Minute: 6*60 + 48}, {Station: "oslo-301", Minute: 7*60 + 20}},
	}
	quote := trip.Price(r.Plan, planned, true)
	if len(quote.Lines) != 6 {
		t.Fatalf("got %d lines, want three there and three back", len(quote.Lines))
	}
	want, driven := map[toll.PassageID]money.Ore{}, []toll.Observation{}
	for i, l := range quote.Lines {
		o := toll.Observation{Station: l.Station, Lane: 1, Epoch: 11, Sequence: int64(i), At: l.At, Direction: l.Direction, Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: car.Plate.Text}
		driven, want[o.ID()] = append(driven, o), l.Net
	}
	r.Send(pipelinetest.NDJSON(driven...))
	r.Settle()
	r.WantNet(want)
}
