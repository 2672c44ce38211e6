package agreement

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/site"
)

// receiptPage confirms an agreement: its number, from when it is valid, and what happens next. It can be
// opened again.
type receiptPage struct {
	app.Compo
	base

	query frame.Query[api.AgreementReceipt]
}

// NewReceipt returns the page that confirms an agreement.
func NewReceipt(s *session.Session) app.Composer { return &receiptPage{base: frame.New(s)} }

// OnNav asks for the receipt of the agreement whose number is in the address.
func (p *receiptPage) OnNav(ctx app.Context) {
	number := ctx.Page().URL().Query().Get("number")
	p.Enter(ctx, p.Words().T("agree.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.AgreementReceipt]{
		Get: func(ctx context.Context) (api.AgreementReceipt, error) {
			return p.Session.Client.AgreementReceipt(ctx, number)
		},
		Answered: func(ctx app.Context, _ api.AgreementReceipt) {
			p.SetTitle(p.Words().T("agree.done.title")) // only now is it known that the agreement exists
			ctx.Defer(func(app.Context) { p.Session.Window.FocusHeading() })
			p.RefreshOverview(ctx) // the new agreement is among those to choose from
		},
	})
}

// Render shows the receipt.
func (p *receiptPage) Render() app.UI {
	return frame.Show(&p.base, site.AgreementReceipt, p.Words().T("agree.title"), &p.query, p.receipt)
}

// receipt shows the number of the new agreement and what follows from it.
func (p *receiptPage) receipt(r api.AgreementReceipt) []app.UI {
	w := p.Words()
	tag := w.T("agree.done.no.tag")
	if r.Tag {
		tag = w.T("agree.done.tag")
	}
	return []app.UI{
		ui.Confirmation(w.T("agree.done.title"), w.T("agree.done.number"), r.Number,
			[]string{w.T("agree.done.passages", "plate", r.Plate.String()), w.T("agree.done.mail"), tag},
			ui.Facts([]ui.Fact{
				{Name: w.T("agree.part.charger"), Value: r.Charger},
				{Name: w.T("agree.plate"), Value: r.Plate.String()},
				{Name: w.T("agree.done.from"), Value: w.Instant(r.From)},
			}),
		),
		app.Elem("p").Body(ui.NextLink(site.Overview, w.T("app.missing.home"))),
		app.Elem("p").Class("bp-quiet").Text(p.Contact("app.help", "app.help.call")),
	}
}
