package page

import (
	"context"
	"errors"
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// profile is "my details": what a person has told us and agreed to, S4.17.
type profile struct {
	app.Compo
	f frame

	reply   *api.ProfileReply
	draft   api.Details
	email   string
	codes   map[string]string // typed, by channel
	given   map[toll.ConsentKind]bool
	wrong   error
	refused *fault.Error // what the server said of a field
	told    string       // what has just been done
}

func newProfile(s *session.Session) *profile {
	return &profile{f: frame{s: s}, codes: map[string]string{}, given: map[toll.ConsentKind]bool{}}
}

// OnMount begins to listen for who is here.
func (p *profile) OnMount(ctx app.Context) { p.f.mount(ctx, listener{}) }

// OnDismount stops listening.
func (p *profile) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *profile) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav names the page and asks for the details.
func (p *profile) OnNav(ctx app.Context) {
	p.f.arrive(ctx, p.f.words().T("profile.title"))
	p.ask(ctx)
}

func (p *profile) ask(ctx app.Context) {
	p.wrong = nil
	load(ctx, p.f.s.Client.Profile, func(_ app.Context, reply api.ProfileReply, err error) {
		if err != nil {
			if !p.f.s.SignedOut(err) {
				p.wrong = err
			}
			return
		}
		p.take(reply)
	})
}

// take shows what the server has.
func (p *profile) take(reply api.ProfileReply) {
	p.reply, p.draft, p.refused = &reply, reply.Details, nil
	for _, c := range reply.Consents {
		p.given[c.Kind] = c.Given && c.Version == c.Current
	}
}

// send does something and shows what came of it. When a factor must be shown first, it leads there and
// back.
func (p *profile) send(ctx app.Context, done string, do func(context.Context) (api.ProfileReply, error)) {
	p.told, p.refused = "", nil
	load(ctx, do, func(ctx app.Context, reply api.ProfileReply, err error) {
		if p.f.proves(err, profilePath) {
			return
		}
		if known, ok := errors.AsType[*fault.Error](err); ok {
			p.refused = known
			p.f.said = p.f.words().Fault(known)
			field := known.Field
			ctx.Defer(func(app.Context) { p.f.s.Window.Focus(field) })
			return
		}
		if err != nil {
			p.f.said, _ = p.f.trouble(err)
			p.told = p.f.said
			return
		}
		p.take(reply)
		p.told = p.f.words().T(done)
		p.f.said = p.told
	})
}

// proves leads to where a factor is shown when an answer asks for that, and to sign in when the
// session is over.
func (f *frame) proves(err error, back string) bool {
	if err != nil && fault.CodeOf(err) == fault.StepUp {
		f.s.Window.Leave("/prove?" + url.Values{"next": {back}}.Encode())
		return true
	}
	return err != nil && f.s.SignedOut(err)
}

// refusal says what was refused when no field is to blame.
func (f *frame) refusal(refused *fault.Error) app.UI {
	if refused == nil || refused.Field != "" {
		return app.Elem("div")
	}
	return ui.Alert("danger", "", f.words().Fault(refused))
}

func (p *profile) save(ctx app.Context) {
	draft := p.draft
	p.send(ctx, "profile.saved", func(ctx context.Context) (api.ProfileReply, error) { return p.f.s.Client.SaveProfile(ctx, draft) })
}

func (p *profile) changeEmail(ctx app.Context) {
	email, reply := p.email, *p.reply
	p.send(ctx, "profile.email.sent", func(ctx context.Context) (api.ProfileReply, error) {
		return reply, p.f.s.Client.ChangeEmail(ctx, email)
	})
}

func (p *profile) sendCode(ctx app.Context, channel string) {
	reply := *p.reply
	p.send(ctx, "profile.code.sent", func(ctx context.Context) (api.ProfileReply, error) { return reply, p.f.s.Client.SendCode(ctx, channel) })
}

func (p *profile) confirm(ctx app.Context, channel string) {
	code := p.codes[channel]
	p.send(ctx, "profile.confirmed", func(ctx context.Context) (api.ProfileReply, error) {
		return p.f.s.Client.ConfirmCode(ctx, channel, code)
	})
}

func (p *profile) consent(ctx app.Context) {
	given := map[toll.ConsentKind]bool{}
	for kind, yes := range p.given {
		given[kind] = yes
	}
	p.send(ctx, "profile.consent.saved", func(ctx context.Context) (api.ProfileReply, error) {
		return p.f.s.Client.SaveConsents(ctx, api.ConsentRequest{Given: given})
	})
}

func (p *profile) erase(ctx app.Context, withdraw bool) {
	p.send(ctx, "profile.saved", func(ctx context.Context) (api.ProfileReply, error) { return p.f.s.Client.Erase(ctx, withdraw) })
}

// Render shows the details, the consents and what a person may ask of us.
func (p *profile) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(profilePath)
	}
	title := ui.Title(w.T("profile.title"))
	switch {
	case p.wrong != nil:
		return p.f.render(profilePath, title, p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(profilePath, title, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(profilePath, title,
		app.If(p.told != "", ui.Alert("success", "", p.told)), p.f.refusal(p.refused),
		p.facts(), p.confirmations(), p.details(), p.consents(), p.privacy(),
	)
}
