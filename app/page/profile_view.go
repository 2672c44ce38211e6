package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// field is a field of the page with what the server said of it.
func (p *profile) field(id, label, hint string) ui.Field {
	f := ui.Field{ID: id, Label: label, Hint: hint}
	if p.refused != nil && p.refused.Field == id {
		f.Wrong = p.f.words().Fault(p.refused)
	}
	return f
}

// facts are what registers say of the person, and the address.
func (p *profile) facts() app.UI {
	w := p.f.words()
	return app.Elem("section").Body(
		ui.Given(w.T("profile.name"), p.reply.Name, w.T("profile.name.why")),
		ui.Given(w.T("profile.email"), p.reply.Email, ""),
		ui.Form(w.T("profile.email.change"), ui.Submit("email", p.changeEmail),
			p.field("email", w.T("profile.email.new"), w.T("profile.email.hint")).
				Text(p.email, ui.Input{Kind: "email", Complete: "email", Max: 254}, ui.Change("email", func(_ app.Context, v string) { p.email = v })),
			ui.Send(w.T("profile.email.change")),
		),
	)
}

// confirmations ask for the codes of what is not confirmed yet, S4.19, S4.20.
func (p *profile) confirmations() app.UI {
	w := p.f.words()
	var parts []app.UI
	if !p.reply.EmailConfirmed && p.reply.Email != "" {
		parts = append(parts, p.code("email", w.T("profile.email.unconfirmed")))
	}
	if !p.reply.MobileConfirmed && p.reply.Mobile != "" {
		parts = append(parts, p.code("mobile", w.T("profile.mobile.unconfirmed")))
	}
	if len(parts) == 0 {
		return app.Elem("div")
	}
	why := app.Elem("details").Body(app.Elem("summary").Text(w.T("profile.why")), app.Elem("p").Text(w.T("profile.why.text"))) // S4.16
	return app.Elem("section").Body(append(parts, why)...)
}

// code is the field for one channel's code. Enter sends it, S4.24.
func (p *profile) code(channel, text string) app.UI {
	w := p.f.words()
	field := ui.Field{ID: "code-" + channel, Label: text}
	if p.refused != nil && p.refused.Field == "code" {
		field.Wrong = w.Fault(p.refused)
	}
	return ui.Form(text, ui.Submit("confirm/"+channel, func(ctx app.Context) { p.confirm(ctx, channel) }),
		field.Text(p.codes[channel], ui.Input{Kind: "text", Mode: "numeric", Complete: "one-time-code", Max: 7},
			ui.Change("code/"+channel, func(_ app.Context, v string) { p.codes[channel] = v })),
		ui.Send(w.T("profile.confirm")),
		ui.Button("tertiary", w.T("profile.code.again"), ui.On("again/"+channel, func(ctx app.Context) { p.sendCode(ctx, channel) })),
	)
}

// details are what a person may change, saved together, S4.22, S4.26.
func (p *profile) details() app.UI {
	w := p.f.words()
	line := func(id, label, kind, complete string, at *string) app.UI {
		return p.field(id, label, "").Text(*at, ui.Input{Kind: kind, Complete: complete, Max: 100},
			ui.Change(id, func(_ app.Context, v string) { *at = v }))
	}
	body := []app.UI{
		line("mobile", w.T("profile.mobile"), "tel", "tel", &p.draft.Mobile),
		line("phone_private", w.T("profile.phone.private"), "tel", "home tel", &p.draft.PhonePrivate),
		line("phone_work", w.T("profile.phone.work"), "tel", "work tel", &p.draft.PhoneWork),
		line("street", w.T("profile.street"), "text", "street-address", &p.draft.Street),
		line("postal_code", w.T("profile.postal"), "text", "postal-code", &p.draft.PostalCode),
		line("city", w.T("profile.city"), "text", "address-level2", &p.draft.City),
		line("country", w.T("profile.country"), "text", "country", &p.draft.Country),
	}
	if p.reply.Company { // S4.18
		body = append(body, line("contact", w.T("profile.contact"), "text", "name", &p.draft.Contact))
	}
	return app.Elem("section").Body(
		ui.Heading("details", w.T("profile.details")),
		ui.Form(w.T("profile.details"), ui.Submit("details", p.save), append(body, ui.Send(w.T("profile.save")))...),
	)
}

// consents asks every question, with the version and time of the stand that was taken, S4.27–S4.33.
func (p *profile) consents() app.UI {
	w := p.f.words()
	var body []app.UI
	for _, c := range p.reply.Consents {
		kind := c.Kind
		field := ui.Field{ID: string(kind), Label: w.T("consent." + string(kind)), Hint: p.stand(c)}
		if p.refused != nil && p.refused.Field == string(kind) {
			field.Wrong = w.Fault(p.refused)
		}
		body = append(body, field.Box(p.given[kind], ui.Toggle("consent/"+string(kind), func(_ app.Context, on bool) { p.given[kind] = on })))
	}
	return app.Elem("section").Body(
		ui.Heading("consents", w.T("profile.consents")),
		app.Elem("p").Text(w.T("profile.consents.lead")),
		ui.Form(w.T("profile.consents"), ui.Submit("consents", p.consent), append(body, ui.Send(w.T("profile.save")))...),
	)
}

func (p *profile) stand(c api.Consent) string {
	w := p.f.words()
	switch {
	case c.Version == 0:
		return w.T("profile.consent.none")
	case c.Kind == toll.ConsentAdvertising && c.Given && !c.Reaches:
		return w.T("profile.consent.idle")
	}
	return w.T("profile.consent.at", "version", c.Version, "at", w.Instant(c.At))
}

// privacy is what a person may ask of us: to have everything, and to be forgotten.
func (p *profile) privacy() app.UI {
	w := p.f.words()
	body := []app.UI{
		ui.Heading("privacy", w.T("profile.privacy")),
		app.Elem("p").Body(app.A().Class("ds-link").Href("/export").Text(w.T("profile.export"))),
		app.Elem("p").Text(w.T("profile.erase.lead")),
	}
	for _, h := range p.reply.Holds {
		body = append(body, app.Elem("p").Class("bp-quiet").Text(w.T("profile.hold", "what", w.T("hold."+h.What), "n", w.Number(int64(h.Count)), "date", w.Day(oslo.DayOf(h.Until)))))
	}
	if p.reply.Erasure != nil {
		return app.Elem("section").Body(append(body,
			ui.Alert("warning", "", w.T("profile.erase.asked", "date", w.Day(oslo.DayOf(*p.reply.Erasure)))),
			ui.Button("secondary", w.T("profile.erase.withdraw"), ui.On("keep", func(ctx app.Context) { p.erase(ctx, true) })))...)
	}
	return app.Elem("section").Body(append(body, ui.Button("secondary", w.T("profile.erase"), ui.On("erase", func(ctx app.Context) { p.erase(ctx, false) })))...)
}
