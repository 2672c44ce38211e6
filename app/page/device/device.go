// Package device is the page about the device in use: what it may store for times without a network, and
// how to install the program on it.
package device

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/site"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	stored        int  // how many answers the device stores
	signedOutHere bool // the person has signed out without a network
	installable   bool
}

// New returns the page.
func New(s *session.Session) app.Composer { return &page{base: frame.New(s)} }

// OnAppInstallChange notes whether the browser can install the program.
func (p *page) OnAppInstallChange(ctx app.Context) { p.installable = ctx.IsAppInstallable() }

// OnNav counts what is stored.
func (p *page) OnNav(ctx app.Context) {
	p.signedOutHere = ctx.Page().URL().Query().Get("why") == site.WhyLeft
	p.installable = ctx.IsAppInstallable()
	p.Enter(ctx, p.Words().T("device.title"))
	p.count(ctx)
}

func (p *page) count(ctx app.Context) {
	frame.Call(ctx, p.Session.CountStored, func(_ app.Context, n int, err error) {
		if err == nil {
			p.stored = n
		}
	})
}

// setOwn makes this the person's own device and stores the overview at once, or deletes what is stored.
func (p *page) setOwn(ctx app.Context, own bool) {
	if _, known := p.Session.Me(); !known {
		return // there is no session
	}
	p.Session.SetOwnDevice(own)
	p.MarkClean()
	if !own {
		p.stored = 0
		p.Toast(p.Words().T("device.own.off"))
		return
	}
	p.Toast(p.Words().T("device.own.on"))
	frame.Call(ctx, func(ctx context.Context) (api.OverviewReply, error) {
		if _, err := p.Session.FetchMe(ctx); err != nil {
			return api.OverviewReply{}, err
		}
		return p.Session.Client.Overview(ctx)
	}, func(ctx app.Context, reply api.OverviewReply, err error) {
		if err == nil {
			p.Session.SetOverview(reply)
			p.count(ctx)
			return
		}
		p.Session.HandleSignedOut(err)
	})
}

func (p *page) install(ctx app.Context) {
	ctx.ShowAppInstallPrompt()
	p.installable = false
}

// Render shows what the device stores and how to install the program.
func (p *page) Render() app.UI {
	w := p.Words()
	if p.Session.Neutral() {
		return p.Layout(site.Device, ui.Title(w.T("device.title")))
	}
	return p.Layout(site.Device,
		ui.Title(w.T("device.title")),
		app.If(p.signedOutHere, ui.Alert("warning", "", w.T("offline.left"))),
		p.storage(),
		p.installation(),
	)
}

// storage shows whether answers are cached on this device, how many, and when they are deleted.
func (p *page) storage() app.UI {
	w := p.Words()
	_, known := p.Session.Me()
	return ui.Card("keeping", w.T("device.own.title"),
		app.Elem("p").Text(w.T("device.own.lead")),
		app.If(known, ui.Field{ID: "own", Label: w.T("device.own.label"), Hint: w.T("device.own.hint")}.Checkbox(
			p.Session.OwnDevice(), ui.Toggle("own", p.setOwn))),
		app.If(p.Session.OwnDevice(), app.Elem("p").Class("bp-quiet").Role("status").Text(w.N("device.kept", p.stored))),
		app.Elem("p").Class("bp-quiet").Text(w.T("device.own.when")),
		app.If(known && p.Session.OwnDevice(), app.Elem("p").Body(app.A().Class("ds-link").Href(site.KeepSession).Text(w.T("device.keep")))),
	)
}

// installation offers to install the program, if the browser can, and describes it for each system.
func (p *page) installation() app.UI {
	w := p.Words()
	manual := []app.UI{}
	for _, system := range [][2]string{
		{"device.android.title", "device.android.text"}, // S4.60
		{"device.iphone.title", "device.iphone.text"},   // S4.61
		{"device.desktop.title", "device.desktop.text"}, // S4.62, for the systems of today
	} {
		manual = append(manual, app.Elem("h3").Class("bp-card-title").Text(w.T(system[0])), app.Elem("p").Text(w.T(system[1])))
	}
	return ui.Card("installing", w.T("device.install.title"),
		app.Elem("p").Text(w.T("device.install.lead")),
		app.If(p.installable, app.Elem("p").Body(ui.Button("primary", w.T("device.install"), ui.On("install", p.install)))),
		app.Elem("div").Class("bp-ways-home").Body(manual...),
	)
}
