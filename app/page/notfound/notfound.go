// Package notfound is the page at every address that is not a page.
package notfound

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/site"
)

type base = frame.Page

type page struct {
	app.Compo
	base
}

// New returns the page.
func New(s *session.Session) app.Composer { return &page{base: frame.New(s)} }

// OnNav sets the title.
func (p *page) OnNav(ctx app.Context) { p.Enter(ctx, p.Words().T("app.missing.title")) }

// Render shows a link to the overview. Without a network the address may be one of the server's own pages,
// which are not stored.
func (p *page) Render() app.UI {
	w := p.Words()
	title, text := w.T("app.missing.title"), w.T("app.missing.text")
	if !p.Session.Neutral() && p.Unreachable() {
		title, text = w.T("offline.title"), w.T("offline.page")
	}
	return p.Layout("", ui.Title(title), ui.Lead(text), app.Elem("p").Body(ui.NextLink(site.Overview, w.T("app.missing.home"))))
}
