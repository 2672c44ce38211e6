package pipeline_test

import (
	"testing"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Passages of an unknown vehicle are stored without a charge, and charged when the vehicle is registered.
func TestUnknownVehicleIsChargedWhenRegistered(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	pass := toll.Observation{
		Station: "oslo-301", Lane: 1, Epoch: 30, Sequence: 1, At: oslo.At(pipelinetest.November+2, 12, 0, 0), Direction: toll.Inbound, Country: "NO", Plate: "ZZ99999",
	}
	r.Send(pipelinetest.NDJSON(pass))
	r.Settle()
	if a := r.Audited(pass); a.Revisions != 0 || a.MatchedBy != toll.ByNone {
		t.Fatalf("got %+v, want it waiting", a)
	}
	r.Exec(`insert into vehicle (id, country, plate, owner_id) values ('0196a000-0000-7000-8000-00000000f001', 'NO', 'ZZ99999', '` + string(fixture.Per) + `')`)
	r.ApplyRegisterChanges()
	if a := r.Audited(pass); a.Net == 0 || a.MatchedBy != toll.ByOwner {
		t.Errorf("got %+v, want it charged to the owner", a)
	}
	if got, want := r.MonthTotal(fixture.Per), r.Audited(pass).Net; got != want {
		t.Errorf("the owner's month comes to %v, want %v", got, want)
	}
}

// A tag moved with effect in the past moves its passages since then, and the former payer is credited.
func TestTagMovedWithEffectInPastMovesItsPassages(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	tag := fixture.Mounts()[0].Tag // Kari's, moved to Olav's car
	pass := func(n int64, day oslo.Day) toll.Observation {
		return toll.Observation{Station: "oslo-301", Lane: 1, Epoch: 31, Sequence: n, At: oslo.At(day, 12, 0, 0), Direction: toll.Inbound, Tag: tag}
	}
	before, after := pass(1, pipelinetest.November+2), pass(2, pipelinetest.November+5)
	r.Send(pipelinetest.NDJSON(before, after))
	r.Settle()
	stood := r.Audited(after).Net
	if stood == 0 || r.MonthTotal(fixture.Kari) != 2*stood {
		t.Fatalf("got %v of %v, want two charges", stood, r.MonthTotal(fixture.Kari))
	}
	var other toll.Mount
	for _, m := range fixture.Mounts() {
		if m.Vehicle == fixture.IngridCar {
			other = m
		}
	}
	r.Exec(`update mount set valid_to = '2025-11-04' where tag_id = '` + string(tag) + `';
		delete from mount where vehicle_id = '` + string(other.Vehicle) + `';
		insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ('` +
		string(other.Vehicle) + `', '` + string(other.Agreement) + `', '` + string(tag) + `', '2025-11-04')`)
	r.ApplyRegisterChanges()
	if got := r.MonthTotal(fixture.Kari); got != stood {
		t.Errorf("Kari pays %v, want %v", got, stood)
	}
	if got := r.MonthTotal(fixture.Ingrid); got == 0 || got != r.Audited(after).Net {
		t.Errorf("Ingrid pays %v, and the charge is %v", got, r.Audited(after).Net)
	}
	if a := r.Audited(after); a.Posted != a.Net || a.Revisions < 3 {
		t.Errorf("got %+v, want a debit, a credit and a debit", a)
	}
}

// An exemption with effect in the past makes charged passages free; blocking an agreement has no effect in the past.
func TestExemptionHasEffectInPastAndBlockDoesNot(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	pass := pipelinetest.Tresfjord(1, "tresfjord-1", oslo.At(pipelinetest.November+2, 12, 0, 0))
	r.Send(pipelinetest.NDJSON(pass))
	r.Settle()
	stood := r.Audited(pass)
	r.Exec(`update agreement set blocked = true; update tag set status = 'blocked'; update mount set valid_to = '2025-11-08' where valid_to is null`)
	r.ApplyRegisterChanges()
	if a := r.Audited(pass); a != stood {
		t.Errorf("got %+v, want %+v", a, stood)
	}
	r.Exec(`insert into exemption (vehicle_id, kind, valid_from) values ('` + string(fixture.KariPetrol) + `', 'emergency', '2025-11-01')`)
	r.ApplyRegisterChanges()
	if a := r.Audited(pass); a.Net != 0 || a.Revisions != 2 {
		t.Errorf("got %+v, want it free", a)
	}
}

// Register changes with effect in the past lead to the same charges as if they had been made in time: tags exchanged
// within a fleet, a car sold with its tag, an exemption, another class, a new vehicle.
func TestLateRegisterChangesGiveSameCharges(t *testing.T) {
	changes := `update mount set valid_to = '2025-11-05' where vehicle_id <> '` + string(fixture.OlavCar) + `';
		insert into mount (vehicle_id, agreement_id, tag_id, valid_from)
			select vehicle_id, agreement_id, coalesce(lead(tag_id) over (order by tag_id), min(tag_id) over ()), '2025-11-05'
			from mount where valid_to = '2025-11-05';
		insert into exemption (vehicle_id, kind, valid_from) values ('` + string(fixture.Lorry(3)) + `', 'emergency', '2025-11-03');
		update vehicle_facts set valid_to = '2025-11-06' where vehicle_id = '` + string(fixture.Lorry(5)) + `';
		insert into vehicle_facts (vehicle_id, valid_from, category, weight_kg, fuel, plug_in, euro, source)
			values ('` + string(fixture.Lorry(5)) + `', '2025-11-06', 'N3', 26000, 'diesel', false, 5, 'register');
		insert into vehicle (id, country, plate, owner_id) values ('0196a000-0000-7000-8000-00000000f002', 'NO', 'ZZ88888', '` + string(fixture.Per) + `')`
	driven := fixture.Passages(pipelinetest.November-2, pipelinetest.November+9)
	for i := range driven {
		switch i % 7 {
		case 0:
			driven[i].Plate, driven[i].Country = "ZZ88888", "NO"
		case 1:
			driven[i].Plate, driven[i].Country = "", ""
		}
	}
	before, after := pipelinetest.New(t, (pipelinetest.November+20).Start()), pipelinetest.New(t, (pipelinetest.November+20).Start())
	before.Exec(changes)
	before.Send(pipelinetest.NDJSON(driven...))
	before.Settle()
	after.Send(pipelinetest.NDJSON(driven[:len(driven)/2]...))
	after.Settle()
	after.Exec(changes)
	after.Send(pipelinetest.NDJSON(driven[len(driven)/2:]...))
	after.ApplyRegisterChanges()
	want := map[toll.PassageID]money.Ore{}
	for _, a := range before.Audit() {
		if a.Revisions > 0 {
			want[a.ID] = a.Net
		}
	}
	after.WantNet(want)
	for _, c := range fixture.Customers() {
		if got, want := after.MonthTotal(c.ID), before.MonthTotal(c.ID); got != want {
			t.Errorf("%s pays %v, want %v", c.Name, got, want)
		}
	}
}

// Without an agreement the registered owner pays the full price.
func TestAgreementEndedInPastChargesOwner(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	before, after := pipelinetest.Tresfjord(1, "tresfjord-1", oslo.At(pipelinetest.November+2, 12, 0, 0)), pipelinetest.Tresfjord(2, "tresfjord-1", oslo.At(pipelinetest.November+6, 12, 0, 0))
	r.Send(pipelinetest.NDJSON(before, after))
	r.Settle()
	r.Exec(`update agreement set valid_to = '2025-11-05' where id = '` + string(fixture.KariAgreement) + `'`)
	r.ApplyRegisterChanges()
	if a := r.Audited(before); a.Net != 8100 || a.Revisions != 1 {
		t.Errorf("the passage before: got %+v, want it as it was", a)
	}
	if a := r.Audited(after); a.Net != 9000 || a.MatchedBy != toll.ByOwner || a.Posted != a.Net {
		t.Errorf("the passage after: got %+v, want the list price", a)
	}
}
