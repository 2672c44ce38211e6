package page

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// The ids of the page's fields, form by form. Those of the details are their names in the request.
var (
	emailFields  = [...]string{"email"}
	detailFields = [...]string{"mobile", "phone_private", "phone_work", "street", "postal_code", "city", "country", "contact"}
	codeFields   = [...]string{"code-email", "code-mobile"}
)

// consentID is the id of a consent's box.
func consentID(kind toll.ConsentKind) string { return "consent-" + string(kind) }

// fields are the ids of all fields.
func (p *profile) fields() []string {
	ids := slices.Concat(emailFields[:], detailFields[:], codeFields[:])
	for _, c := range p.reply.Consents {
		ids = append(ids, consentID(c.Kind))
	}
	return ids
}

// field is a field of the page with what the server said of it.
func (p *profile) field(id, label, hint string) ui.Field {
	return p.f.blamed(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// card is a part of the page under a heading.
func card(id, title string, body ...app.UI) app.UI {
	return app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", id).Body(append([]app.UI{ui.Heading(id, title)}, body...)...)
}

// facts are what registers say of the person, and the address.
func (p *profile) facts() app.UI {
	w := p.f.words()
	return card("facts", w.T("profile.facts"),
		ui.Given(w.T("profile.name"), p.reply.Name, w.T("profile.name.why")),
		ui.Given(w.T("profile.email"), p.reply.Email, ""),
		ui.Question(w.T("profile.email.change"), ui.Submit("email", p.changeEmail),
			p.field("email", w.T("profile.email.new"), w.T("profile.email.hint")).
				Text(p.email, ui.Input{Kind: "email", Complete: "email", Max: 254}, ui.Change("email", func(_ app.Context, v string) { p.email = v })),
			p.f.mistakes(p.refused, emailFields[:]...),
			ui.Send(w.T("profile.email.change")).DataSet("variant", "secondary"),
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
		return app.Elem("div").Hidden(true)
	}
	why := app.Elem("details").Class("bp-twin").Body(app.Elem("summary").Text(w.T("profile.why")), app.Elem("p").Text(w.T("profile.why.text"))) // S4.16
	return card("unconfirmed", w.T("profile.unconfirmed"), append(parts, why)...)
}

// code is the field for one channel's code. Enter sends it, S4.24.
func (p *profile) code(channel, text string) app.UI {
	w := p.f.words()
	id := "code-" + channel
	return ui.Question(text, ui.Submit("confirm/"+channel, func(ctx app.Context) { p.confirm(ctx, channel) }),
		p.field(id, text, "").Text(p.codes[channel], ui.Input{Kind: "text", Mode: "numeric", Complete: "one-time-code", Max: 7},
			ui.Change("code/"+channel, func(_ app.Context, v string) { p.codes[channel] = v })),
		p.f.mistakes(p.refused, id),
		app.Elem("div").Class("bp-buttons").Body(
			ui.Send(w.T("profile.confirm")),
			ui.Button("tertiary", w.T("profile.code.again"), ui.On("again/"+channel, func(ctx app.Context) { p.sendCode(ctx, channel) })),
		),
	)
}

// details are what a person may change, saved together, S4.22, S4.26.
func (p *profile) details() app.UI {
	w := p.f.words()
	line := func(id, label, kind, complete string, at *string) app.UI {
		return p.field(id, label, "").Text(*at, ui.Input{Kind: kind, Complete: complete, Max: 100},
			ui.Change(id, func(_ app.Context, v string) { *at = v }))
	}
	phones := []app.UI{
		line("mobile", w.T("profile.mobile"), "tel", "tel", &p.draft.Mobile),
		line("phone_private", w.T("profile.phone.private"), "tel", "home tel", &p.draft.PhonePrivate),
		line("phone_work", w.T("profile.phone.work"), "tel", "work tel", &p.draft.PhoneWork),
	}
	if p.reply.Company { // S4.18
		phones = append(phones, line("contact", w.T("profile.contact"), "text", "name", &p.draft.Contact))
	}
	return card("details", w.T("profile.details"), ui.Question(w.T("profile.details"), ui.Submit("details", p.save),
		ui.Beside(phones...),
		line("street", w.T("profile.street"), "text", "street-address", &p.draft.Street),
		ui.Beside(
			line("postal_code", w.T("profile.postal"), "text", "postal-code", &p.draft.PostalCode),
			line("city", w.T("profile.city"), "text", "address-level2", &p.draft.City),
			line("country", w.T("profile.country"), "text", "country", &p.draft.Country),
		),
		p.f.mistakes(p.refused, detailFields[:]...),
		ui.Send(w.T("profile.save")),
	))
}

// consents asks every question, with the version and time of the stand that was taken, S4.27–S4.33.
func (p *profile) consents() app.UI {
	w := p.f.words()
	var boxes []app.UI
	var ids []string
	for _, c := range p.reply.Consents {
		kind, id := c.Kind, consentID(c.Kind)
		ids = append(ids, id)
		boxes = append(boxes, p.field(id, w.T("consent."+string(kind)), p.stand(c)).Box(
			p.given[kind], ui.Toggle(id, func(_ app.Context, on bool) { p.given[kind] = on })))
	}
	return card("consents", w.T("profile.consents"),
		app.Elem("p").Text(w.T("profile.consents.lead")),
		ui.Question(w.T("profile.consents"), ui.Submit("consents", p.consent),
			append(boxes, p.f.mistakes(p.refused, ids...), ui.Send(w.T("profile.save.consents")))...),
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
	holds := make([]ui.Fact, 0, len(p.reply.Holds))
	for _, h := range p.reply.Holds {
		holds = append(holds, ui.Fact{Name: w.T("hold." + h.What), Value: w.T("profile.hold", "n", w.Number(int64(h.Count)), "date", w.Day(oslo.DayOf(h.Until)))})
	}
	last := app.UI(ui.Button("secondary", w.T("profile.erase"), ui.On("erase", p.askErase)).ID("erase").DataSet("color", "danger"))
	if p.reply.Erasure != nil {
		last = ui.Alert("warning", "", w.T("profile.erase.asked", "date", w.Day(oslo.DayOf(*p.reply.Erasure))), app.Elem("p").Body(
			ui.Button("secondary", w.T("profile.erase.withdraw"), ui.On("keep", func(ctx app.Context) { p.erase(ctx, true) }))))
	}
	return card("privacy", w.T("profile.privacy"),
		app.Elem("p").Body(app.A().Class("ds-link").Href("/export").Text(w.T("profile.export"))),
		app.Elem("p").Text(w.T("profile.erase.lead")), ui.Facts(holds), last,
	)
}
