// Package profile is the page of a person's own details and consents, S4.17.
package profile

import (
	"context"
	"maps"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	query    frame.Query[api.ProfileReply]
	draft    api.Details
	email    string
	codes    map[string]string // typed, by channel
	consents map[toll.ConsentKind]bool
	refused  *fault.Error // a field that the server refused
	sending  bool         // a change is on its way
}

// New returns the page.
func New(s *session.Session) app.Composer {
	return &page{base: frame.New(s), codes: map[string]string{}, consents: map[toll.ConsentKind]bool{}}
}

// OnNav asks for the details.
func (p *page) OnNav(ctx app.Context) {
	p.Enter(ctx, p.Words().T("profile.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.ProfileReply]{
		Get:      p.Session.Client.Profile,
		Answered: func(_ app.Context, reply api.ProfileReply) { p.fill(reply) },
	})
}

// fill puts the stored details and consents into the fields, unless they were changed and not sent.
func (p *page) fill(reply api.ProfileReply) {
	p.refused = nil
	if p.Dirty(p.Words().T("profile.title")) {
		return
	}
	p.draft = reply.Details
	for _, c := range reply.Consents {
		p.consents[c.Kind] = c.Given && c.Version == c.Current
	}
}

// change is a change that a person asks for on the page.
type change struct {
	form string // the name of the form that asks for it
	done string // the toast when it is done
	code string // the id of the field that the server calls code
	to   string // the id of what has changed, which takes the focus; empty if the focus stays
	do   func(context.Context) (api.ProfileReply, error)
}

// send makes a change and says what became of it. When a factor must be confirmed first, it goes there and
// back.
func (p *page) send(ctx app.Context, c change) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	title := p.Words().T("profile.title")
	frame.Call(ctx, c.do, func(ctx app.Context, reply api.ProfileReply, err error) {
		p.sending = false
		known, failed := p.Refusal(err, site.Profile)
		if known != nil {
			p.refused = c.refused(*known)
			p.FocusErrors(ctx, title)
		}
		if failed {
			return
		}
		p.MarkClean(c.form)
		p.query.Set(reply)
		p.fill(reply)
		p.SetTitle(title)
		p.Toast(c.done)
		if c.to != "" {
			ctx.Defer(func(app.Context) { p.Session.Window.Focus(c.to) })
		}
	})
}

// refused returns a refusal with the id of the field that it is about.
func (c change) refused(f fault.Error) *fault.Error {
	for i, one := range f.More {
		f.More[i] = c.refused(*one)
	}
	switch {
	case f.Field == "code":
		f.Field = c.code
	case f.Field == string(toll.ConsentPrivacy):
		f.Field = consentID(toll.ConsentPrivacy)
	}
	return &f
}

// save sends details and consents, S4.26.
func (p *page) save(ctx app.Context) {
	req, w := api.SaveRequest{Details: p.draft, Given: maps.Clone(p.consents)}, p.Words()
	p.send(ctx, change{form: w.T("profile.title"), done: w.T("profile.saved"), do: func(ctx context.Context) (api.ProfileReply, error) {
		return p.Session.Client.SaveProfile(ctx, req)
	}})
}

func (p *page) changeEmail(ctx app.Context) {
	email, w := p.email, p.Words()
	p.send(ctx, change{form: w.T("profile.email.change"), done: w.T("profile.email.sent"), do: func(ctx context.Context) (api.ProfileReply, error) {
		if err := p.Session.Client.ChangeEmail(ctx, email); err != nil {
			return api.ProfileReply{}, err
		}
		return p.Session.Client.Profile(ctx) // which has the new address as pending
	}})
}

// keepEmail withdraws the change of address that is not confirmed yet.
func (p *page) keepEmail(ctx app.Context) {
	w := p.Words()
	p.send(ctx, change{form: p.unconfirmed(*p.query.Answer(), "email"), done: w.T("profile.email.kept"), do: p.Session.Client.KeepEmail})
	p.FocusTitle()
}

func (p *page) sendCode(ctx app.Context, channel string) {
	reply := *p.query.Answer()
	p.send(ctx, change{done: p.Words().T("profile.code.sent"), code: "code-" + channel, do: func(ctx context.Context) (api.ProfileReply, error) {
		return reply, p.Session.Client.SendCode(ctx, channel)
	}})
}

func (p *page) confirmCode(ctx app.Context, channel string) {
	code, w := p.codes[channel], p.Words()
	p.send(ctx, change{form: p.unconfirmed(*p.query.Answer(), channel), done: w.T("profile.confirmed"), code: "code-" + channel, to: confirmedID(channel), do: func(ctx context.Context) (api.ProfileReply, error) {
		return p.Session.Client.ConfirmCode(ctx, channel, code)
	}})
}

// confirmedID returns the id of what a code confirms: the line of the email address, or the field of the number.
func confirmedID(channel string) string {
	if channel == "email" {
		return emailFactID
	}
	return "mobile"
}

// askErase says what erasure means before it is asked for.
func (p *page) askErase(ctx app.Context) {
	w := p.Words()
	p.Confirm(ctx, frame.Confirmation{Title: w.T("profile.erase.ask"), Text: w.T("profile.erase.means"), Yes: w.T("profile.erase"), Do: func(ctx app.Context) {
		p.erase(ctx, false)
	}})
}

// erase requests the erasure of the person's data, or withdraws the request.
func (p *page) erase(ctx app.Context, withdraw bool) {
	done := p.Words().T("profile.erase.done")
	if withdraw {
		done = p.Words().T("profile.erase.withdrawn")
	}
	p.send(ctx, change{done: done, do: func(ctx context.Context) (api.ProfileReply, error) { return p.Session.Client.Erase(ctx, withdraw) }})
	p.FocusTitle()
}

// Render shows the details, the consents and what a person may ask for.
func (p *page) Render() app.UI {
	title := p.Words().T("profile.title")
	return frame.Show(&p.base, site.Profile, title, &p.query, func(reply api.ProfileReply) []app.UI {
		return []app.UI{
			ui.Title(title), p.OtherError(p.refused, p.fields()...),
			p.facts(reply), p.confirmations(reply), p.form(reply), p.privacy(reply),
		}
	})
}
