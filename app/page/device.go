package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
)

// leftPath is where a person goes who has left while the server could not be told.
const leftPath = devicePath + "?why=left"

// device is the page about this device: what it may keep for times without a network, and how the
// program is put on it, S4.59.
type device struct {
	app.Compo
	f frame

	kept        int
	left        bool // the person comes from leaving without a network
	installable bool
}

func newDevice(s *session.Session) *device { return &device{f: frame{s: s}} }

// OnMount begins to listen.
func (p *device) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *device) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *device) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnAppInstallChange takes down whether the browser lets the program be installed.
func (p *device) OnAppInstallChange(ctx app.Context) { p.installable = ctx.IsAppInstallable() }

// OnNav names the page and counts what is kept.
func (p *device) OnNav(ctx app.Context) {
	p.left = ctx.Page().URL().Query().Get("why") == "left"
	p.installable = ctx.IsAppInstallable()
	p.f.arrive(ctx, p.f.words().T("device.title"))
	p.count(ctx)
}

func (p *device) count(ctx app.Context) {
	load(ctx, p.f.s.CountKept, func(_ app.Context, n int, err error) {
		if err == nil {
			p.kept = n
		}
	})
}

// own makes this the person's own device and keeps the overview at once, or throws all away.
func (p *device) own(ctx app.Context, own bool) {
	if _, known := p.f.s.Me(); !known {
		return // nobody to be the owner
	}
	p.f.s.SetOwn(own)
	p.f.settle()
	if !own {
		p.kept = 0
		p.f.done(p.f.words().T("device.own.off"))
		return
	}
	p.f.done(p.f.words().T("device.own.on"))
	load(ctx, func(ctx context.Context) (api.OverviewReply, error) {
		if _, err := p.f.s.Ask(ctx); err != nil {
			return api.OverviewReply{}, err
		}
		return p.f.s.Client.Overview(ctx)
	}, func(ctx app.Context, reply api.OverviewReply, err error) {
		if err == nil {
			p.f.s.Remember(reply)
			p.count(ctx)
			return
		}
		p.f.s.SignedOut(err)
	})
}

func (p *device) install(ctx app.Context) {
	ctx.ShowAppInstallPrompt()
	p.installable = false
}

// Render shows what the device keeps and how to install the program.
func (p *device) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(devicePath, ui.Title(w.T("device.title")))
	}
	return p.f.render(devicePath,
		ui.Title(w.T("device.title")),
		app.If(p.left, ui.Alert("warning", "", w.T("offline.left"))),
		p.keeping(),
		p.installing(),
	)
}

func (p *device) keeping() app.UI {
	w := p.f.words()
	_, known := p.f.s.Me()
	return app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", "keeping").Body(
		ui.Heading("keeping", w.T("device.own.title")),
		app.Elem("p").Text(w.T("device.own.lead")),
		app.If(known, ui.Field{ID: "own", Label: w.T("device.own.label"), Hint: w.T("device.own.hint")}.Box(
			p.f.s.Own(), ui.Toggle("own", p.own))),
		app.Elem("p").Class("bp-quiet").Role("status").Text(w.N("device.kept", p.kept)),
		app.Elem("p").Class("bp-quiet").Text(w.T("device.own.when")),
	)
}

func (p *device) installing() app.UI {
	w := p.f.words()
	ways := []app.UI{}
	for _, way := range [][2]string{
		{"device.android.title", "device.android.text"}, // S4.60
		{"device.iphone.title", "device.iphone.text"},   // S4.61
		{"device.desktop.title", "device.desktop.text"}, // S4.62, for the systems of today
	} {
		ways = append(ways, app.Elem("h3").Class("bp-card-title").Text(w.T(way[0])), app.Elem("p").Text(w.T(way[1])))
	}
	return app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", "installing").Body(
		ui.Heading("installing", w.T("device.install.title")),
		app.Elem("p").Text(w.T("device.install.lead")),
		app.If(p.installable, app.Elem("p").Body(ui.Button("primary", w.T("device.install"), ui.On("install", p.install)))),
		app.Elem("div").Class("bp-ways-home").Body(ways...),
	)
}

// offer is the offer to install the program, for pages that have room for it.
func (f *frame) offer(ctx app.Context) bool { return f.s.Offer() && ctx.IsAppInstallable() }

// install offers to install the program, or not to be asked again.
func (p *overview) install() app.UI {
	w := p.f.words()
	return app.If(p.offer, app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", "offer").Body(
		ui.Heading("offer", w.T("device.install.offer")),
		app.Elem("p").Text(w.T("device.install.lead")),
		app.Elem("div").Class("bp-buttons").Body(
			ui.Button("primary", w.T("device.install"), ui.On("install", func(ctx app.Context) {
				p.offer = false
				ctx.ShowAppInstallPrompt()
			})),
			ui.Button("tertiary", w.T("device.decline"), ui.On("decline", func(app.Context) {
				p.offer = false
				p.f.s.Decline()
				p.f.done(w.T("device.declined", "page", w.T("device.title")))
				p.f.back()
			})),
		),
	))
}
