// Package passages is the page that lists the passages of a period and explains the charge of each, S1.20.
package passages

import (
	"context"
	"errors"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/passagelist"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	search  string    // for a vehicle of a large fleet
	draft   selection // in the fields
	asked   selection // in the address
	request api.PassageListRequest
	refused *fault.Error // why the draft may not be asked for
	first   frame.Query[api.PassageListReply]
	more    frame.Query[api.PassageListReply] // the page after those on screen
	newest  frame.Query[api.PassageListReply] // the first page again
	list    passagelist.List
	rows    *passagelist.View
	shown   int // rows on the page; the others follow as the person scrolls
}

// The numbers of rows that are shown at first, and added when the end of the list comes near. Few enough that the browser
// can answer a finger in between.
const (
	rowsAtFirst = 12
	rowsAdded   = 10
)

// New returns the page.
func New(s *session.Session) app.Composer {
	p := &page{base: frame.New(s), rows: passagelist.NewView(), shown: rowsAtFirst}
	p.OnAgreement = p.showAgreement
	if !s.Neutral() {
		p.prime()
	}
	return p
}

// prime takes the passages that the server has sent with the page, if it has.
func (p *page) prime() {
	u, err := url.Parse(p.Session.Window.Location())
	if err != nil || u.Path != site.Passages {
		return
	}
	s := parseSelection(u, p.Session.Today())
	req, err := s.request()
	if err != nil {
		return
	}
	reply, ok := p.first.Prime(p.Session, p.ask(req, nil).Get)
	if !ok {
		return
	}
	frame.PrimeOverview(p.Session)
	p.draft, p.asked, p.request = s, s, req
	p.list.Append(reply)
}

// showAgreement shows the passages of another agreement in the same period, of all its vehicles.
func (p *page) showAgreement(ctx app.Context, id toll.AgreementID) {
	s := p.asked
	if s.invoice != "" {
		s = parseSelection(&url.URL{}, p.Session.Today())
	}
	s.agreement, s.vehicle = id, ""
	ctx.Navigate(s.address())
}

// OnMount subscribes to new passages.
func (p *page) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{Event: p.handleEvent, Resync: p.resync})
	if p.Session.Overview() == nil {
		p.RefreshOverview(ctx)
	}
}

// OnNav takes the selection from the address. The component stays when only the selection changes.
func (p *page) OnNav(ctx app.Context) {
	u := ctx.Page().URL()
	s := parseSelection(u, p.Session.Today())
	if s.invoice == "" {
		if !u.Query().Has("from") && s.agreement == "" { // the address alone keeps to the agreement shown before
			s.agreement = p.Session.Agreement()
		}
		p.Session.SetAgreement(s.agreement)
	}
	p.selectPassages(ctx, s)
	p.Enter(ctx, p.title())
}

// selectPassages asks for a selection, or says why it may not be asked for.
func (p *page) selectPassages(ctx app.Context, s selection) {
	if p.first.Primed() && s == p.asked {
		p.first.Load(ctx, &p.base, p.ask(p.request, p.appendPage))
		return
	}
	p.draft, p.asked = s, s
	p.rows.Close()
	p.list, p.shown = passagelist.List{}, rowsAtFirst
	p.first.Reset()
	p.more.Reset()
	p.newest.Reset()
	if p.validate(); p.refused != nil {
		return
	}
	p.request, _ = s.request()
	p.first.Load(ctx, &p.base, p.ask(p.request, p.appendPage))
}

// validate checks the draft before the server is asked.
func (p *page) validate() {
	p.refused = nil
	if _, err := p.draft.request(); err != nil {
		p.refused, _ = errors.AsType[*fault.Error](err)
	}
}

// submit sends the form.
func (p *page) submit(ctx app.Context) {
	if p.validate(); p.refused != nil {
		p.FocusErrors(ctx, p.Words().T("passages.title"))
		return
	}
	p.MarkClean()
	if p.draft == p.asked {
		p.selectPassages(ctx, p.draft)
		return
	}
	ctx.Navigate(p.draft.address())
}

// loadMore shows the next rows. When all that were fetched are on screen, it asks for the page after them.
func (p *page) loadMore(ctx app.Context) {
	last := p.visible()
	switch {
	case last < len(p.list.Lines): // the person was faster than the rows that follow by themselves
		p.continueAt(ctx, last)
	case p.more.Loading() || p.list.Next == "":
	default:
		req := p.request
		req.After = p.list.Next
		p.more.Load(ctx, &p.base, p.ask(req, func(ctx app.Context, reply api.PassageListReply) {
			p.appendPage(ctx, reply)
			p.continueAt(ctx, last)
		}))
	}
}

// continueAt adds rows after the first so many, and lets reading continue at the first one that was added.
func (p *page) continueAt(ctx app.Context, last int) {
	if last < len(p.list.Lines) {
		p.shown = max(p.shown, last+rowsAdded)
		first := passagelist.RowID(p.list.Lines[last].ID)
		ctx.Defer(func(app.Context) { p.Session.Window.Focus(first) })
	}
}

// printAll fetches the passages that are not listed yet, one page after the other, lists them all and prints the page.
func (p *page) printAll(ctx app.Context) {
	if p.more.Loading() {
		return
	}
	if p.list.Next == "" {
		p.shown = len(p.list.Lines)
		p.Session.Window.Focus(shownID) // the button is about to go
		ctx.Defer(func(app.Context) { p.Session.Window.Print() })
		return
	}
	req := p.request
	req.After = p.list.Next
	p.more.Load(ctx, &p.base, p.ask(req, func(ctx app.Context, reply api.PassageListReply) {
		p.list.Append(reply)
		p.printAll(ctx)
	}))
}

// ask returns the question for one page of passages. A refusal that is about a field is shown in the form.
func (p *page) ask(req api.PassageListRequest, answered func(app.Context, api.PassageListReply)) frame.Request[api.PassageListReply] {
	return frame.Request[api.PassageListReply]{
		Get:      func(ctx context.Context) (api.PassageListReply, error) { return p.Session.Client.Passages(ctx, req) },
		Answered: answered,
		Failed: func(ctx app.Context, err error) bool {
			refused, ok := errors.AsType[*fault.Error](err)
			if !ok || refused.Field == "" {
				return false
			}
			p.refused = refused
			p.FocusErrors(ctx, p.Words().T("passages.title"))
			return true
		},
	}
}

func (p *page) appendPage(ctx app.Context, reply api.PassageListReply) {
	p.list.Append(reply)
	ctx.Defer(p.follow)
	w := p.Words()
	p.Announce(w.N("passages.loaded", p.list.Count, "amount", w.Kroner(p.list.Total)))
}

// handleEvent puts new passages in their place while the page is open.
func (p *page) handleEvent(ctx app.Context, e api.Event) {
	if !p.hasPassages() {
		return
	}
	focused, uncounted := p.Session.Window.Focused(), false
	p.list.BeginArrival()
	for _, line := range e.Lines {
		if !contains(p.request, line) {
			continue
		}
		isNew, counted := p.list.Put(line)
		uncounted = uncounted || !counted
		if w := p.Words(); isNew {
			p.Announce(w.T("passages.arrived", "name", line.Name, "time", w.Clock(line.At), "amount", w.Kroner(line.Net)))
		}
	}
	if focused != "" { // rows have moved down: focus follows its passage
		ctx.Defer(func(app.Context) { p.Session.Window.Focus(focused) })
	}
	if uncounted {
		p.resync(ctx)
	}
}

// follow adds rows when the end of those on the page comes near.
func (p *page) follow(ctx app.Context) {
	if p.shown >= len(p.list.Lines) {
		return
	}
	p.WhenNear(ctx, endID, func(ctx app.Context) {
		p.shown += rowsAdded
		ctx.Defer(p.follow)
	})
}

// visible returns the number of rows on the page.
func (p *page) visible() int { return min(p.shown, len(p.list.Lines)) }

// hasPassages reports whether passages are on the page.
func (p *page) hasPassages() bool { return p.first.Answer() != nil && p.refused == nil }

// resync asks for the newest page again: after the event stream was interrupted, or when a passage beyond
// the fetched pages has changed the period's total. Without an answer the list stays as it is.
func (p *page) resync(ctx app.Context) {
	if !p.hasPassages() {
		return
	}
	get := p.ask(p.request, nil).Get
	p.newest.Load(ctx, &p.base, frame.Request[api.PassageListReply]{
		Get: func(ctx context.Context) (api.PassageListReply, error) {
			return get(apiclient.InBackground(ctx))
		},
		Answered: func(_ app.Context, reply api.PassageListReply) { p.list.Resync(reply) },
	})
}

func (p *page) title() string {
	w := p.Words()
	if p.refused != nil {
		return w.T("app.error.prefix", "title", w.T("passages.title"))
	}
	return w.T("passages.title")
}

// Render shows the form and the passages of the selection.
func (p *page) Render() app.UI {
	w := p.Words()
	if p.Session.Neutral() {
		return p.Layout(site.Passages, ui.Title(w.T("passages.title")))
	}
	return p.Layout(site.Passages,
		ui.Title(w.T("passages.title")),
		p.chosen(),
		app.Elem("section").Class("bp-result").Aria("label", w.T("passages.title")).Body(p.result()),
	)
}
