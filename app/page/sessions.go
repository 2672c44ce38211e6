package page

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
)

// sessions shows where a person is signed in and what has happened to the account.
type sessions struct {
	app.Compo
	f frame

	reply *api.SessionsReply
	wrong error
}

func newSessions(s *session.Session) *sessions { return &sessions{f: frame{s: s}} }

// OnMount begins to listen for who is here.
func (p *sessions) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *sessions) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *sessions) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav names the page and asks for the sessions.
func (p *sessions) OnNav(ctx app.Context) {
	p.f.arrive(ctx, p.f.words().T("sessions.title"))
	p.ask(ctx)
}

func (p *sessions) ask(ctx app.Context) {
	p.wrong = nil
	load(ctx, p.f.s.Client.Sessions, func(_ app.Context, reply api.SessionsReply, err error) {
		if err != nil {
			if !p.f.s.SignedOut(err) {
				p.wrong = err
			}
			return
		}
		p.reply = &reply
	})
}

// end ends one session and shows the rest.
func (p *sessions) end(ctx app.Context, id string) {
	load(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.f.s.Client.EndSession(ctx, id)
	}, func(ctx app.Context, _ struct{}, err error) {
		if p.f.proves(err, sessionsPath) {
			return
		}
		done := p.f.words().T("sessions.ended")
		if err != nil {
			done, _ = p.f.trouble(err)
		}
		p.f.done(done)
		p.f.back()
		p.ask(ctx)
	})
}

// askEndAll says what ending every session means before it is done.
func (p *sessions) askEndAll(ctx app.Context) {
	w := p.f.words()
	p.f.confirm(ctx, question{title: w.T("sessions.end.ask"), text: w.T("sessions.end.means"), yes: w.T("sessions.end.all"), do: p.endAll})
}

// endAll ends every session, this one too.
func (p *sessions) endAll(ctx app.Context) {
	load(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.f.s.Client.EndSessions(ctx)
	}, func(_ app.Context, _ struct{}, err error) {
		switch {
		case err == nil:
			p.f.s.Left("")
		case !p.f.proves(err, sessionsPath):
			p.wrong = err
		}
	})
}

// Render shows the sessions, then the history.
func (p *sessions) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(sessionsPath, ui.Title(w.T("sessions.title")))
	}
	title := ui.Title(w.T("sessions.title"))
	switch {
	case p.wrong != nil:
		return p.f.render(sessionsPath, title, p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(sessionsPath, title, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(sessionsPath, title,
		app.Elem("section").Class("bp-card bp-list").Aria("labelledby", ui.TitleID).Body(p.lines()...),
		app.Elem("div").Class("bp-buttons").Body(
			ui.Button("secondary", w.T("sessions.end.all"), ui.On("end/all", p.askEndAll)).ID("end-all"),
			app.A().Class("ds-button").DataSet("variant", "tertiary").Href("/security").Text(w.T("sessions.security")),
		),
		app.Elem("section").Class("bp-card bp-list").Aria("labelledby", "history").Body(
			append([]app.UI{app.Elem("div").Class("bp-card-head").Body(ui.Heading("history", w.T("sessions.history")))}, p.history()...)...),
	)
}

func (p *sessions) lines() (list []app.UI) {
	w := p.f.words()
	for _, s := range p.reply.Sessions {
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

func (p *sessions) history() (list []app.UI) {
	w := p.f.words()
	for _, e := range p.reply.History {
		notes := []string{w.Instant(e.At)}
		if where := strings.TrimSpace(e.Device + " " + e.Network); where != "" {
			notes[0] += " · " + where
		}
		list = append(list, ui.Entry(w.T("event."+e.Kind), notes, nil))
	}
	return list
}
