//go:build !js

package page_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// office answers the questions on the way to an agreement.
type office struct {
	desk
	draft  api.AgreementDraftReply
	sent   []api.AgreementStepRequest
	begun  int
	refuse *fault.Error
}

func (o *office) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	path, _, _ := strings.Cut(r.Path, "?")
	var reply any
	switch {
	case r.Method == "POST" && o.refuse != nil:
		body, err := json.Marshal(o.refuse)
		return apiclient.Response{Status: fault.Status(o.refuse.Code), Body: body}, err
	case r.Method == "POST" && path == api.AgreementAnswer.Path:
		var req api.AgreementStepRequest
		if err := json.Unmarshal(r.Body, &req); err != nil {
			return apiclient.Response{}, err
		}
		o.sent = append(o.sent, req)
		reply = o.draft
	case path == api.AgreementDraft.Path && o.broken == nil:
		reply = o.draft
	case path == api.AgreementBegin.Path:
		o.begun++
		reply = api.AgreementReceipt{Number: "7100001"}
	case path == api.AgreementConfirm.Path && o.broken == nil:
		reply = api.AgreementReceipt{Number: "7100001", Charger: "Ferde", Plate: toll.NewPlate("NO", "BT90214"), From: noon, Tag: true}
	default:
		return o.desk.Do(ctx, r)
	}
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: 200, Body: body}, err
}

func atDesk() *office {
	return &office{draft: api.AgreementDraftReply{
		ID: "d", Steps: api.AgreementSteps(), Missing: []string{"street", "postal_code", "city", "home"}, Next: api.StepCharger,
		Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}},
		Terms:    map[toll.TermsKind]int{toll.TermsGeneral: 1, toll.TermsSpecial: 1}, Name: "Liv Nygaard",
	}}
}

func openOffice(t *testing.T, o *office, address string, make maker) (*browser.Window, *screen) {
	t.Helper()
	return open(t, &o.desk, address, func(held *session.Session) app.Composer {
		held.Window.Carrier = o
		return make(held)
	})
}

// S2.28, S2.30–S2.33: each page asks one thing; a step that hangs on one not answered is not shown.
func TestEachPageAsksOneThing(t *testing.T) {
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
		"back to a step":   {"/agreements/new?step=tag", api.StepCheck, nil, []string{"Vil du ha en brikke"}, []string{"Opprett avtalen"}},
		"no such step":     {"/agreements/new?step=x", api.StepTag, nil, []string{"Vil du ha en brikke"}, nil},
		"stated, to check": {"/agreements/new", api.StepCheck, func(r *api.AgreementDraftReply) { r.Answers.Stated = &toll.StatedVehicle{Kind: toll.KindCar, Fuel: "diesel"} }, []string{"dieselbil"}, nil},
		"no agreement yet": {"/agreements/new", api.StepCheck, nil, []string{"Avtalen gjelder fra du oppretter den"}, nil},
	} {
		o := atDesk()
		o.draft.Next = c.next
		if c.change != nil {
			c.change(&o.draft)
		}
		_, s := openOffice(t, o, c.address, page.NewAgree)
		for _, want := range c.shows {
			if !strings.Contains(s.text(), want) {
				t.Errorf("%s: the page does not show %q", name, want)
			}
		}
		for _, unwanted := range c.lack {
			if strings.Contains(s.text(), unwanted) {
				t.Errorf("%s: the page shows %q", name, unwanted)
			}
		}
	}
}

func TestAnAnswerIsSentForItsStepAlone(t *testing.T) {
	o := atDesk()
	o.draft.Answers = api.AgreementAnswers{Charger: "ferde", Street: "Storgata 1", Sure: true}
	_, s := openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(ctx app.Context) {
		page.Reply(ctx, s.page, func(a *api.AgreementAnswers, _ *toll.StatedVehicle, _ map[toll.TermsKind]bool) { a.Charger = "fjellinjen" })
	})
	if len(o.sent) != 1 || o.sent[0].Step != api.StepCharger || o.sent[0].Answers.Charger != "fjellinjen" || o.sent[0].Answers.Sure || o.sent[0].Answers.Terms != nil {
		t.Errorf("sent %+v", o.sent)
	}
	o = atDesk()
	o.draft.Next = api.StepTerms
	_, s = openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(ctx app.Context) {
		page.Reply(ctx, s.page, func(_ *api.AgreementAnswers, _ *toll.StatedVehicle, terms map[toll.TermsKind]bool) {
			terms[toll.TermsGeneral] = true
		})
	})
	if accepted := o.sent[0].Answers.Terms; len(accepted) != 1 || accepted[toll.TermsGeneral] != 1 {
		t.Errorf("accepted %v", accepted)
	}
}

// portal.md C2: what is wrong stands beside the field and in a summary that takes focus.
func TestAWrongAnswerIsSaidAtItsField(t *testing.T) {
	o := atDesk()
	o.draft.Next, o.draft.Answers.Country = api.StepPlate, "NO"
	o.refuse = fault.New(fault.VehicleYours, "number", "7001001").At("plate")
	w, s := openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(ctx app.Context) {
		page.Reply(ctx, s.page, func(*api.AgreementAnswers, *toll.StatedVehicle, map[toll.TermsKind]bool) {})
	})
	s.shows("avtale 7001001, som er din", `href="#plate"`)
	if !s.marked(`id="plate"`, `aria-invalid`, `aria-describedby="plate-wrong"`) {
		t.Error("the field is not marked")
	}
	if w.FocusOn != ui.MistakesID || !strings.HasPrefix(w.Named, "Feil:") {
		t.Errorf("focus on %q, title %q", w.FocusOn, w.Named)
	}
}

// A vehicle that is taken may be the person's own: the page leads to the search, and tells of nobody.
func TestATakenVehicleLeadsToTheSearch(t *testing.T) {
	o := atDesk()
	o.draft.Next, o.refuse = api.StepCheck, fault.New(fault.VehicleTaken).At("plate")
	w, s := openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(ctx app.Context) { page.Conclude(ctx, s.page) })
	s.shows("står allerede på en avtale", `href="/agreements/find"`, "Opprett avtalen")
	if w.FocusOn != ui.MistakesID {
		t.Errorf("focus on %q", w.FocusOn)
	}
}

func TestAHeavyVehicleStatesItsEmissionClass(t *testing.T) {
	o := atDesk()
	o.draft.Next = api.StepVehicle
	_, s := openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(app.Context) { page.State(s.page, toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel"}) })
	s.shows("Drivstoff", "Utslippsklasse", "Euro 6")
	s.do(func(app.Context) { page.State(s.page, toll.StatedVehicle{Kind: toll.KindMotorcycle}) })
	s.hides("Drivstoff", "Utslippsklasse")
}

func TestTheLastButtonSendsOnceAndShowsTheNumber(t *testing.T) {
	o := atDesk()
	o.draft.Next = api.StepCheck
	_, s := openOffice(t, o, "/agreements/new", page.NewAgree)
	s.do(func(ctx app.Context) { page.Conclude(ctx, s.page) })
	if o.begun != 1 {
		t.Errorf("sent %d times", o.begun)
	}
	w, s := openOffice(t, o, "/agreements/done?number=7100001", page.NewAgreed)
	s.shows("Avtalen er opprettet", "7100001", "Ferde", "BT 90214", "Brikken sendes i posten", `href="/"`)
	if !strings.HasPrefix(w.Named, "Avtalen er opprettet") {
		t.Errorf("title: %q", w.Named)
	}
	o.broken = &fault.Error{Code: fault.Busy, Trace: "abc"}
	for address, make := range map[string]maker{"/agreements/new": page.NewAgree, "/agreements/done?number=1": page.NewAgreed} {
		_, s := openOffice(t, o, address, make)
		s.shows("Prøv igjen", "abc")
	}
}
