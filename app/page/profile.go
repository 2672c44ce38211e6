package page

import (
	"context"
	"errors"
	"maps"
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

// take shows what the server has, but for what the person has begun to write.
func (p *profile) take(reply api.ProfileReply) {
	w := p.f.words()
	p.reply, p.refused = &reply, nil
	if !p.f.begun[w.T("profile.details")] {
		p.draft = reply.Details
	}
	if p.f.begun[w.T("profile.consents")] {
		return
	}
	for _, c := range reply.Consents {
		p.given[c.Kind] = c.Given && c.Version == c.Current
	}
}

// errand is something that a person asks for on the page.
type errand struct {
	form string // that asks for it
	done string // what is said once it is done
	code string // the id of the field that the server calls code
	do   func(context.Context) (api.ProfileReply, error)
}

// send does something and says what came of it. When a factor must be shown first, it leads there and
// back.
func (p *profile) send(ctx app.Context, e errand) {
	p.refused = nil
	title := p.f.words().T("profile.title")
	load(ctx, e.do, func(ctx app.Context, reply api.ProfileReply, err error) {
		if p.f.proves(err, profilePath) {
			return
		}
		if known, ok := errors.AsType[*fault.Error](err); ok {
			p.refused = e.refused(*known)
			p.f.blame(ctx, title)
			return
		}
		if err != nil {
			text, _ := p.f.trouble(err)
			p.f.done(text)
			return
		}
		p.f.settle(e.form)
		p.take(reply)
		p.f.name(title)
		p.f.done(e.done)
	})
}

// refused is a refusal with the id of the field that it is about.
func (e errand) refused(f fault.Error) *fault.Error {
	switch {
	case f.Field == "code":
		f.Field = e.code
	case f.Field == string(toll.ConsentPrivacy):
		f.Field = consentID(toll.ConsentPrivacy)
	}
	return &f
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

func (p *profile) save(ctx app.Context) {
	draft, w := p.draft, p.f.words()
	p.send(ctx, errand{form: w.T("profile.details"), done: w.T("profile.saved"), do: func(ctx context.Context) (api.ProfileReply, error) {
		return p.f.s.Client.SaveProfile(ctx, draft)
	}})
}

func (p *profile) changeEmail(ctx app.Context) {
	email, reply, w := p.email, *p.reply, p.f.words()
	p.send(ctx, errand{form: w.T("profile.email.change"), done: w.T("profile.email.sent"), do: func(ctx context.Context) (api.ProfileReply, error) {
		return reply, p.f.s.Client.ChangeEmail(ctx, email)
	}})
}

func (p *profile) sendCode(ctx app.Context, channel string) {
	reply := *p.reply
	p.send(ctx, errand{done: p.f.words().T("profile.code.sent"), code: "code-" + channel, do: func(ctx context.Context) (api.ProfileReply, error) {
		return reply, p.f.s.Client.SendCode(ctx, channel)
	}})
}

func (p *profile) confirm(ctx app.Context, channel string) {
	code, w := p.codes[channel], p.f.words()
	p.send(ctx, errand{form: w.T("profile." + channel + ".unconfirmed"), done: w.T("profile.confirmed"), code: "code-" + channel, do: func(ctx context.Context) (api.ProfileReply, error) {
		return p.f.s.Client.ConfirmCode(ctx, channel, code)
	}})
}

func (p *profile) consent(ctx app.Context) {
	given, w := maps.Clone(p.given), p.f.words()
	p.send(ctx, errand{form: w.T("profile.consents"), done: w.T("profile.consent.saved"), do: func(ctx context.Context) (api.ProfileReply, error) {
		return p.f.s.Client.SaveConsents(ctx, api.ConsentRequest{Given: given})
	}})
}

// askErase says what being forgotten means before it is asked for.
func (p *profile) askErase(ctx app.Context) {
	w := p.f.words()
	p.f.confirm(ctx, question{title: w.T("profile.erase.ask"), text: w.T("profile.erase.means"), yes: w.T("profile.erase"), do: func(ctx app.Context) {
		p.erase(ctx, false)
	}})
}

func (p *profile) erase(ctx app.Context, withdraw bool) {
	done := p.f.words().T("profile.erase.done")
	if withdraw {
		done = p.f.words().T("profile.erase.withdrawn")
	}
	p.send(ctx, errand{done: done, do: func(ctx context.Context) (api.ProfileReply, error) { return p.f.s.Client.Erase(ctx, withdraw) }})
	p.f.back()
}

// Render shows the details, the consents and what a person may ask of us.
func (p *profile) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(profilePath, ui.Title(w.T("profile.title")))
	}
	title := ui.Title(w.T("profile.title"))
	switch {
	case p.wrong != nil:
		return p.f.render(profilePath, title, p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(profilePath, title, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(profilePath, title,
		p.f.refusal(p.refused, p.fields()...),
		p.facts(), p.confirmations(), p.details(), p.consents(), p.privacy(),
	)
}
