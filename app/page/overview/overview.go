// Package overview is the first page: the agreements a customer has, and what this month has cost.
package overview

import (
	"context"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/page/passagelist"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// latestMax is the maximum number of passages on the page.
const latestMax = 5

type base = frame.Page

type page struct {
	app.Compo
	base

	query          frame.Query[api.OverviewReply] // of all agreements
	latest         passagelist.List
	rows           *passagelist.View
	expanded       map[string]bool        // lists that are shown in full, by the ids below or by agreement
	listings       map[string]*ui.Listing // of the vehicles of each agreement
	view           string                 // of the cost: one of the constants below
	offersInstall  bool
	balanceUpdates int // how often the balance has changed while the page was open
}

// tasksList is the id of the list of tasks, beside those of agreements.
const tasksList = "tasks"

// New returns the page.
func New(s *session.Session) app.Composer {
	p := &page{base: frame.New(s), rows: passagelist.NewView(), expanded: map[string]bool{}, listings: map[string]*ui.Listing{}, view: monthsView}
	p.OnAgreement = p.showAgreement
	if s.Neutral() {
		return p
	}
	if reply, ok := p.query.Prime(s, s.Client.Overview); ok {
		s.SetOverview(reply)
		p.resetLatest()
	}
	return p
}

// showAgreement shows one agreement, or all.
func (p *page) showAgreement(ctx app.Context, id toll.AgreementID) {
	query := url.Values{}
	if id != "" {
		query.Set("agreement", string(id))
	}
	ctx.Navigate(site.With(site.Overview, query))
}

// OnMount subscribes to new passages and shows the latest overview of the session at once.
func (p *page) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{Event: p.handleEvent, Resync: p.query.Refresh})
	if seen := p.Session.Overview(); seen != nil && !p.query.Primed() {
		p.query.Set(*seen)
		p.resetLatest()
	}
}

// OnAppInstallChange notes whether the browser can install the program.
func (p *page) OnAppInstallChange(ctx app.Context) { p.offersInstall = p.InstallOffered(ctx) }

// OnNav asks for the overview.
func (p *page) OnNav(ctx app.Context) {
	if q := ctx.Page().URL().Query(); q.Has("agreement") {
		p.Session.SetAgreement(toll.AgreementID(q.Get("agreement")))
	}
	p.offersInstall = p.InstallOffered(ctx)
	p.Enter(ctx, p.Words().T("overview.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.OverviewReply]{Get: p.Session.Client.Overview, Answered: p.answered})
}

func (p *page) answered(ctx app.Context, reply api.OverviewReply) {
	p.Session.SetOverview(reply)
	p.resetLatest()
	if p.oneAgreement() {
		p.loadLatest(ctx, p.Session.Agreement())
	}
}

// resetLatest takes the latest passages from the overview.
func (p *page) resetLatest() { p.latest.Lines = slices.Clone(p.shown().Latest) }

// shown returns the part of the overview on screen: all agreements or one.
func (p *page) shown() *api.OverviewReply {
	return fleet.Only(p.query.Answer(), p.Session.Agreement())
}

// oneAgreement reports whether one of several agreements is shown.
func (p *page) oneAgreement() bool { return p.shown() != p.query.Answer() }

// loadLatest asks for the latest passages of one agreement: they need not be among the latest of all.
func (p *page) loadLatest(ctx app.Context, id toll.AgreementID) {
	today := p.Session.Today()
	req := api.PassageListRequest{Agreement: id, From: today - toll.PeriodDaysMax + 1, To: today}
	frame.Call(ctx, func(ctx context.Context) (api.PassageListReply, error) {
		return p.Session.Client.Passages(ctx, req)
	}, func(_ app.Context, reply api.PassageListReply, err error) {
		if err == nil && id == p.Session.Agreement() {
			p.latest.Lines = reply.Lines[:min(latestMax, len(reply.Lines))]
		}
	})
}

// handleEvent updates the balance and the latest passages at once, and asks for the rest.
func (p *page) handleEvent(ctx app.Context, e api.Event) {
	reply := p.query.Answer()
	if reply == nil {
		return
	}
	w := p.Words()
	focused := p.Session.Window.Focused()
	p.latest.BeginArrival()
	for _, line := range e.Lines {
		if p.oneAgreement() && line.Agreement != p.Session.Agreement() {
			continue
		}
		if isNew, _ := p.latest.Put(line); isNew && p.latest.Index(line.ID) < latestMax {
			p.Announce(w.T("passages.arrived", "name", line.Name, "time", w.Clock(line.At), "amount", w.Kroner(line.Net)))
		}
	}
	p.latest.Lines = p.latest.Lines[:min(latestMax, len(p.latest.Lines))]
	if !p.oneAgreement() && reply.Total != e.Balance {
		reply.Months = append(reply.Months, api.MonthSpend{Month: reply.Month, Net: e.Balance - reply.Total})
		reply.Owed = append(reply.Owed, api.Owed{Unbilled: e.Balance - reply.Total})
		reply.Total = e.Balance
		p.balanceUpdates++
	}
	if focused != "" { // rows have moved down: focus follows its passage
		ctx.Defer(func(app.Context) { p.Session.Window.Focus(focused) })
	}
	p.query.Refresh(ctx)
}

// Render shows, in this order: what is to be paid, what is to be done, the latest passages, the agreements with their
// vehicles, and the cost over time. Without an agreement there is nothing to pay or to compare.
func (p *page) Render() app.UI {
	title := ui.Title(p.Words().T("overview.title"))
	switch {
	case p.Session.Neutral():
		return p.Layout(site.Overview, title)
	case p.query.Answer() == nil:
		return p.Layout(site.Overview, title, p.query.State(&p.base))
	}
	shown := p.shown()
	if len(shown.Agreements) == 0 {
		return p.Layout(site.Overview, existing(title, p.noAgreement(), p.tasks(shown), p.latestPassages(), p.agreements(shown), p.installOffer())...)
	}
	return p.Layout(site.Overview, existing(
		title, p.toPay(shown), p.tasks(shown), p.latestPassages(), p.agreements(shown),
		ui.Columns(existing(p.spend(shown), p.caps(shown))...), p.installOffer(),
	)...)
}

// existing drops parts that are nil.
func existing(parts ...app.UI) []app.UI {
	return slices.DeleteFunc(parts, func(part app.UI) bool { return part == nil })
}
