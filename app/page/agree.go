package page

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// agree leads a person to an agreement, one question a page, S1.12, S2.27. The answers wait on the server,
// so that they outlive a reload, the session and this device.
type agree struct {
	app.Compo
	f frame

	step    api.AgreementStep
	reply   *api.AgreementDraftReply
	draft   api.AgreementAnswers // as typed on this page
	stated  toll.StatedVehicle
	terms   map[toll.TermsKind]bool
	sending bool
	wrong   error
	refused *fault.Error
}

func newAgree(s *session.Session) *agree {
	return &agree{f: frame{s: s}, terms: map[toll.TermsKind]bool{}}
}

// OnMount begins to listen for who is here.
func (p *agree) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *agree) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *agree) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav shows the step that the address names, or asks for the answers first.
func (p *agree) OnNav(ctx app.Context) {
	moved := p.reply != nil
	p.refused, p.step = nil, api.AgreementStep(ctx.Page().URL().Query().Get("step"))
	if !moved {
		p.f.arrive(ctx, p.f.words().T("agree.title"))
		p.ask(ctx)
		return
	}
	p.stand(ctx)
	p.f.arrive(ctx, p.question())
	ctx.Defer(func(app.Context) { p.f.s.Window.Arrive() })
}

func (p *agree) ask(ctx app.Context) {
	p.wrong = nil
	load(ctx, p.f.s.Client.AgreementDraft, func(ctx app.Context, reply api.AgreementDraftReply, err error) {
		if err != nil {
			if !p.f.s.SignedOut(err) {
				p.wrong = err
			}
			return
		}
		p.take(reply)
		p.stand(ctx)
		p.f.name(p.question())
	})
}

// take shows what the server has.
func (p *agree) take(reply api.AgreementDraftReply) {
	p.reply, p.draft, p.stated = &reply, reply.Answers, toll.StatedVehicle{}
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

// stand keeps a person from a step that hangs on one they have not answered.
func (p *agree) stand(app.Context) {
	steps := p.reply.Steps
	here, next := slices.Index(steps, p.step), slices.Index(steps, p.reply.Next)
	if here < 0 || here > next {
		p.step = p.reply.Next
		p.f.s.Window.Replace(stepHref(p.step))
	}
}

func stepHref(step api.AgreementStep) string {
	return address(agreePath, url.Values{"step": {string(step)}})
}

// before is the step before the one shown; empty on the first.
func (p *agree) before() api.AgreementStep {
	if here := slices.Index(p.reply.Steps, p.step); here > 0 {
		return p.reply.Steps[here-1]
	}
	return ""
}

// send answers the step shown and goes on to the next that is open.
func (p *agree) send(ctx app.Context) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	req := api.AgreementStepRequest{Step: p.step, Answers: p.answers()}
	load(ctx, func(ctx context.Context) (api.AgreementDraftReply, error) {
		return p.f.s.Client.AgreementAnswer(ctx, req)
	}, func(ctx app.Context, reply api.AgreementDraftReply, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		p.take(reply)
		ctx.Navigate(stepHref(p.onward()))
	})
}

// onward is the step behind the one shown when that is open, or the first open one. Who came back from
// the last page to change one answer goes straight back there.
func (p *agree) onward() api.AgreementStep {
	if p.reply.Next == api.StepCheck {
		return api.StepCheck
	}
	return p.reply.Next
}

// answers are the fields of the step shown.
func (p *agree) answers() api.AgreementAnswers {
	d := p.draft
	switch p.step {
	case api.StepVehicle:
		if p.reply.Found != nil {
			return api.AgreementAnswers{Sure: true}
		}
		stated := p.stated
		return api.AgreementAnswers{Stated: &stated}
	case api.StepTerms:
		accepted := map[toll.TermsKind]int{}
		for kind, yes := range maps.All(p.terms) {
			if yes {
				accepted[kind] = p.reply.Terms[kind]
			}
		}
		return api.AgreementAnswers{Terms: accepted}
	case api.StepCharger, api.StepDetails, api.StepCountry, api.StepPlate, api.StepTag, api.StepCheck:
	}
	d.Terms, d.Stated, d.Sure = nil, nil, false
	return d
}

// begin makes the agreement. Pressed again, it is the same one.
func (p *agree) begin(ctx app.Context) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	id := p.reply.ID
	load(ctx, func(ctx context.Context) (api.AgreementReceipt, error) {
		return p.f.s.Client.AgreementBegin(ctx, id)
	}, func(ctx app.Context, receipt api.AgreementReceipt, err error) {
		p.sending = false
		if err != nil {
			p.refuse(ctx, err)
			return
		}
		ctx.Navigate(address(agreedPath, url.Values{"number": {receipt.Number}}))
	})
}

// refuse says what is wrong, moves focus to it, and shows what the server has when the answers are not
// those of this page any more.
func (p *agree) refuse(ctx app.Context, err error) {
	if p.f.s.SignedOut(err) {
		return
	}
	known, ok := errors.AsType[*fault.Error](err)
	if !ok {
		text, _ := p.f.trouble(err)
		p.f.done(text)
		return
	}
	p.refused = known
	if known.Code == fault.DraftGone {
		p.ask(ctx)
	}
	p.f.blame(ctx, p.question())
}

// Render shows one question.
func (p *agree) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(agreePath, ui.Title(w.T("agree.title")))
	}
	switch {
	case p.wrong != nil:
		return p.f.render(agreePath, ui.Title(w.T("agree.title")), p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(agreePath, ui.Title(w.T("agree.title")), ui.Loading(w.T("app.loading")))
	}
	return p.f.render(agreePath, p.back(), p.steps(), ui.Title(p.question()), p.form())
}
