package page

import (
	"context"
	"errors"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// passages is the page that lists passages and says why each cost what it did, S1.20.
type passages struct {
	app.Compo
	f frame

	draft   choice // in the fields
	asked   choice // in the address
	request api.PassageListRequest
	refused *fault.Error // why the draft may not be asked for
	turn    int          // of the newest question; answers to older ones are dropped
	loading bool
	more    bool // the next page is on its way
	wrong   error
	found   listing
	open    map[toll.PassageID]bool
}

func newPassages(s *session.Session) *passages {
	p := &passages{f: frame{s: s}, loading: true}
	p.f.picked = p.pick
	return p
}

// pick shows another agreement's passages of the same period, of all its vehicles.
func (p *passages) pick(ctx app.Context, id toll.AgreementID) {
	c := p.asked
	c.agreement, c.vehicle = id, ""
	ctx.Navigate(c.href())
}

// OnMount begins to listen for new passages.
func (p *passages) OnMount(ctx app.Context) {
	p.f.mount(ctx, listener{hear: p.heard, again: p.catchUp})
	if p.f.s.Latest() == nil {
		p.fleet(ctx)
	}
}

// OnDismount stops listening.
func (p *passages) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *passages) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav takes the choice from the address. The component stays when only the choice changes.
func (p *passages) OnNav(ctx app.Context) {
	u := ctx.Page().URL()
	c := chosen(u, p.f.s.Today())
	if !u.Query().Has("from") && c.agreement == "" { // a bare address keeps to the agreement shown before
		c.agreement = p.f.s.Agreement()
	}
	p.f.s.Choose(c.agreement)
	p.choose(ctx, c)
	p.f.arrive(ctx, p.title())
}

// choose asks for a choice, or says why it may not be asked.
func (p *passages) choose(ctx app.Context, c choice) {
	p.draft, p.asked = c, c
	p.open = map[toll.PassageID]bool{}
	p.found, p.wrong, p.more = listing{}, nil, false
	p.turn++
	if p.check(); p.refused != nil {
		p.loading = false
		return
	}
	p.request, _ = c.request()
	p.load(ctx)
}

// check decides about the draft before the server is asked.
func (p *passages) check() {
	p.refused = nil
	if _, err := p.draft.request(); err != nil {
		p.refused, _ = errors.AsType[*fault.Error](err)
	}
}

// submit sends the form.
func (p *passages) submit(ctx app.Context) {
	if p.check(); p.refused != nil {
		p.f.blame(ctx, p.f.words().T("passages.title"))
		return
	}
	p.f.settle()
	if p.draft == p.asked {
		p.choose(ctx, p.draft)
		return
	}
	ctx.Navigate(p.draft.href())
}

func (p *passages) load(ctx app.Context) {
	p.loading, p.wrong = true, nil
	p.fetch(ctx, "")
}

// next fetches the page after those on screen.
func (p *passages) next(ctx app.Context) {
	if p.more || p.found.next == "" {
		return
	}
	p.more = true
	p.fetch(ctx, p.found.next)
}

func (p *passages) fetch(ctx app.Context, after string) {
	turn, req := p.turn, p.request
	req.After = after
	load(ctx, func(ctx context.Context) (api.PassageListReply, error) {
		return p.f.s.Client.Passages(ctx, req)
	}, func(ctx app.Context, reply api.PassageListReply, err error) {
		if turn == p.turn {
			p.answered(ctx, reply, err)
		}
	})
}

func (p *passages) answered(ctx app.Context, reply api.PassageListReply, err error) {
	p.loading, p.more = false, false
	if err != nil {
		if p.f.s.SignedOut(err) {
			return
		}
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Field != "" {
			p.refused = f
			p.f.blame(ctx, p.f.words().T("passages.title"))
			return
		}
		p.wrong = err
		return
	}
	p.wrong = nil
	p.found.add(reply)
	w := p.f.words()
	p.f.said = w.T("passages.loaded", "count", w.Number(int64(p.found.count)), "amount", w.Kroner(p.found.total))
}

// fleet learns the vehicles to choose among.
func (p *passages) fleet(ctx app.Context) {
	load(ctx, p.f.s.Client.Overview, func(_ app.Context, reply api.OverviewReply, err error) {
		if err == nil {
			p.f.s.Remember(reply)
			return
		}
		p.f.s.SignedOut(err)
	})
}

// heard puts new passages in their place while the page is open.
func (p *passages) heard(ctx app.Context, e api.Event) {
	if p.loading || p.refused != nil {
		return
	}
	focused, unsure := p.f.s.Window.Focused(), false
	p.found.arrive()
	for _, line := range e.Lines {
		if !holds(p.request, line) {
			continue
		}
		isNew, sure := p.found.take(line)
		unsure = unsure || !sure
		if w := p.f.words(); isNew {
			p.f.said = w.T("passages.arrived", "name", line.Name, "time", w.Clock(line.At), "amount", w.Kroner(line.Net))
		}
	}
	if focused != "" { // rows have moved down: focus follows its passage
		ctx.Defer(func(app.Context) { p.f.s.Window.Focus(focused) })
	}
	if unsure {
		p.catchUp(ctx)
	}
}

// catchUp asks for the newest page again: after the stream was away, or when a passage beyond the
// fetched pages has changed the period's total.
func (p *passages) catchUp(ctx app.Context) {
	if p.loading || p.refused != nil {
		return
	}
	turn, req := p.turn, p.request
	load(ctx, func(ctx context.Context) (api.PassageListReply, error) {
		return p.f.s.Client.Passages(ctx, req)
	}, func(_ app.Context, reply api.PassageListReply, err error) {
		if turn == p.turn && err == nil {
			p.found.catchUp(reply)
		}
	})
}

func (p *passages) toggle(id toll.PassageID) { p.open[id] = !p.open[id] }

func (p *passages) title() string {
	w := p.f.words()
	if p.refused != nil {
		return w.T("app.error.prefix", "title", w.T("passages.title"))
	}
	return w.T("passages.title")
}

// Render shows the choice and what it found.
func (p *passages) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(passagesPath, ui.Title(w.T("passages.title")))
	}
	return p.f.render(passagesPath,
		ui.Title(w.T("passages.title")),
		p.form(),
		app.Elem("section").Class("bp-result").Aria("label", w.T("passages.title")).Body(p.result()),
	)
}
