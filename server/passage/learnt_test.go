package passage_test

import (
	"testing"
	"time"

	"bompass/server/store/passagedb"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// known lets as much time pass as it takes until everyone knows what the register has learnt.
func (r *rig) known() {
	r.t.Helper()
	r.clock.Store(r.now().Add(2 * time.Second))
	r.settle()
	r.clock.Store(r.now().Add(2 * time.Minute))
	r.settle()
}

func (r *rig) audited(o toll.Observation) passagedb.Audited {
	r.t.Helper()
	for _, a := range r.audit() {
		if a.ID == o.ID() {
			return a
		}
	}
	r.t.Fatalf("passage %s is not kept", o.Key())
	return passagedb.Audited{}
}

func (r *rig) month(customer toll.CustomerID) money.Ore {
	r.t.Helper()
	total, err := r.store.MonthTotal(r.t.Context(), customer, november.Month())
	if err != nil {
		r.t.Fatal(err)
	}
	return total
}

// tolling.md A.0 step 2: the passages of an unknown vehicle wait, and are charged when it becomes known.
func TestAnUnknownVehicleIsChargedWhenItBecomesKnown(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	pass := toll.Observation{
		Station: "oslo-301", Lane: 1, Epoch: 30, Sequence: 1, At: oslo.At(november+2, 12, 0, 0), Direction: toll.Inbound, Country: "NO", Plate: "ZZ99999",
	}
	r.send(ndjson(pass))
	r.settle()
	if a := r.audited(pass); a.Revisions != 0 || a.MatchedBy != toll.ByNone {
		t.Fatalf("got %+v, want it waiting", a)
	}
	r.exec(`insert into vehicle (id, country, plate, owner_id) values ('0196a000-0000-7000-8000-00000000f001', 'NO', 'ZZ99999', '` + string(fixture.Per) + `')`)
	r.known()
	if a := r.audited(pass); a.Net == 0 || a.MatchedBy != toll.ByOwner {
		t.Errorf("got %+v, want it charged to the owner", a)
	}
	if got, want := r.month(fixture.Per), r.audited(pass).Net; got != want {
		t.Errorf("the owner's month comes to %v, want %v", got, want)
	}
}

// A tag moved with effect in the past takes the passages since then along: who had paid gets a credit.
func TestATagMovedBackInTimeTakesItsPassagesAlong(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	tag := fixture.Mounts()[0].Tag // Kari's, moved to Olav's car
	pass := func(n int64, day oslo.Day) toll.Observation {
		return toll.Observation{Station: "oslo-301", Lane: 1, Epoch: 31, Sequence: n, At: oslo.At(day, 12, 0, 0), Direction: toll.Inbound, Tag: tag}
	}
	before, after := pass(1, november+2), pass(2, november+5)
	r.send(ndjson(before, after))
	r.settle()
	stood := r.audited(after).Net
	if stood == 0 || r.month(fixture.Kari) != 2*stood {
		t.Fatalf("got %v of %v, want two charges", stood, r.month(fixture.Kari))
	}
	var other toll.Mount
	for _, m := range fixture.Mounts() {
		if m.Vehicle == fixture.IngridCar {
			other = m
		}
	}
	r.exec(`update mount set valid_to = '2025-11-04' where tag_id = '` + string(tag) + `';
		delete from mount where vehicle_id = '` + string(other.Vehicle) + `';
		insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ('` +
		string(other.Vehicle) + `', '` + string(other.Agreement) + `', '` + string(tag) + `', '2025-11-04')`)
	r.known()
	if got := r.month(fixture.Kari); got != stood {
		t.Errorf("Kari pays %v, want %v", got, stood)
	}
	if got := r.month(fixture.Ingrid); got == 0 || got != r.audited(after).Net {
		t.Errorf("Ingrid pays %v, and %v stands", got, r.audited(after).Net)
	}
	if a := r.audited(after); a.Posted != a.Net || a.Revisions < 3 {
		t.Errorf("got %+v, want a debit, a credit and a debit", a)
	}
}

// An exemption with effect in the past frees what was charged; blocking an agreement does not reach back.
func TestAnExemptionReachesBackAndABlockDoesNot(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	pass := tresfjord(1, "tresfjord-1", oslo.At(november+2, 12, 0, 0))
	r.send(ndjson(pass))
	r.settle()
	stood := r.audited(pass)
	r.exec(`update agreement set blocked = true; update tag set status = 'blocked'; update mount set valid_to = '2025-11-08' where valid_to is null`)
	r.known()
	if a := r.audited(pass); a != stood {
		t.Errorf("got %+v, want %+v", a, stood)
	}
	r.exec(`insert into exemption (vehicle_id, kind, valid_from) values ('` + string(fixture.KariPetrol) + `', 'emergency', '2025-11-01')`)
	r.known()
	if a := r.audited(pass); a.Net != 0 || a.Revisions != 2 {
		t.Errorf("got %+v, want it free", a)
	}
}

// What the register learns late is charged as if it had been known before: tags that went round the
// fleet, a car sold with its tag, an exemption, another class, a vehicle that nobody knew.
func TestWhatIsLearntLateIsChargedAsIfItHadBeenKnown(t *testing.T) {
	changes := `update mount set valid_to = '2025-11-05' where vehicle_id <> '` + string(fixture.OlavCar) + `';
		insert into mount (vehicle_id, agreement_id, tag_id, valid_from)
			select vehicle_id, agreement_id, coalesce(lead(tag_id) over (order by tag_id), min(tag_id) over ()), '2025-11-05'
			from mount where valid_to = '2025-11-05';
		insert into exemption (vehicle_id, kind, valid_from) values ('` + string(fixture.Lorry(3)) + `', 'emergency', '2025-11-03');
		update vehicle_facts set valid_to = '2025-11-06' where vehicle_id = '` + string(fixture.Lorry(5)) + `';
		insert into vehicle_facts (vehicle_id, valid_from, category, weight_kg, fuel, plug_in, euro, source)
			values ('` + string(fixture.Lorry(5)) + `', '2025-11-06', 'N3', 26000, 'diesel', false, 5, 'register');
		insert into vehicle (id, country, plate, owner_id) values ('0196a000-0000-7000-8000-00000000f002', 'NO', 'ZZ88888', '` + string(fixture.Per) + `')`
	driven := fixture.Passages(november-2, november+9)
	for i := range driven {
		switch i % 7 {
		case 0:
			driven[i].Plate, driven[i].Country = "ZZ88888", "NO"
		case 1:
			driven[i].Plate, driven[i].Country = "", ""
		}
	}
	before, after := newRig(t, (november+20).Start()), newRig(t, (november+20).Start())
	before.exec(changes)
	before.send(ndjson(driven...))
	before.settle()
	after.send(ndjson(driven[:len(driven)/2]...))
	after.settle()
	after.exec(changes)
	after.send(ndjson(driven[len(driven)/2:]...))
	after.known()
	want := map[toll.PassageID]money.Ore{}
	for _, a := range before.audit() {
		if a.Revisions > 0 {
			want[a.ID] = a.Net
		}
	}
	after.wantNet(want)
	for _, c := range fixture.Customers() {
		if got, want := after.month(c.ID), before.month(c.ID); got != want {
			t.Errorf("%s pays %v, want %v", c.Name, got, want)
		}
	}
}

// tolling.md A-12: without an agreement the registered owner pays the full price.
func TestAnAgreementThatEndedEarlierChargesTheOwner(t *testing.T) {
	r := newRig(t, (november + 10).Start())
	before, after := tresfjord(1, "tresfjord-1", oslo.At(november+2, 12, 0, 0)), tresfjord(2, "tresfjord-1", oslo.At(november+6, 12, 0, 0))
	r.send(ndjson(before, after))
	r.settle()
	r.exec(`update agreement set valid_to = '2025-11-05' where id = '` + string(fixture.KariAgreement) + `'`)
	r.known()
	if a := r.audited(before); a.Net != 8100 || a.Revisions != 1 {
		t.Errorf("the passage before: got %+v, want it as it was", a)
	}
	if a := r.audited(after); a.Net != 9000 || a.MatchedBy != toll.ByOwner || a.Posted != a.Net {
		t.Errorf("the passage after: got %+v, want the list price", a)
	}
}
