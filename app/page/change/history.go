package change

import (
	"context"
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// historyPage shows who changed what on an agreement, a vehicle or a tag, or on all of them.
type historyPage struct {
	app.Compo
	base

	query  frame.Query[api.FleetHistoryReply]
	req    api.FleetHistoryRequest
	events []api.FleetEvent // of the pages loaded
}

// NewHistory returns the page of the history.
func NewHistory(s *session.Session) app.Composer { return &historyPage{base: frame.New(s)} }

// OnNav asks for the latest changes of what the address names.
func (p *historyPage) OnNav(ctx app.Context) {
	query := ctx.Page().URL().Query()
	p.req = api.FleetHistoryRequest{Agreement: query.Get("agreement"), Vehicle: toll.VehicleID(query.Get("vehicle")), Tag: toll.TagID(query.Get("tag"))}
	p.events = nil
	p.Enter(ctx, p.Words().T("change.history"))
	p.load(ctx)
}

func (p *historyPage) load(ctx app.Context) {
	req := p.req
	p.query.Load(ctx, &p.base, frame.Request[api.FleetHistoryReply]{
		Get: func(ctx context.Context) (api.FleetHistoryReply, error) {
			return p.Session.Client.FleetHistory(ctx, req)
		},
		Answered: func(_ app.Context, reply api.FleetHistoryReply) {
			if req.Before == "" {
				p.events = nil
			}
			p.events = append(p.events, reply.Events...)
		},
	})
}

// Render shows the history.
func (p *historyPage) Render() app.UI {
	return frame.Show(&p.base, site.FleetHistory, p.Words().T("change.history"), &p.query, p.history)
}

func (p *historyPage) history(reply api.FleetHistoryReply) []app.UI {
	w := p.Words()
	back := app.Elem("p").Body(app.A().Class("ds-link").Href(site.Vehicles).Text(w.T("vehicles.back")))
	if len(p.events) == 0 {
		return []app.UI{ui.Title(w.T("change.history")), ui.Empty(w.T("change.history.none"), w.T("change.history.none.hint")), back}
	}
	rows := make([]ui.Row, 0, len(p.events))
	for _, e := range p.events {
		notes := []app.UI{app.Elem("span").Text(what(w, e))}
		if e.Before != e.After {
			notes = append(notes, app.Elem("span").Class("bp-sub").Text(w.T("change.states", "before", p.status(e.Before), "after", p.status(e.After))))
		}
		if e.Was != e.Became {
			notes = append(notes, app.Elem("span").Class("bp-sub").Text(w.T("change.texts", "before", orNone(w, e.Kind, e.Was), "after", orNone(w, e.Kind, e.Became))))
		}
		if e.Reason != toll.ReasonNone {
			notes = append(notes, app.Elem("span").Class("bp-sub").Text(w.T("change.reason."+string(e.Reason))))
		}
		rows = append(rows, ui.Row{ID: "change-" + strconv.FormatInt(e.ID, 10), Cells: []app.UI{
			app.A().Class("ds-link").Href(site.With(site.ChangeReceipt, url.Values{"key": {e.Key}})).Text(w.Instant(e.At)), app.Elem("span").Body(notes...), app.Elem("span").Text(who(w, e)), app.Elem("span").Text(w.Instant(e.Effective)),
		}})
	}
	table := ui.Table{
		Kind: "changes", Caption: w.T("change.history"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T("change.made")}, {Text: w.T("change.what")}, {Text: w.T("change.who")}, {Text: w.T("change.effective")}},
	}.UI()
	more := app.UI(app.Elem("div").Hidden(true))
	if reply.Next != "" {
		more = app.Elem("p").Class("bp-card-foot").Body(ui.Button("tertiary", w.T("change.history.more"), ui.On("more", func(ctx app.Context) {
			p.req.Before = reply.Next
			p.load(ctx)
		})).ID("more"))
	}
	return []app.UI{
		ui.Title(w.T("change.history")), ui.Lead(w.T("change.history.lead")),
		app.Elem("section").Class("bp-card bp-card-flush").Aria("label", w.T("change.history")).Body(table, more),
		back,
	}
}

// status names the state of a tag.
func (p *historyPage) status(s toll.TagStatus) string {
	if s == "" {
		return p.Words().T("overview.tag.none")
	}
	return p.Words().T("change.status." + string(s))
}

// orNone returns a text of a change, or the words for none. Those of the register are price classes.
func orNone(w *i18n.Words, kind toll.ChangeKind, text string) string {
	if kind == toll.ChangeFacts {
		return w.Class(text)
	}
	if text == "" {
		return w.T("agree.details.none")
	}
	return text
}
