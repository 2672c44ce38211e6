package passage_test

import (
	"encoding/json"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/agreement"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// An agreement that is made while the workers know the register as it was: what passes from its first
// instant on is its own and priced so, also when it was charged to the owner before anybody knew; what
// passed earlier stays the owner's.
func TestAnAgreementBeginsAtItsInstant(t *testing.T) {
	r := newRig(t, oslo.At(november+10, 12, 0, 0))
	pass := func(n int64, at time.Time) toll.Observation {
		return toll.Observation{Station: "oslo-301", Lane: 1, Epoch: 77, Sequence: n, At: at, Direction: toll.Inbound, Country: "NO", Plate: "RK20877"}
	}
	from := r.now().Add(-time.Minute)
	before, early, late := pass(1, from.Add(-time.Microsecond)), pass(2, from), pass(3, r.now().Add(2*time.Hour))
	r.send(ndjson(before, early))
	r.settle()
	for _, o := range []toll.Observation{before, early} {
		if a := r.audited(o); a.MatchedBy != toll.ByOwner || a.List == 0 {
			t.Fatalf("without an agreement: %+v", a)
		}
	}
	keys, err := access.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accessdb.New(r.db), keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	var who agreement.Owner
	for _, a := range fixture.Accounts() {
		if a.Customer == fixture.Per {
			who = agreement.Owner{Account: a.ID, Customer: fixture.Per}
		}
	}
	const draft = "0196a000-0000-7000-8000-0000000000d1"
	keep := func(agreement.Draft) (agreement.Draft, error) {
		sealed, err := json.Marshal("answers")
		return agreement.Draft{ID: draft, Sealed: access.Sealed{Key: "test", Data: sealed}, Saved: r.now()}, err
	}
	agreements := agreementdb.New(r.db)
	if err := agreements.ChangeAgreementDraft(t.Context(), who, time.Time{}, keep); err != nil {
		t.Fatal(err)
	}
	made, err := agreements.AddAgreement(t.Context(), agreement.Application{
		Owner: who, Draft: draft, At: r.now(), Make: func(_ agreement.Draft, number string) (agreement.NewAgreement, error) {
			return agreement.NewAgreement{
				Agreement: toll.Agreement{
					ID: "0196a000-0000-7000-8000-0000000000d2", Number: number, Customer: fixture.Per, Issuer: "bompass", Charger: "fjellinjen",
					Validity: toll.Validity{From: from},
				},
				Vehicle: toll.Vehicle{ID: "0196a000-0000-7000-8000-0000000000d3", Plate: toll.NewPlate("NO", "RK 20877"), Facts: toll.Facts{Category: "M1", Fuel: toll.FuelPetrol}},
				Source:  agreement.FromPerson, Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}, Accepted: r.now(),
				Details: api.Details{City: "Oslo"},
			}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.known()
	r.clock.Store(late.At.Add(time.Minute))
	r.send(ndjson(late))
	r.settle()
	if a := r.audited(before); a.MatchedBy != toll.ByOwner {
		t.Errorf("before its instant: %+v", a)
	}
	for name, o := range map[string]toll.Observation{"at its instant": early, "later": late} {
		if a := r.audited(o); a.MatchedBy != toll.ByPlate {
			t.Errorf("%s: %+v", name, a)
		}
	}
	list, err := r.desk().List(t.Context(), fixture.Per, api.PassageListRequest{From: november + 10, To: november + 10, Agreement: made.Agreement.ID}, r.now())
	if err != nil || list.Count != 2 {
		t.Errorf("the agreement has %d passages, %v; want 2", list.Count, err)
	}
}
