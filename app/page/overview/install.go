package overview

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

// installOffer offers to install the program, or not to be asked again.
func (p *page) installOffer() app.UI {
	w := p.Words()
	return app.If(p.offersInstall, ui.Card("offer", w.T("device.install.offer"),
		app.Elem("p").Text(w.T("device.install.lead")),
		app.Elem("div").Class("bp-buttons").Body(
			ui.Button("primary", w.T("device.install"), ui.On("install", func(ctx app.Context) {
				p.offersInstall = false
				ctx.ShowAppInstallPrompt()
			})),
			ui.Button("tertiary", w.T("device.decline"), ui.On("decline", func(app.Context) {
				p.offersInstall = false
				p.Session.DeclineInstall()
				p.Toast(w.T("device.declined", "page", w.T("device.title")))
				p.FocusTitle()
			})),
		),
	))
}
