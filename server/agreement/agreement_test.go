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
		vehicle = api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"}}
	}
	r.answer(actor, api.StepVehicle, vehicle)
	r.answer(actor, api.StepTag, api.AgreementAnswers{Tag: "yes"})
	reply = r.answer(actor, api.StepTerms, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}})
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
	_, err := r.Answer(t.Context(), per, api.AgreementStepRequest{Step: api.StepVehicle, Answers: api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindHeavy}}})
	refused(t, "half a statement", err, fault.FieldMissing, "fuel")
	made, err := r.Confirm(t.Context(), per, id)
	if err != nil || made.Plate.Text != "MAB1234" {
		t.Fatalf("%+v, %v", made, err)
	}
	facts := r.one("select concat_ws(' ', source, category, fuel) from vehicle_facts f join vehicle v on v.id = f.vehicle_id where v.plate = 'MAB1234'")
	if facts != "stated M1 diesel" {
		t.Errorf("facts: %s", facts)
	}
}

// S2.29, S2.33: without both sets of terms, no agreement is made and no tag is ordered. With them, their versions and
// the time are stored.
func TestNoAgreementBeforeTermsAreAccepted(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	id := r.fill(per, fixture.LivPlate)
	before := r.one("select concat_ws(' ', (select count(*) from agreement), (select count(*) from mount), (select count(*) from tag_order), (select street from profile where account_id = $1))", string(per.Account))
	if before != "5 44 0 " {
		t.Errorf("before: %q", before)
	}
	if _, err := r.conn.Exec(t.Context(), "delete from draft"); err != nil {
		t.Fatal(err)
	}
	_, err := r.Confirm(t.Context(), per, id)
	refused(t, "a draft that is gone", err, fault.DraftGone, "")
	r.answer(per, api.StepCharger, api.AgreementAnswers{Charger: "ferde"})
	r.answer(per, api.StepDetails, api.AgreementAnswers{Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"})
	r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	r.answer(per, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: "BT90214"})
	r.answer(per, api.StepVehicle, api.AgreementAnswers{Sure: true})
	reply := r.answer(per, api.StepTag, api.AgreementAnswers{Tag: "yes"})
	_, err = r.Confirm(t.Context(), per, reply.ID)
	refused(t, "without terms", err, fault.TermsNeeded, "terms")
	for _, kind := range toll.Terms() {
		_, err := r.Answer(t.Context(), per, api.AgreementStepRequest{Step: api.StepTerms, Answers: api.AgreementAnswers{Terms: map[toll.TermsKind]int{kind: 1}}})
		if fault.CodeOf(err) != fault.TermsNeeded {
			t.Errorf("with %s alone: %v", kind, err)
		}
	}
	if after := r.one("select concat_ws(' ', (select count(*) from agreement), (select count(*) from tag_order))"); after != "5 0" {
		t.Errorf("without terms: %s", after)
	}
	r.answer(per, api.StepTerms, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}})
	made, err := r.Confirm(t.Context(), per, reply.ID)
	if err != nil || !made.Tag {
		t.Fatalf("%+v, %v", made, err)
	}
	kept := r.one("select string_agg(kind || ' ' || version || ' ' || (accepted_at > now() - interval '1 hour'), ', ' order by kind) from agreement_terms where agreement_id = $1", string(made.ID))
	if kept != "general 1 true, special 1 true" {
		t.Errorf("terms: %s", kept)
	}
	if orders := r.one("select count(*)::text from tag_order where agreement_id = $1 and sent_at is null", string(made.ID)); orders != "1" {
		t.Errorf("%s tags are ordered", orders)
	}
}

// A draft becomes one agreement when it is confirmed twice, in two tabs, or again after a crash.
func TestConfirmingTwiceMakesOneAgreement(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	id := r.fill(per, fixture.LivPlate)
	const many = 40
	numbers, failures := make([]string, many), make([]error, many)
	var all sync.WaitGroup
	for n := range many {
		all.Go(func() {
			made, err := r.Confirm(t.Context(), per, id)
			numbers[n], failures[n] = made.Number, err
		})
	}
	all.Wait()
	for n := range many {
		if failures[n] != nil || numbers[n] != numbers[0] || numbers[n] == "" {
			t.Errorf("press %d: %q, %v; the first gave %q", n, numbers[n], failures[n], numbers[0])
		}
	}
	again, err := r.Confirm(t.Context(), per, id)
	if err != nil || again.Number != numbers[0] {
		t.Errorf("sent again later: %+v, %v", again, err)
	}
	counts := r.one(`select concat_ws(' ', (select count(*) from agreement where customer_id = $1), (select count(*) from mount m join agreement g on g.id = m.agreement_id where g.customer_id = $1),
		(select count(*) from outbox where kind = 'agreement.made'), (select count(*) from account_event where kind = 'agreed'), (select count(*) from tag_order), (select count(*) from draft))`, string(per.Customer))
	if counts != "1 1 1 1 1 0" {
		t.Errorf("agreements, vehicles on them, messages, events, tags, drafts: %s", counts)
	}
	if address := r.one("select concat_ws(', ', street, postal_code, city, country) from profile where account_id = $1", string(per.Account)); address != "Storgata 1, 0155, Oslo, NO" {
		t.Errorf("address: %s", address)
	}
	receipt, err := r.Receipt(t.Context(), per, again.Number)
	if err != nil || receipt.Plate != fixture.LivPlate || receipt.Charger != "Ferde" {
		t.Errorf("receipt: %+v, %v", receipt, err)
	}
	if _, err := r.Receipt(t.Context(), actor("Kari Lund"), again.Number); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("somebody else's receipt: %v", err)
	}
	if _, err := r.Confirm(t.Context(), actor("Kari Lund"), id); fault.CodeOf(err) != fault.DraftGone {
		t.Errorf("somebody else's answers: %v", err)
	}
}

// When two people confirm the same vehicle at once, one gets it; the fault does not name the other.
func TestVehicleIsOnOneAgreement(t *testing.T) {
	r, per, olav, kari := open(t), actor("Per Dahl"), actor("Olav Haugen"), actor("Kari Lund")
	ids := map[string]string{per.Person: r.fill(per, fixture.LivPlate), olav.Person: r.fill(olav, fixture.LivPlate)}
	var all sync.WaitGroup
	failures := make([]error, 2)
	for n, actor := range []access.Principal{per, olav} {
		all.Go(func() { _, failures[n] = r.Confirm(t.Context(), actor, ids[actor.Person]) })
	}
	all.Wait()
	if (failures[0] == nil) == (failures[1] == nil) {
		t.Fatalf("got %v and %v, want one of them", failures[0], failures[1])
	}
	for _, err := range failures {
		if err != nil {
			refused(t, "the other", err, fault.VehicleTaken, "plate")
		}
	}
	taken, err := r.Confirm(t.Context(), kari, r.fill(kari, toll.NewPlate("NO", "SV 61733")))
	refused(t, "Olav's car", err, fault.VehicleTaken, "plate")
	if taken.Number != "" || r.one("select count(*)::text from agreement where customer_id = $1", string(kari.Customer)) != "1" {
		t.Error("an agreement began for it all the same")
	}
	_, err = r.Answer(t.Context(), kari, api.AgreementStepRequest{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: "NO", Plate: "DP45821"}})
	refused(t, "her own car", err, fault.VehicleYours, "plate")
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

// A stored vehicle without an agreement can be put on one. Its owner and its facts stay.
func TestStoredVehicleKeepsItsFactsOnANewAgreement(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	made, err := r.Confirm(t.Context(), per, r.fill(per, toll.NewPlate("NO", "RK 20877")))
	if err != nil {
		t.Fatal(err)
	}
	got := r.one("select concat_ws(' ', v.id, v.owner_id, count(f.*)) from vehicle v join vehicle_facts f on f.vehicle_id = v.id join mount m on m.vehicle_id = v.id where m.agreement_id = $1 group by v.id", string(made.ID))
	if want := string(fixture.PerCar) + " " + string(fixture.Per) + " 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Answers sent from several tabs at once are all kept, in one draft.
func TestConcurrentAnswersAreAllKept(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	var all sync.WaitGroup
	for step, a := range map[api.AgreementStep]api.AgreementAnswers{
		api.StepCharger: {Charger: "ferde"}, api.StepCountry: {Country: "NO"}, api.StepTag: {Tag: "no"},
		api.StepDetails: {Street: "Storgata 1", PostalCode: "0155", City: "Oslo", Home: "NO"},
		api.StepTerms:   {Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}},
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

// An agreement belongs to the company, not to the person who makes it.
func TestCompanyMakesAgreements(t *testing.T) {
	r, nils := open(t), actor("Nils Berg")
	for n, plate := range []toll.Plate{fixture.LivPlate, fixture.MarekPlate} {
		made, err := r.Confirm(t.Context(), nils, r.fill(nils, plate))
		if err != nil {
			t.Fatal(err)
		}
		if owner := r.one("select customer_id::text from agreement where number = $1", made.Number); owner != string(fixture.Fjordfrakt) {
			t.Errorf("agreement %d is %s's", n, owner)
		}
	}
	addresses := r.one("select string_agg(distinct address, ';') || ' and ' || (select street from profile where account_id = $1) from tag_order", string(nils.Account))
	if addresses != "Storgata 1, 0155 Oslo, NO and " {
		t.Errorf("tags go to, and the person lives in: %q", addresses)
	}
}
