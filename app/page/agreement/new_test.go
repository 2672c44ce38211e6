//go:build !js

package agreement_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/agreement"
	"bompass/app/pagetest"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// draft is the state of the questions before anything is answered.
func draft() api.AgreementDraftReply {
	return api.AgreementDraftReply{
		ID: "d", Steps: api.AgreementSteps(), Missing: []string{"street", "postal_code", "city", "home"}, Next: api.StepCharger,
		Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}},
		Terms:    toll.TermsInForce(), Name: "Liv Nygaard",
	}
}

func serve(d api.AgreementDraftReply) *pagetest.Server {
	receipt := api.AgreementReceipt{Number: "7100001", Charger: "Ferde", Plate: toll.NewPlate("NO", "BT90214"), From: pagetest.Noon, Tag: true}
	return pagetest.With(api.AgreementDraft.Endpoint, d).With(api.AgreementAnswer.Endpoint, d).
		With(api.AgreementBegin.Endpoint, receipt).With(api.AgreementConfirm.Endpoint, receipt)
}

// S2.28, S2.30–S2.33: each page asks one thing; a step that hangs on one not answered is not shown.
func TestEachStepAsksOneThing(t *testing.T) {
	found := &api.VehicleFound{Make: "SKODA", Model: "ENYAQ", Since: "2023", Facts: toll.Facts{Category: "M1", Fuel: toll.FuelElectric}}
	for name, c := range map[string]struct {
		address     string
		next        api.AgreementStep
		change      func(*api.AgreementDraftReply)
		shows, lack []string
	}{
		"first":           {"/agreements/new", api.StepCharger, nil, []string{"Hvilket bomselskap", "Steg 1 av 6", "Ferde", "Fjellinjen"}, []string{"Hvor skal vi sende"}},
		"too far":         {"/agreements/new?step=check", api.StepDetails, nil, []string{"Hvor skal vi sende", "Adresse", "Postnummer", "Poststed", "Land"}, []string{"Opprett avtalen"}},
		"only what lacks": {"/agreements/new?step=details", api.StepDetails, func(r *api.AgreementDraftReply) { r.Missing = []string{"city"} }, []string{"Poststed"}, []string{"Postnummer"}},
		"nothing lacks":   {"/agreements/new", api.StepCharger, func(r *api.AgreementDraftReply) { r.Steps = r.Steps[2:] }, []string{"Steg 1 av 4"}, []string{"Hvor skal vi sende"}},
		"country":         {"/agreements/new", api.StepCountry, nil, []string{"Hvilket land", "Velg land", "Norge"}, []string{"Hva er registreringsnummeret"}},
		"number":          {"/agreements/new", api.StepPlate, func(r *api.AgreementDraftReply) { r.Answers.Country = "SE" }, []string{"Hva er registreringsnummeret", "Registrert i: Sverige"}, nil},
		"vehicle":         {"/agreements/new", api.StepVehicle, func(r *api.AgreementDraftReply) { r.Found = found }, []string{"SKODA ENYAQ", "2023", "elbil", "Ja, det er dette"}, []string{"Drivstoff"}},
		"unknown vehicle": {"/agreements/new", api.StepVehicle, nil, []string{"Vi finner ikke", "Personbil eller bobil"}, []string{"Drivstoff", "SKODA"}},
		"silent register": {"/agreements/new", api.StepVehicle, func(r *api.AgreementDraftReply) { r.Silent = true }, []string{"svarer ikke akkurat nå"}, []string{"Vi finner ikke"}},
		"tag":             {"/agreements/new", api.StepTag, nil, []string{"Vil du ha en brikke"}, nil},
		"terms":           {"/agreements/new", api.StepTerms, nil, []string{"Godtar du vilkårene", `href="/terms/general"`, `href="/terms/special"`}, nil},
		"check": {"/agreements/new", api.StepCheck, func(r *api.AgreementDraftReply) {
			r.Found, r.Answers.Street, r.Answers.Charger = found, "Storgata 1", "ferde"
		}, []string{"Kontroller svarene dine", "Storgata 1", "SKODA ENYAQ, elbil", "Endre", "Opprett avtalen", "Liv Nygaard"}, nil},
		"back to a step": {"/agreements/new?step=tag", api.StepCheck, nil, []string{"Vil du ha en brikke"}, []string{"Opprett avtalen"}},
		"no such step":   {"/agreements/new?step=x", api.StepTag, nil, []string{"Vil du ha en brikke"}, nil},
		"stated, to check": {"/agreements/new", api.StepCheck, func(r *api.AgreementDraftReply) {
			r.Answers.Stated = &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"}
		}, []string{"dieselbil"}, nil},
		"no agreement yet": {"/agreements/new", api.StepCheck, nil, []string{"Avtalen gjelder fra du oppretter den"}, nil},
	} {
		d := draft()
		d.Next = c.next
		if c.change != nil {
			c.change(&d)
		}
		s := pagetest.Open(t, serve(d), c.address, agreement.New)
		for _, want := range c.shows {
			if !strings.Contains(s.Text(), want) {
				t.Errorf("%s: the page does not show %q", name, want)
			}
		}
		for _, unwanted := range c.lack {
			if strings.Contains(s.Text(), unwanted) {
				t.Errorf("%s: the page shows %q", name, unwanted)
			}
		}
	}
}

func TestOnlyTheAnswersOfTheStepAreSent(t *testing.T) {
	d := draft()
	d.Answers = api.AgreementAnswers{Charger: "ferde", Street: "Storgata 1", Sure: true}
	server := serve(d)
	s := pagetest.Open(t, server, "/agreements/new", agreement.New)
	s.Do(func(ctx app.Context) {
		agreement.Answer(ctx, s.Page, func(a *api.AgreementAnswers, _ *toll.StatedVehicle, _ map[toll.TermsKind]bool) {
			a.Charger = "fjellinjen"
		})
	})
	sent := pagetest.Sent[api.AgreementStepRequest](t, server, api.AgreementAnswer.Endpoint)
	if len(sent) != 1 || sent[0].Step != api.StepCharger || sent[0].Answers.Charger != "fjellinjen" || sent[0].Answers.Sure || sent[0].Answers.Terms != nil {
		t.Errorf("sent %+v", sent)
	}
	for name, c := range map[string]struct {
		next  api.AgreementStep
		found *api.VehicleFound
		want  api.AgreementAnswers
	}{
		"terms":           {api.StepTerms, nil, api.AgreementAnswers{Terms: map[toll.TermsKind]int{toll.TermsGeneral: 1}}},
		"known vehicle":   {api.StepVehicle, &api.VehicleFound{Make: "SKODA"}, api.AgreementAnswers{Sure: true}},
		"unknown vehicle": {api.StepVehicle, nil, api.AgreementAnswers{Stated: &toll.StatedVehicle{Kind: toll.KindMotorcycle}}},
	} {
		d := draft()
		d.Next, d.Found = c.next, c.found
		server := serve(d)
		s := pagetest.Open(t, server, "/agreements/new", agreement.New)
		s.Do(func(ctx app.Context) {
			agreement.Answer(ctx, s.Page, func(_ *api.AgreementAnswers, stated *toll.StatedVehicle, terms map[toll.TermsKind]bool) {
				terms[toll.TermsGeneral], stated.Kind = true, toll.KindMotorcycle
			})
		})
		sent := pagetest.Sent[api.AgreementStepRequest](t, server, api.AgreementAnswer.Endpoint)
		if len(sent) != 1 {
			t.Fatalf("%s: sent %d times", name, len(sent))
		}
		if diff := cmp.Diff(c.want, sent[0].Answers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Errors are shown beside their field and in a summary that takes focus.
func TestRefusedAnswerIsMarkedAtItsField(t *testing.T) {
	d := draft()
	d.Next, d.Answers.Country = api.StepPlate, "NO"
	server := serve(d)
	s := pagetest.Open(t, server, "/agreements/new", agreement.New)
	server.Refusal = fault.New(fault.VehicleYours, "number", "7001001").At("plate")
	s.Do(func(ctx app.Context) {
		agreement.Answer(ctx, s.Page, func(*api.AgreementAnswers, *toll.StatedVehicle, map[toll.TermsKind]bool) {})
	})
	s.Shows("avtale 7001001, som er din", `href="#plate"`)
	if !s.HasElement(`id="plate"`, `aria-invalid`, `aria-describedby="plate-wrong"`) {
		t.Error("the field is not marked")
	}
	if s.Window.FocusID != ui.ErrorSummaryID || !strings.HasPrefix(s.Window.PageTitle, "Feil:") {
		t.Errorf("focus on %q, title %q", s.Window.FocusID, s.Window.PageTitle)
	}
}

// A plate is checked while it is typed: a beginning is no mistake, and what nothing can put right is said at once. A plate
// that is still half typed when the field is left is one.
func TestPlateIsCheckedAsItIsTyped(t *testing.T) {
	const wrong = `id="plate-wrong"`
	d := draft()
	d.Next, d.Answers.Country = api.StepPlate, "NO"
	s := pagetest.Open(t, serve(d), "/agreements/new", agreement.New)
	for _, begun := range []string{"D", "DP", "DP 4", "DP 458"} {
		s.Do(func(app.Context) { agreement.TypePlate(s.Page, begun) })
		s.Hides(wrong)
	}
	s.Do(func(app.Context) { agreement.TypePlate(s.Page, "DP 458219") })
	s.Shows(wrong)
	s.Do(func(app.Context) { agreement.TypePlate(s.Page, "DP 458") })
	s.Hides(wrong)
	s.Do(func(app.Context) { agreement.LeavePlate(s.Page, "DP 458") })
	s.Shows(wrong)
}

// A vehicle that is taken may be the person's own: the page links to the search and does not name the other customer.
func TestTakenVehicleLeadsToTheSearch(t *testing.T) {
	d := draft()
	d.Next = api.StepCheck
	server := serve(d)
	s := pagetest.Open(t, server, "/agreements/new", agreement.New)
	server.Refusal = fault.New(fault.VehicleTaken).At("plate")
	s.Do(func(ctx app.Context) { agreement.Conclude(ctx, s.Page) })
	s.Shows("står allerede på en avtale", `href="/agreements/find"`, "Opprett avtalen")
	if s.Window.FocusID != ui.ErrorSummaryID {
		t.Errorf("focus on %q", s.Window.FocusID)
	}
}

func TestDeletedDraftIsLoadedAgain(t *testing.T) {
	d := draft()
	d.Next = api.StepCheck
	server := serve(d)
	s := pagetest.Open(t, server, "/agreements/new", agreement.New)
	server.Refusal = fault.New(fault.DraftGone)
	s.Do(func(ctx app.Context) { agreement.Conclude(ctx, s.Page) })
	if n := server.Count(api.AgreementDraft.Endpoint); n != 2 {
		t.Errorf("the stored answers were asked for %d times, want again after they were gone", n)
	}
}

func TestHeavyVehicleStatesItsEmissionClass(t *testing.T) {
	d := draft()
	d.Next = api.StepVehicle
	s := pagetest.Open(t, serve(d), "/agreements/new", agreement.New)
	s.Do(func(app.Context) { agreement.State(s.Page, toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel"}) })
	s.Shows("Drivstoff", "Utslippsklasse", "Euro 6")
	s.Do(func(app.Context) { agreement.State(s.Page, toll.StatedVehicle{Kind: toll.KindMotorcycle}) })
	s.Hides("Drivstoff", "Utslippsklasse")
}

func TestAgreementIsMadeOnceAndConfirmedWithItsNumber(t *testing.T) {
	d := draft()
	d.Next = api.StepCheck
	server := serve(d)
	s := pagetest.Open(t, server, "/agreements/new", agreement.New)
	s.Do(func(ctx app.Context) {
		agreement.Conclude(ctx, s.Page)
		agreement.Conclude(ctx, s.Page)
	})
	if n := server.Count(api.AgreementBegin.Endpoint); n != 1 {
		t.Errorf("sent %d times", n)
	}
	failing := pagetest.Open(t, &pagetest.Server{Fault: fault.New(fault.Busy)}, "/agreements/done?number=7100001", agreement.NewReceipt)
	failing.Hides("Avtalen er opprettet")
	if strings.HasPrefix(failing.Window.PageTitle, "Avtalen er opprettet") {
		t.Errorf("title of a receipt that did not arrive: %q", failing.Window.PageTitle)
	}
	s = pagetest.Open(t, server, "/agreements/done?number=7100001", agreement.NewReceipt)
	s.Shows("Avtalen er opprettet", "7100001", "Ferde", "BT 90214", "Brikken sendes i posten", `href="/"`)
	if !strings.HasPrefix(s.Window.PageTitle, "Avtalen er opprettet") {
		t.Errorf("title: %q", s.Window.PageTitle)
	}
	if server.Calls(api.AgreementConfirm.Path+"?number=7100001") != 1 || server.Count(api.Overview.Endpoint) != 1 {
		t.Error("the receipt or the list of agreements was not asked for")
	}
}
