package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
)

// agreed confirms an agreement: its number, from when, and what happens next. It can be opened again.
type agreed struct {
	app.Compo
	f frame

	number string
	reply  *api.AgreementReceipt
	wrong  error
}

func newAgreed(s *session.Session) *agreed { return &agreed{f: frame{s: s}} }

// OnMount begins to listen for who is here.
func (p *agreed) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *agreed) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *agreed) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav names the page and asks for the receipt.
func (p *agreed) OnNav(ctx app.Context) {
	p.number = ctx.Page().URL().Query().Get("number")
	p.f.arrive(ctx, p.f.words().T("agree.done.title"))
	p.ask(ctx)
}

func (p *agreed) ask(ctx app.Context) {
	p.wrong = nil
	number := p.number
	load(ctx, func(ctx context.Context) (api.AgreementReceipt, error) {
		return p.f.s.Client.AgreementReceipt(ctx, number)
	}, func(ctx app.Context, reply api.AgreementReceipt, err error) {
		if err != nil {
			if !p.f.s.SignedOut(err) {
				p.wrong = err
			}
			return
		}
		p.reply = &reply
		ctx.Defer(func(app.Context) { p.f.s.Window.Arrive() })
		p.refresh(ctx)
	})
}

// refresh lets the choice among agreements know of the new one.
func (p *agreed) refresh(ctx app.Context) {
	load(ctx, p.f.s.Client.Overview, func(_ app.Context, reply api.OverviewReply, err error) {
		if err == nil {
			p.f.s.Remember(reply)
		}
	})
}

// Render shows the receipt.
func (p *agreed) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(agreedPath, ui.Title(w.T("agree.title")))
	}
	switch {
	case p.wrong != nil:
		return p.f.render(agreedPath, ui.Title(w.T("agree.title")), p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(agreedPath, ui.Title(w.T("agree.title")), ui.Loading(w.T("app.loading")))
	}
	r := p.reply
	tag := w.T("agree.done.no.tag")
	if r.Tag {
		tag = w.T("agree.done.tag")
	}
	return p.f.render(agreedPath,
		ui.Receipted(w.T("agree.done.title"), w.T("agree.done.number"), r.Number,
			[]string{w.T("agree.done.passages", "plate", r.Plate.String()), w.T("agree.done.mail"), tag},
			ui.Facts([]ui.Fact{
				{Name: w.T("agree.part.charger"), Value: r.Charger},
				{Name: w.T("agree.plate"), Value: r.Plate.String()},
				{Name: w.T("agree.done.from"), Value: w.Instant(r.From)},
			}),
		),
		app.Elem("p").Body(ui.Onward(overviewPath, w.T("app.missing.home"))),
		app.Elem("p").Class("bp-quiet").Text(w.T("app.help", "address", helpAddress)),
	)
}
