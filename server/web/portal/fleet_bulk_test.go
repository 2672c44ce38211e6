package portal_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"bompass/server/internal/proves"
	"bompass/server/sheet"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// secondAgreement makes a second agreement of the company, with a vehicle that the register does not have, and returns its
// number.
func secondAgreement(t *testing.T, v *webtest.Visitor) string {
	t.Helper()
	steps := []api.AgreementStepRequest{
		{Step: api.StepCharger, Answers: api.AgreementAnswers{Charger: "fjellinjen"}},
		{Step: api.StepCountry, Answers: api.AgreementAnswers{Country: "NO"}},
		{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: "NO", Plate: "AB12345"}},
		{Step: api.StepVehicle, Answers: api.AgreementAnswers{Sure: true, Stated: petrol()}},
		{Step: api.StepTag, Answers: api.AgreementAnswers{Tag: "no"}},
		{Step: api.StepTerms, Answers: api.AgreementAnswers{Terms: toll.TermsInForce()}},
	}
	var draft api.AgreementDraftReply
	for _, step := range steps {
		draft = webtest.Call(v, api.AgreementAnswer, step, "")
	}
	if draft.Next == api.StepDetails {
		draft = webtest.Call(v, api.AgreementAnswer, api.AgreementStepRequest{Step: api.StepDetails, Answers: api.AgreementAnswers{
			Street: "Havnegata 7", PostalCode: "5003", City: "Bergen", Home: "NO",
		}}, "")
	}
	return webtest.Call(v, api.AgreementBegin, api.AgreementRequest{ID: draft.ID}, "").Number
}

// A company moves many vehicles with their tags to another agreement at once, and a request that is sent again changes
// nothing more. The history of both agreements has it.
func TestManyVehiclesMoveToAnotherAgreement(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	number := secondAgreement(t, v)
	lines := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines
	old := lines[1]
	if old.Agreement == number || old.Tag == "" {
		t.Fatalf("the second vehicle: %+v", old)
	}
	h.Advance(time.Minute)
	req := api.FleetBulkRequest{Key: uuid.NewString(), Agreement: number, Vehicles: []toll.VehicleID{lines[1].Vehicle, lines[2].Vehicle, toll.VehicleID(uuid.NewString())}}
	for range 2 {
		reply := webtest.Call(v, api.FleetBulk, req, "")
		if reply.Changed != 2 || len(reply.Refused) != 1 || reply.Refused[0].Fault.Code != fault.NotFound {
			t.Fatalf("moved: %+v", reply)
		}
	}
	l := lineOf(t, v, old.Plate.Text)
	if l.Agreement != number || l.Tag != old.Tag || l.Status != toll.TagActive {
		t.Errorf("after: %+v", l)
	}
	for _, of := range []string{number, old.Agreement} {
		events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Agreement: of, Vehicle: old.Vehicle}, "").Events
		if len(events) != 1 || events[0].Kind != toll.ChangeTransfer || events[0].Was != old.Agreement || events[0].Became != number || events[0].Actor != "Nils Berg" {
			t.Errorf("history of %s: %+v", of, events)
		}
	}
	hold := changing(toll.ChangeHold, l) // the tag is the new agreement's: it can be changed on
	h.Advance(time.Minute)
	if r := webtest.Call(v, api.FleetChange, hold, ""); r.Agreement != number {
		t.Errorf("on hold: %+v", r)
	}
	webtest.Call(h.SignIn("astrid@fjordfrakt.example"), api.FleetBulk, req, fault.Refused)
	kari := h.SignIn(webtest.Kari)
	if reply := webtest.Call(kari, api.FleetBulk, req, ""); reply.Changed != 0 || len(reply.Refused) != 3 {
		t.Errorf("of another customer: %+v", reply)
	}
}

// Vehicles get a cost centre and a reference, which the list, the file and the agreement show; the history says what was
// there before. S4.41: the agreement shows plate and reference.
func TestVehiclesGetCostCentreAndReference(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("nils@fjordfrakt.example")
	lines := webtest.Call(v, api.Fleet, api.Empty{}, "").Lines
	text := func(s string) *string { return &s }
	ids := []toll.VehicleID{lines[0].Vehicle, lines[1].Vehicle}
	set := func(centre, reference *string, want fault.Code) api.FleetBulkReply {
		return webtest.Call(v, api.FleetBulk, api.FleetBulkRequest{Key: uuid.NewString(), Vehicles: ids, Centre: centre, Reference: reference}, want)
	}
	set(text("<b>"), nil, fault.FieldWrong)
	set(text(strings.Repeat("x", 51)), nil, fault.FieldWrong)
	set(nil, nil, fault.FieldMissing)
	if r := set(text(" =Nord "), text("Bil 7"), ""); r.Changed != 2 {
		t.Errorf("set: %+v", r)
	}
	set(text("Sør"), nil, "")
	set(text("Sør"), nil, "") // is there already
	l := lineOf(t, v, lines[0].Plate.Text)
	if l.Centre != "Sør" || l.Reference != "Bil 7" {
		t.Errorf("labels: %+v", l)
	}
	events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{Vehicle: l.Vehicle}, "").Events
	if len(events) != 3 || events[0].Was != "=Nord" || events[0].Became != "Sør" || events[0].Kind != toll.ChangeCentre || events[0].Actor != "Nils Berg" {
		t.Errorf("history: %+v", events)
	}
	d := webtest.Call(v, api.AgreementDetails, api.AgreementReceiptRequest{Number: l.Agreement}, "")
	if d.Vehicles[0].Plate != l.Plate || d.Vehicles[0].Reference != "Bil 7" || !d.Vehicles[0].Movable {
		t.Errorf("agreement: %+v", d.Vehicles[0])
	}
	var packed []byte
	for _, id := range ids {
		b := uuid.MustParse(string(id))
		packed = append(packed, b[:]...)
	}
	p := v.Get(api.FleetExport.Path + "?format=xlsx&vehicles=" + base64.RawURLEncoding.EncodeToString(packed))
	rows, err := sheet.Read([]byte(p.Body), 100)
	if err != nil || len(rows) != 3 || rows[1][11] != "Sør" || rows[1][12] != "Bil 7" {
		t.Errorf("file of the selection: %q, %v", rows, err)
	}
	if f := webtest.FaultOf(t, v.Get(api.FleetExport.Path+"?format=xlsx&vehicles=abc")); f.Code != fault.FieldWrong {
		t.Errorf("not ids: %v", f)
	}
	proves.That(t, "S4.41")
}

// The history can only be added to: the database refuses every other change of it, except that a person leaves.
func TestHistoryIsAppendOnly(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.FleetChange, changing(toll.ChangeHold, lineOf(t, v, kariPetrolPlate)), "")
	for _, sql := range []string{"update fleet_event set kind = 'lost'", "update fleet_event set at = now()", "update fleet_event set text_after = 'x'", "delete from fleet_event"} {
		if _, err := h.DB.Pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := h.DB.Pool.Exec(t.Context(), "update fleet_event set account_id = null"); err != nil {
		t.Errorf("a person who leaves: %v", err)
	}
	if events := webtest.Call(v, api.FleetHistory, api.FleetHistoryRequest{}, "").Events; len(events) != 1 || events[0].Kind != toll.ChangeHold {
		t.Errorf("history: %+v", events)
	}
}
