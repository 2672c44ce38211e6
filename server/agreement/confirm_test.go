package agreement_test

import (
	"fmt"
	"sync"
	"testing"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

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
	r.answer(per, api.StepTerms, api.AgreementAnswers{Terms: toll.TermsInForce()})
	made, err := r.Confirm(t.Context(), per, reply.ID)
	if err != nil || !made.Tag {
		t.Fatalf("%+v, %v", made, err)
	}
	kept := r.one("select string_agg(kind || ' ' || version || ' ' || (accepted_at > now() - interval '1 hour'), ', ' order by kind) from agreement_terms where agreement_id = $1", string(made.ID))
	if kept != fmt.Sprintf("general %d true, special %d true", toll.TermsVersion(toll.TermsGeneral), toll.TermsVersion(toll.TermsSpecial)) {
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
	r.answer(kari, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	_, err := r.Answer(t.Context(), kari, api.AgreementStepRequest{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: "NO", Plate: "SV 61733"}})
	refused(t, "Olav's car", err, fault.VehicleTaken, "plate") // at once, and not at the last step
	if r.one("select count(*)::text from agreement where customer_id = $1", string(kari.Customer)) != "1" {
		t.Error("an agreement began for it all the same")
	}
	_, err = r.Answer(t.Context(), kari, api.AgreementStepRequest{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: "NO", Plate: "DP45821"}})
	refused(t, "her own car", err, fault.VehicleYours, "plate")
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
