// Package agreement has the pages on which a person makes an agreement and gets its receipt.
package agreement

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

// newPage asks one question at a time, S1.12, S2.27. The answers are stored on the server, so that they
// outlive a reload, the session and this device.
type newPage struct {
	app.Compo
	base

	query   frame.Query[api.AgreementDraftReply]
	step    api.AgreementStep
	draft   api.AgreementAnswers // as typed on this page
	stated  toll.StatedVehicle
	terms   map[toll.TermsKind]bool
	right   bool   // the plate of a stated vehicle was compared
	plate   string // what is wrong with the plate as typed; empty if nothing is
	sending bool
	refused *fault.Error
}

// New returns the page on which a person makes a new agreement.
func New(s *session.Session) app.Composer {
	return &newPage{base: frame.New(s), terms: map[toll.TermsKind]bool{}}
}

// OnNav shows the step that the address names. The first time it asks for the answers given so far.
func (p *newPage) OnNav(ctx app.Context) {
	p.refused, p.step = nil, api.AgreementStep(ctx.Page().URL().Query().Get("step"))
	if p.query.Answer() == nil {
		p.Enter(ctx, p.Words().T("agree.title"))
		p.query.Load(ctx, &p.base, frame.Request[api.AgreementDraftReply]{
			Get: p.Session.Client.AgreementDraft,
			Answered: func(_ app.Context, reply api.AgreementDraftReply) {
				p.fill(reply)
				p.limitStep()
				p.SetTitle(p.question())
			},
		})
		return
	}
	p.limitStep()
	p.Enter(ctx, p.question())
	ctx.Defer(func(app.Context) { p.Session.Window.FocusHeading() })
}

// fill puts the stored answers into the fields.
func (p *newPage) fill(reply api.AgreementDraftReply) {
	p.draft, p.stated, p.right, p.plate = reply.Answers, toll.StatedVehicle{}, reply.Answers.Sure, ""
	if reply.Answers.Stated != nil {
		p.stated = *reply.Answers.Stated
	}
	if p.draft.Home == "" {
		p.draft.Home = "NO"
	}
	clear(p.terms)
	for kind, version := range reply.Answers.Terms {
		p.terms[kind] = version == reply.Terms[kind]
	}
}

// limitStep shows the first open step instead of a later one, which depends on its answer.
func (p *newPage) limitStep() {
	reply := p.query.Answer()
	here, next := slices.Index(reply.Steps, p.step), slices.Index(reply.Steps, reply.Next)
	if here < 0 || here > next {
		p.step = reply.Next
		p.Session.Window.ReplaceAddress(stepAddress(p.step))
	}
}

// stepAddress returns the address of a step.
func stepAddress(step api.AgreementStep) string {
	return site.With(site.NewAgreement, url.Values{"step": {string(step)}})
}

// previous returns the step before the one shown; empty on the first.
func (p *newPage) previous() api.AgreementStep {
	steps := p.query.Answer().Steps
	if here := slices.Index(steps, p.step); here > 0 {
		return steps[here-1]
	}
	return ""
}

// send sends the answers of the step shown and goes to the first open step. A person who came back from the
// last step to change one answer returns to the last step: every other one is answered.
func (p *newPage) send(ctx app.Context) {
	if p.sending {
		return
	}
	p.answer(ctx, api.AgreementStepRequest{Step: p.step, Answers: p.answers()})
}

// useMeant answers the question of the plate with the one that the person has meant.
func (p *newPage) useMeant(ctx app.Context, plate toll.Plate) {
	if !p.sending {
		p.answer(ctx, api.AgreementStepRequest{Step: api.StepPlate, Answers: api.AgreementAnswers{Country: plate.Country, Plate: plate.Text}})
	}
}

func (p *newPage) answer(ctx app.Context, req api.AgreementStepRequest) {
	p.sending, p.refused = true, nil
	frame.Call(ctx, func(ctx context.Context) (api.AgreementDraftReply, error) {
		return p.Session.Client.AgreementAnswer(ctx, req)
	}, func(ctx app.Context, reply api.AgreementDraftReply, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		p.MarkClean(p.question())
		p.query.Set(reply)
		p.fill(reply)
		ctx.Navigate(stepAddress(reply.Next))
	})
}

// answers returns the values of the fields of the step shown.
func (p *newPage) answers() api.AgreementAnswers {
	d := p.draft
	switch p.step {
	case api.StepVehicle:
		if p.query.Answer().Found != nil {
			return api.AgreementAnswers{Sure: true}
		}
		stated := p.stated
		return api.AgreementAnswers{Stated: &stated, Sure: p.right}
	case api.StepTerms:
		accepted := map[toll.TermsKind]int{}
		for kind, yes := range maps.All(p.terms) {
			if yes {
				accepted[kind] = p.query.Answer().Terms[kind]
			}
		}
		return api.AgreementAnswers{Terms: accepted}
	// The other steps send the draft as it is.
	case api.StepCharger, api.StepDetails, api.StepCountry, api.StepPlate, api.StepTag, api.StepCheck:
	}
	// Answers of other steps are left out, so that the server checks those of this step only.
	d.Terms, d.Stated, d.Sure = nil, nil, false
	return d
}

// conclude makes the agreement. The id makes it the same agreement when the button is pressed again.
func (p *newPage) conclude(ctx app.Context) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	id := p.query.Answer().ID
	frame.Call(ctx, func(ctx context.Context) (api.AgreementReceipt, error) {
		return p.Session.Client.AgreementBegin(ctx, id)
	}, func(ctx app.Context, receipt api.AgreementReceipt, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		ctx.Navigate(site.With(site.AgreementReceipt, url.Values{"number": {receipt.Number}}))
	})
}

// refuse shows why the answers were refused and moves focus there. When the stored answers are gone it
// loads the new ones.
func (p *newPage) refuse(ctx app.Context, err error) {
	if p.refused, _ = p.Refusal(err, site.NewAgreement); p.refused == nil {
		return
	}
	if p.refused.Code == fault.DraftGone {
		p.query.Reload(ctx)
	}
	p.FocusErrors(ctx, p.question())
}

// Render shows one question.
func (p *newPage) Render() app.UI {
	return frame.Show(&p.base, site.NewAgreement, p.Words().T("agree.title"), &p.query, func(api.AgreementDraftReply) []app.UI {
		return []app.UI{p.back(), p.stepper(), ui.Title(p.question()), p.form()}
	})
}
