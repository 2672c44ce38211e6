package page

import (
	"context"

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
		if err != nil {
			p.f.said, _ = p.f.trouble(err)
		}
		p.ask(ctx)
	})
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
		return p.f.render(sessionsPath)
	}
	title := ui.Title(w.T("sessions.title"))
	switch {
	case p.wrong != nil:
		return p.f.render(sessionsPath, title, p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(sessionsPath, title, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(sessionsPath, title,
		app.Elem("section").Body(p.lines()...),
		app.Elem("p").Body(ui.Button("secondary", w.T("sessions.end.all"), ui.On("end/all", p.endAll))),
		app.Elem("p").Body(app.A().Class("ds-link").Href("/security").Text(w.T("sessions.security"))),
		ui.Heading("history", w.T("sessions.history")),
		app.Elem("ul").Class("bp-history").Body(p.history()...),
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
		list = append(list, app.Elem("div").Class("bp-fact").Body(
			app.Elem("p").Class("ds-label").Text(name),
			app.Elem("p").Class("bp-quiet").Text(w.T("sessions.line", "network", s.Network, "began", w.Instant(s.Began), "seen", w.Instant(s.Seen))), end))
	}
	return list
}

func (p *sessions) history() (list []app.UI) {
	w := p.f.words()
	for _, e := range p.reply.History {
		text := w.Instant(e.At) + " – " + w.T("event."+e.Kind)
		if e.Device != "" || e.Network != "" {
			text += " (" + e.Device + " " + e.Network + ")"
		}
		list = append(list, app.Elem("li").Text(text))
	}
	return list
}
