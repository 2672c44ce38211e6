package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
)

// missing is the page at every address that is not a page.
type missing struct {
	app.Compo
	f frame
}

func newMissing(s *session.Session) *missing { return &missing{f: frame{s: s}} }

// OnMount begins to listen.
func (p *missing) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *missing) OnDismount() { p.f.dismount() }

// OnNav names the page.
func (p *missing) OnNav(ctx app.Context) { p.f.arrive(ctx, p.f.words().T("app.missing.title")) }

// OnAppUpdate offers the new version.
func (p *missing) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// Render shows the way home.
func (p *missing) Render() app.UI {
	w := p.f.words()
	if !p.f.s.Neutral() && p.f.away() { // the server's own pages are not kept
		return p.f.render("",
			ui.Title(w.T("offline.title")),
			app.Elem("p").Class("bp-lead").Text(w.T("offline.page")),
			app.Elem("p").Body(ui.Onward(overviewPath, w.T("app.missing.home"))),
		)
	}
	return p.f.render("",
		ui.Title(w.T("app.missing.title")),
		app.Elem("p").Class("bp-lead").Text(w.T("app.missing.text")),
		app.Elem("p").Body(ui.Onward(overviewPath, w.T("app.missing.home"))),
	)
}
