package agreement_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/draft"
	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/register"
	"bompass/server/partner/register/sim"
	"bompass/server/partner/register/vegvesen"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/draftdb"
	"bompass/server/store/persondb"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// rig is a Service on a real database, with a simulated register behind HTTP.
type rig struct {
	*agreement.Service
	t        *testing.T
	conn     *pgx.Conn
	register *sim.Register
	ahead    time.Duration
}

func open(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t}
	db, dsn := pgtest.Demo(t)
	accounts := accessdb.New(db)
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accounts, keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	if r.conn, err = pgx.Connect(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.conn.Close(t.Context()) })
	now := func() time.Time { return time.Now().Add(r.ahead) }
	vehicles := map[toll.Plate]register.Vehicle{}
	for _, v := range fixture.Register() {
		vehicles[v.Plate] = register.Vehicle{Make: v.Make, Model: v.Model, Since: v.Since, Facts: v.Facts, LengthMM: v.LengthMM}
	}
	r.register = sim.New("key", vehicles)
	web := httptest.NewServer(r.register)
	t.Cleanup(web.Close)
	source, err := vegvesen.New(vegvesen.Config{Address: web.URL, Key: "key"})
	if err != nil {
		t.Fatal(err)
	}
	r.Service = agreement.NewService(agreement.Deps{
		Store: agreementdb.New(db), Drafts: draftdb.New(db), Profiles: persondb.New(db), Register: source, Keys: keys, Messages: notice.NewWriter(keys, "https://bompass.example", now), Limiter: access.NewService(accounts, keys, now),
		Issuer: "bompass", Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}}, Now: now,
	})
	return r
}

// actor returns the person of the demo data with a name, acting for their own customer.
func actor(name string) access.Principal {
	for _, a := range fixture.Accounts() {
		if a.Person == name {
			kind := toll.Private
			if a.Customer == fixture.Fjordfrakt {
				kind = toll.Company
			}
			return access.Principal{Account: a.ID, Customer: a.Customer, Person: name, Name: name, Email: a.Email, Language: "nb", Role: role.Owner, Kind: kind}
		}
	}
	return access.Principal{}
}

func (r *rig) one(sql string, args ...any) (text string) {
	r.t.Helper()
	if err := r.conn.QueryRow(r.t.Context(), sql, args...).Scan(&text); err != nil {
		r.t.Fatalf("%s: %v", sql, err)
	}
	return text
}

func (r *rig) answer(actor access.Principal, step api.AgreementStep, a api.AgreementAnswers) api.AgreementDraftReply {
	r.t.Helper()
	reply, err := r.Answer(r.t.Context(), actor, api.AgreementStepRequest{Step: step, Answers: a})
	if err != nil {
		r.t.Fatalf("%s: %v", step, err)
	}
	return reply
}

// fill answers every step and returns the ID of the draft.
func (r *rig) fill(actor access.Principal, plate toll.Plate) string {
	r.t.Helper()
	r.answer(actor, api.StepCharger, api.AgreementAnswers{Charger: "ferde"})
	r.answer(actor, api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"})
	r.answer(actor, api.StepCountry, api.AgreementAnswers{Country: plate.Country})
	reply := r.answer(actor, api.StepPlate, api.AgreementAnswers{Country: plate.Country, Plate: plate.Text})
	vehicle := api.AgreementAnswers{Sure: true}
	if reply.Found == nil {
		vehicle = api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"}, Sure: true}
	}
	r.answer(actor, api.StepVehicle, vehicle)
	r.answer(actor, api.StepTag, api.AgreementAnswers{Tag: "yes"})
	reply = r.answer(actor, api.StepTerms, api.AgreementAnswers{Terms: toll.TermsInForce()})
	if reply.Next != api.StepCheck {
		r.t.Fatalf("everything is answered, and %s is asked", reply.Next)
	}
	return reply.ID
}

func refused(t *testing.T, what string, err error, code fault.Code, field string) {
	t.Helper()
	known, ok := errors.AsType[*fault.Error](err)
	if !ok || known.Code != code || known.Field != field {
		t.Errorf("%s: got %v, want %s at %q", what, err, code, field)
	}
}

// S2.28, S2.30, S2.31, S2.32: only missing details are asked for, the country before the plate, and the vehicle of
// the register is shown.
func TestDraftAsksForMissingDetailsStepByStep(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	reply, err := r.Draft(t.Context(), per)
	if err != nil || reply.ID != "" || reply.Next != api.StepCharger || len(reply.Missing) != 4 {
		t.Fatalf("at first: %+v, %v", reply, err)
	}
	for _, c := range []struct {
		step  api.AgreementStep
		a     api.AgreementAnswers
		code  fault.Code
		field string
	}{
		{api.StepCharger, api.AgreementAnswers{}, fault.FieldMissing, "charger"},
		{api.StepCharger, api.AgreementAnswers{Charger: "nobody"}, fault.FieldWrong, "charger"},
		{api.StepDetails, api.AgreementAnswers{Street: " ", PostalCode: "0155", City: "Oslo", Home: "NO"}, fault.FieldMissing, "street"},
		{api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "155", City: "Oslo", Home: "NO"}, fault.FieldWrong, "postal_code"},
		{api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "0155", City: "Os\nlo", Home: "NO"}, fault.FieldWrong, "city"},
		{api.StepCountry, api.AgreementAnswers{}, fault.FieldMissing, "country"},
		{api.StepCountry, api.AgreementAnswers{Country: "Norge"}, fault.FieldWrong, "country"},
		{api.StepPlate, api.AgreementAnswers{Country: "NO"}, fault.FieldMissing, "plate"},
		{api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: "AB 1"}, fault.FieldWrong, "plate"},
		{api.StepVehicle, api.AgreementAnswers{Sure: true}, fault.FieldMissing, "plate"},
		{api.StepTag, api.AgreementAnswers{Tag: "perhaps"}, fault.FieldWrong, "tag"},
		{api.StepTerms, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1}}, fault.TermsNeeded, "special"},
		{"nowhere", api.AgreementAnswers{}, fault.FieldWrong, "step"},
	} {
		_, err := r.Answer(t.Context(), per, api.AgreementStepRequest{Step: c.step, Answers: c.a})
		refused(t, string(c.step), err, c.code, c.field)
	}
	reply = r.answer(per, api.StepCharger, api.AgreementAnswers{Charger: "ferde"})
	if reply.Next != api.StepDetails {
		t.Errorf("after the company: %s", reply.Next)
	}
	reply = r.answer(per, api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"})
	if reply.Next != api.StepCountry {
		t.Errorf("after the address: %s", reply.Next)
	}
	if reply = r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "NO"}); reply.Next != api.StepPlate {
		t.Errorf("after the country: %s", reply.Next)
	}
	reply = r.answer(per, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: "bt 90214"})
	if reply.Found == nil || reply.Found.Make != "SKODA" || reply.Found.Model != "ENYAQ" || reply.Found.Facts.Fuel != toll.FuelElectric || reply.Next != api.StepVehicle {
		t.Errorf("after the number: %+v", reply)
	}
	r.answer(per, api.StepVehicle, api.AgreementAnswers{Sure: true})
	if reply = r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "SE"}); reply.Answers.Plate != "" || reply.Answers.Sure || reply.Found != nil {
		t.Errorf("another country keeps the vehicle: %+v", reply.Answers)
	}
	if reply, err = r.Draft(t.Context(), per); err != nil || reply.Answers.Street != "Storgata 1" || reply.Answers.Charger != "ferde" {
		t.Errorf("after a reload: %+v, %v", reply.Answers, err)
	}
	other, err := r.Draft(t.Context(), actor("Kari Lund"))
	if err != nil || other.ID != "" || other.Answers.Street != "" {
		t.Errorf("somebody else sees %+v, %v", other.Answers, err)
	}
	if text := r.one("select encode(sealed, 'escape') from draft"); text == "" || strings.Contains(text, "Storgata") || strings.Contains(text, "BT90214") {
		t.Errorf("the draft can be read: %q", text)
	}
	r.ahead = draft.MaxAge + time.Minute
	if reply, err = r.Draft(t.Context(), per); err != nil || reply.ID != "" {
		t.Errorf("after %s the answers still wait: %v", draft.MaxAge, err)
	}
}

// S2.28: stored details are not asked for again. A person's own address is not used for a company.
func TestDraftDoesNotAskForStoredDetails(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	if _, err := r.conn.Exec(t.Context(), "update profile set street = 'Kaien 2', postal_code = '5003', city = '', country = 'NO' where account_id = $1", string(per.Account)); err != nil {
		t.Fatal(err)
	}
	reply, err := r.Draft(t.Context(), per)
	if err != nil || len(reply.Missing) != 1 || reply.Missing[0] != "city" {
		t.Errorf("missing %v, %v", reply.Missing, err)
	}
	if _, err := r.conn.Exec(t.Context(), "update profile set street = 'Kaien 2', postal_code = '5003', city = 'Bergen', country = 'NO'"); err != nil {
		t.Fatal(err)
	}
	reply, err = r.Draft(t.Context(), per)
	if err != nil || len(reply.Missing) != 0 || len(reply.Steps) != len(api.AgreementSteps())-1 {
		t.Errorf("with an address: missing %v, steps %v, %v", reply.Missing, reply.Steps, err)
	}
	reply, err = r.Draft(t.Context(), actor("Nils Berg"))
	if err != nil || len(reply.Missing) != 4 {
		t.Errorf("a company: missing %v, %v", reply.Missing, err)
	}
}

func TestPersonStatesVehicleThatRegisterDoesNotHave(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	r.register.Break(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	if reply := r.answer(per, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: "BT90214"}); !reply.Silent || reply.Found != nil {
		t.Errorf("a silent register: %+v", reply)
	}
	r.register.Break(nil)
	id := r.fill(per, toll.NewPlate("DE", "M-AB 1234"))
	_, err := r.Answer(t.Context(), per, api.AgreementStepRequest{Step: api.StepVehicle, Answers: api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindHeavy}, Sure: true}})
	refused(t, "half a statement", err, fault.FieldMissing, "fuel")
	_, err = r.Answer(t.Context(), per, api.AgreementStepRequest{Step: api.StepVehicle, Answers: api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"}}})
	refused(t, "a plate that was not compared", err, fault.FieldMissing, "right")
	made, err := r.Confirm(t.Context(), per, id)
	if err != nil || made.Plate.Text != "MAB1234" {
		t.Fatalf("%+v, %v", made, err)
	}
	facts := r.one("select concat_ws(' ', source, category, fuel) from vehicle_facts f join vehicle v on v.id = f.vehicle_id where v.plate = 'MAB1234'")
	if facts != "stated M1 diesel" {
		t.Errorf("facts: %s", facts)
	}
}

// Lookups in the register are limited, so that vehicles cannot be enumerated by their plates.
func TestPlateLookupsAreLimited(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	var err error
	tries := 0
	for ; err == nil && tries < 50; tries++ {
		_, err = r.Answer(t.Context(), per, api.AgreementStepRequest{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: "NO", Plate: "BT90214"}})
	}
	if fault.CodeOf(err) != fault.TooMany || tries > 10 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

// Answers sent from several tabs at once are all kept, in one draft.
func TestConcurrentAnswersAreAllKept(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	var all sync.WaitGroup
	for step, a := range map[api.AgreementStep]api.AgreementAnswers{
		api.StepCharger: {Charger: "ferde"}, api.StepCountry: {Country: "NO"}, api.StepTag: {Tag: "no"},
		api.StepDetails: {Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"},
		api.StepTerms:   {Terms: toll.TermsInForce()},
	} {
		all.Go(func() {
			if _, err := r.Answer(t.Context(), per, api.AgreementStepRequest{Step: step, Answers: a}); err != nil {
				t.Errorf("%s: %v", step, err)
			}
		})
	}
	all.Wait()
	reply, err := r.Draft(t.Context(), per)
	a := reply.Answers
	if err != nil || a.Charger != "ferde" || a.Country != "NO" || a.Tag != "no" || a.City != "Oslo" || len(a.Terms) != 2 || reply.Next != api.StepPlate {
		t.Errorf("kept %+v, next %s, %v", a, reply.Next, err)
	}
	if drafts := r.one("select count(*)::text from draft"); drafts != "1" {
		t.Errorf("%s drafts", drafts)
	}
}
