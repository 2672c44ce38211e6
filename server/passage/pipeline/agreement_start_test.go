package pipeline_test

import (
	"encoding/json"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/draft"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/draftdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// An agreement made while workers have the old register: passages from its first instant on are matched with it and
// priced accordingly, also those already charged to the owner; earlier passages stay the owner's.
func TestAgreementAppliesFromItsStart(t *testing.T) {
	r := pipelinetest.New(t, oslo.At(pipelinetest.November+10, 12, 0, 0))
	pass := func(n int64, at time.Time) toll.Observation {
		return toll.Observation{Station: "oslo-301", Lane: 1, Epoch: 77, Sequence: n, At: at, Direction: toll.Inbound, Country: "NO", Plate: "RK20877"}
	}
	from := r.Now().Add(-time.Minute)
	before, early, late := pass(1, from.Add(-time.Microsecond)), pass(2, from), pass(3, r.Now().Add(2*time.Hour))
	r.Send(pipelinetest.NDJSON(before, early))
	r.Settle()
	for _, o := range []toll.Observation{before, early} {
		if a := r.Audited(o); a.MatchedBy != toll.ByOwner || a.List == 0 {
			t.Fatalf("without an agreement: %+v", a)
		}
	}
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accessdb.New(r.DB), keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	var key draft.Key
	for _, a := range fixture.Accounts() {
		if a.Customer == fixture.Per {
			key = draft.Key{Account: a.ID, Customer: fixture.Per, Form: draft.Agreement}
		}
	}
	const id = "0196a000-0000-7000-8000-0000000000d1"
	keep := func(draft.Draft) (draft.Draft, error) {
		sealed, err := json.Marshal("answers")
		return draft.Draft{ID: id, Sealed: seal.Sealed{Key: "test", Data: sealed}, Saved: r.Now()}, err
	}
	if err := draftdb.New(r.DB).ChangeDraft(t.Context(), key, time.Time{}, keep); err != nil {
		t.Fatal(err)
	}
	made, err := agreementdb.New(r.DB).AddAgreement(t.Context(), agreement.Application{
		Key: key, Draft: id, At: r.Now(), Make: func(_ draft.Draft, number string) (agreement.NewAgreement, error) {
			return agreement.NewAgreement{
				Agreement: toll.Agreement{
					ID: "0196a000-0000-7000-8000-0000000000d2", Number: number, Customer: fixture.Per, Issuer: "bompass", Charger: "fjellinjen",
					Validity: toll.Validity{From: from},
				},
				Vehicle: toll.Vehicle{ID: "0196a000-0000-7000-8000-0000000000d3", Plate: toll.NewPlate("NO", "RK 20877"), Facts: toll.Facts{Category: "M1", Fuel: toll.FuelPetrol}},
				Source:  agreement.FromPerson, Terms: toll.TermsInForce(), Accepted: r.Now(),
				Details: api.Details{City: "Oslo"},
			}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.ApplyRegisterChanges()
	r.SetNow(late.At.Add(time.Minute))
	r.Send(pipelinetest.NDJSON(late))
	r.Settle()
	if a := r.Audited(before); a.MatchedBy != toll.ByOwner {
		t.Errorf("before its instant: %+v", a)
	}
	for name, o := range map[string]toll.Observation{"at its instant": early, "later": late} {
		if a := r.Audited(o); a.MatchedBy != toll.ByPlate {
			t.Errorf("%s: %+v", name, a)
		}
	}
	list, err := r.Service().List(t.Context(), fixture.Per, api.PassageListRequest{From: pipelinetest.November + 10, To: pipelinetest.November + 10, Agreement: made.Agreement.ID}, r.Now())
	if err != nil || list.Count != 2 {
		t.Errorf("the agreement has %d passages, %v; want 2", list.Count, err)
	}
}
