package change

import (
	"context"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// NewAdd returns the page on which a vehicle is added to an agreement, S2.63–S2.66.
func NewAdd(s *session.Session) app.Composer {
	return newChange(s, subject{
		path: site.AddVehicle, title: "change.add", ask: (*changePage).askAdd, then: (*changePage).thenAdd, next: (*changePage).nextAdd,
		save: func(*changePage) string { return "change.add.save" },
		complete: func(p *changePage, req *api.FleetChangeRequest) {
			req.Kind, req.Agreement, req.OrderTag, req.Terms = toll.ChangeAdd, p.agreement, p.order == yes, map[toll.TermsKind]int{}
			for kind, accepted := range p.terms {
				if accepted {
					req.Terms[kind] = toll.TermsVersion(kind)
				}
			}
		},
	})
}

func (p *changePage) askAdd() []app.UI {
	w := p.Words()
	var options []ui.Option
	full := false
	for _, a := range p.query.Answer().Agreements {
		text := w.T("change.agreement.existing", "number", a.Number)
		if a.Full {
			full, text = true, w.T("change.agreement.full", "number", a.Number)
		}
		options = append(options, ui.Option{Value: a.Number, Text: text})
	}
	options = append(options, ui.Option{Value: newAgreement, Text: w.T("change.agreement.new")})
	hint := ""
	if full {
		hint = w.T("change.agreement.limit", "max", w.Number(toll.PrivateTagsMax))
	}
	return []app.UI{
		ui.Lead(w.T("change.add.lead")), p.plateFields(),
		p.field("agreement", w.T("change.agreement"), hint).Radios(p.agreement, options, choose(&p.agreement)),
		p.whenFields(),
	}
}

// nextAdd looks the vehicle up, or goes on to a new agreement with what has been answered.
func (p *changePage) nextAdd(ctx app.Context) {
	if p.agreement == "" {
		p.refuse(ctx, fault.New(fault.FieldMissing).At("agreement"))
		return
	}
	for _, a := range p.query.Answer().Agreements {
		if a.Number == p.agreement && !a.Full {
			p.lookUp(ctx, p.country, p.plate)
			return
		}
	}
	p.carryOver(ctx)
}

// carryOver answers the questions of a new agreement with the vehicle, and with the toll company of the agreement that
// is full, and opens the first one that is left.
func (p *changePage) carryOver(ctx app.Context) {
	steps := []api.AgreementStepRequest{
		{Step: api.StepCountry, Answers: api.AgreementAnswers{Country: p.country}},
		{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: p.country, Plate: p.plate}},
	}
	for _, a := range p.query.Answer().Agreements {
		if a.Number == p.agreement || len(p.query.Answer().Agreements) == 1 {
			steps = append(steps, api.AgreementStepRequest{Step: api.StepCharger, Answers: api.AgreementAnswers{Charger: a.Charger}})
		}
	}
	p.begin()
	frame.Call(ctx, func(ctx context.Context) (reply api.AgreementDraftReply, err error) {
		for _, step := range steps {
			// A toll company that agreements are no longer made with is asked about again.
			if reply, err = p.Session.Client.AgreementAnswer(ctx, step); err != nil && step.Step != api.StepCharger {
				return reply, err
			}
		}
		return p.Session.Client.AgreementDraft(ctx)
	}, func(ctx app.Context, reply api.AgreementDraftReply, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		p.MarkClean(p.title())
		ctx.Navigate(site.With(site.NewAgreement, url.Values{"step": {string(reply.Next)}}))
	})
}

func (p *changePage) thenAdd() []app.UI {
	w := p.Words()
	body := []app.UI{
		p.facts(),
		app.Elem("p").Text(w.T("change.add.joins", "plate", p.looked.Plate.String(), "number", p.agreement)),
		p.field("order", w.T("agree.part.tag"), "").Radios(p.order, []ui.Option{{Value: yes, Text: w.T("agree.tag.yes")}, {Value: no, Text: w.T("agree.tag.no")}}, choose(&p.order)),
	}
	var without app.UI
	if p.order != yes {
		without = ui.Alert("info", "", p.without())
	}
	body = append(body, slot(without))
	for _, kind := range toll.Terms() {
		name := string(kind)
		body = append(body, app.Elem("div").Class("bp-terms").Body(
			p.field(name, w.T("agree.terms."+name), "").Checkbox(p.terms[kind], ui.Toggle("terms/"+name, func(_ app.Context, on bool) { p.terms[kind] = on })),
			app.Elem("p").Body(app.A().Class("ds-link").Href(site.Terms+name).Text(w.T("agree.read."+name))),
		))
	}
	return body
}

// without says what it costs to have no tag: in the customer's usual month, or at a passage.
func (p *changePage) without() string {
	w := p.Words()
	facts, _ := p.stated.Facts()
	if p.looked.Found != nil {
		facts = p.looked.Found.Facts
	}
	text := w.T("change.add.without")
	if facts.Class(true).ZeroEmission() {
		text = w.T("change.add.electric")
	}
	u := p.tried.Usual
	switch {
	case u == nil:
		return text
	case u.Station != "":
		return text + " " + w.T("change.add.typical", "station", u.Station, "with", w.Kroner(u.With), "without", w.Kroner(u.Without))
	}
	return text + " " + w.N("change.add.usual", u.Passages, "plate", u.Plate.String(), "month", w.Month(u.Month), "with", w.Kroner(u.With), "without", w.Kroner(u.Without))
}
