package page

import (
	"context"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// latestMax is how many passages the overview shows.
const latestMax = 5

// overview is the first page: what the customer has, and what this month has cost.
type overview struct {
	app.Compo
	f frame

	reply   *api.OverviewReply
	wrong   error
	asking  bool
	again   bool // something happened while asking
	latest  listing
	open    map[toll.PassageID]bool
	unfold  map[toll.AgreementID]bool // lists that show everything: agreements' vehicles, and those below
	view    string                    // of what the month has cost
	offer   bool                      // to install the program
	arrived int                       // how often the balance has moved while the page was open
}

// The page's own lists, beside the agreements' in unfold.
const (
	capsFold  toll.AgreementID = "caps"
	tasksFold toll.AgreementID = "tasks"
)

func newOverview(s *session.Session) *overview {
	p := &overview{f: frame{s: s}, open: map[toll.PassageID]bool{}, unfold: map[toll.AgreementID]bool{}, view: sumView}
	p.f.picked = p.pick
	return p
}

// pick shows one agreement alone, or all.
func (p *overview) pick(ctx app.Context, id toll.AgreementID) {
	query := url.Values{}
	if id != "" {
		query.Set("agreement", string(id))
	}
	ctx.Navigate(address(overviewPath, query))
}

// OnMount begins to listen for new passages and shows what was seen last at once.
func (p *overview) OnMount(ctx app.Context) {
	p.f.mount(ctx, listener{hear: p.heard, again: p.load})
	if seen := p.f.s.Latest(); seen != nil {
		p.show(*seen)
	}
}

// OnDismount stops listening.
func (p *overview) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *overview) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnAppInstallChange takes down whether to offer to install the program.
func (p *overview) OnAppInstallChange(ctx app.Context) { p.offer = p.f.offer(ctx) }

// OnNav names the page and asks for the state of things.
func (p *overview) OnNav(ctx app.Context) {
	if q := ctx.Page().URL().Query(); q.Has("agreement") {
		p.f.s.Choose(toll.AgreementID(q.Get("agreement")))
	}
	p.offer = p.f.offer(ctx)
	p.f.arrive(ctx, p.f.words().T("overview.title"))
	p.load(ctx)
}

// load asks for the overview; while it is being asked for, once more afterwards.
func (p *overview) load(ctx app.Context) {
	if p.asking {
		p.again = true
		return
	}
	p.asking, p.wrong = true, nil
	load(ctx, p.f.s.Client.Overview, p.answered)
}

func (p *overview) answered(ctx app.Context, reply api.OverviewReply, err error) {
	p.asking = false
	if err != nil {
		if !p.f.s.SignedOut(err) {
			p.wrong = err
		}
		return
	}
	p.f.s.Remember(reply)
	p.show(reply)
	if p.alone() {
		p.recent(ctx, p.f.s.Agreement())
	}
	if p.again {
		p.again = false
		p.load(ctx)
	}
}

// show takes an overview and keeps the order in which passages arrived.
func (p *overview) show(reply api.OverviewReply) {
	p.reply = &reply
	p.latest.lines = slices.Clone(p.shown().Latest)
}

// shown is the overview as it is asked for: of everything, or of one agreement.
func (p *overview) shown() *api.OverviewReply { return only(p.reply, p.f.s.Agreement()) }

// alone tells whether one agreement is shown alone.
func (p *overview) alone() bool { return p.shown() != p.reply }

// recent asks for an agreement's own latest passages, which need not be among everybody's.
func (p *overview) recent(ctx app.Context, id toll.AgreementID) {
	today := p.f.s.Today()
	req := api.PassageListRequest{Agreement: id, From: today - toll.PeriodDaysMax + 1, To: today}
	load(ctx, func(ctx context.Context) (api.PassageListReply, error) {
		return p.f.s.Client.Passages(ctx, req)
	}, func(_ app.Context, reply api.PassageListReply, err error) {
		if err == nil && id == p.f.s.Agreement() {
			p.latest.lines = reply.Lines[:min(latestMax, len(reply.Lines))]
		}
	})
}

// heard moves the balance and the latest passages at once, and asks for the rest.
func (p *overview) heard(ctx app.Context, e api.Event) {
	if p.reply == nil {
		return
	}
	w := p.f.words()
	focused := p.f.s.Window.Focused()
	p.latest.arrive()
	for _, line := range e.Lines {
		if p.alone() && line.Agreement != p.f.s.Agreement() {
			continue
		}
		if isNew, _ := p.latest.take(line); isNew && p.latest.place(line.ID) < latestMax {
			p.f.said = w.T("passages.arrived", "name", line.Name, "time", w.Clock(line.At), "amount", w.Kroner(line.Net))
		}
	}
	p.latest.lines = p.latest.lines[:min(latestMax, len(p.latest.lines))]
	if !p.alone() && p.reply.Total != e.Balance {
		p.reply.Total = e.Balance
		p.arrived++
	}
	if focused != "" { // rows have moved down: focus follows its passage
		ctx.Defer(func(app.Context) { p.f.s.Window.Focus(focused) })
	}
	p.load(ctx)
}

func (p *overview) toggle(id toll.PassageID) { p.open[id] = !p.open[id] }

// Render shows the balance, the latest passages and the agreements.
func (p *overview) Render() app.UI {
	title := ui.Title(p.f.words().T("overview.title"))
	if p.f.s.Neutral() {
		return p.f.render(overviewPath, title)
	}
	switch {
	case p.reply != nil:
		shown := p.shown()
		return p.f.render(overviewPath, parts(title, p.balance(shown), p.tasks(shown), ui.Abreast(parts(p.spend(shown), p.caps(shown))...), p.passages(), p.agreements(shown), p.install())...)
	case p.wrong != nil:
		return p.f.render(overviewPath, title, p.f.failed(p.wrong, p.load))
	}
	return p.f.render(overviewPath, title, ui.Loading(p.f.words().T("app.loading")))
}

// parts are those that there are.
func parts(all ...app.UI) []app.UI {
	return slices.DeleteFunc(all, func(part app.UI) bool { return part == nil })
}
