// Package sessions is the page of the sessions and the security history of an account.
package sessions

import (
	"context"
	"strings"

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

	query frame.Query[api.SessionsReply]
}

// New returns the page.
func New(s *session.Session) app.Composer { return &page{base: frame.New(s)} }

// OnNav asks for the sessions.
func (p *page) OnNav(ctx app.Context) {
	p.Enter(ctx, p.Words().T("sessions.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.SessionsReply]{Get: p.Session.Client.Sessions})
}

// end ends one session and shows those that are left.
func (p *page) end(ctx app.Context, id string) {
	frame.Do(ctx, func(ctx context.Context) error { return p.Session.Client.EndSession(ctx, id) }, func(ctx app.Context, err error) {
		if p.HandleAuthError(err, site.Sessions) {
			return
		}
		done := p.Words().T("sessions.ended")
		if err != nil {
			done, _ = p.ErrorText(err)
		}
		p.Toast(done)
		p.FocusTitle()
		p.query.Reload(ctx)
	})
}

// askEndAll says what ending every session means before it is done.
func (p *page) askEndAll(ctx app.Context) {
	w := p.Words()
	p.Confirm(ctx, frame.Confirmation{Title: w.T("sessions.end.ask"), Text: w.T("sessions.end.means"), Yes: w.T("sessions.end.all"), Do: p.endAll})
}

// endAll ends every session, including this one.
func (p *page) endAll(ctx app.Context) {
	frame.Do(ctx, p.Session.Client.EndSessions, func(_ app.Context, err error) {
		switch {
		case err == nil:
			p.Session.CompleteLogout("")
		case !p.HandleAuthError(err, site.Sessions):
			p.query.Fail(err)
		}
	})
}

// Render shows the sessions, then the history.
func (p *page) Render() app.UI {
	w := p.Words()
	title := w.T("sessions.title")
	return frame.Show(&p.base, site.Sessions, title, &p.query, func(reply api.SessionsReply) []app.UI {
		return []app.UI{
			ui.Title(title),
			app.Elem("section").Class("bp-card bp-list").Aria("labelledby", ui.TitleID).Body(p.sessionLines(reply)...),
			app.Elem("div").Class("bp-buttons").Body(
				ui.Button("secondary", w.T("sessions.end.all"), ui.On("end/all", p.askEndAll)).ID("end-all"),
				app.A().Class("ds-button").DataSet("variant", "tertiary").Href(site.Security).Text(w.T("sessions.security")),
			),
			app.Elem("section").Class("bp-card bp-list").Aria("labelledby", "history").Body(
				append([]app.UI{app.Elem("div").Class("bp-card-head").Body(ui.Heading("history", w.T("sessions.history")))}, p.history(reply)...)...),
		}
	})
}

// sessionLines lists the sessions of the account, each but the current one with a button that ends it.
func (p *page) sessionLines(reply api.SessionsReply) (list []app.UI) {
	w := p.Words()
	for _, s := range reply.Sessions {
		name := s.Device
		if name == "" {
			name = w.T("sessions.unknown")
		}
		end := ui.Badge("success", w.T("sessions.here"))
		if !s.Here {
			id := s.ID
			end = ui.Button("tertiary", w.T("sessions.end"), ui.On("end/"+id, func(ctx app.Context) { p.end(ctx, id) })).Aria("label", w.T("sessions.end")+": "+name)
		}
		list = append(list, ui.Entry(name, []string{w.T("sessions.line", "network", s.Network, "began", w.Instant(s.Began), "seen", w.Instant(s.Seen))}, end))
	}
	return list
}

// history lists the events of the account, such as sign-ins and changes of factors.
func (p *page) history(reply api.SessionsReply) (list []app.UI) {
	w := p.Words()
	for _, e := range reply.History {
		notes := []string{w.Instant(e.At)}
		if where := strings.TrimSpace(e.Device + " " + e.Network); where != "" {
			notes[0] += " · " + where
		}
		list = append(list, ui.Entry(w.T("event."+e.Kind), notes, nil))
	}
	return list
}
