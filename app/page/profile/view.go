package profile

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/site"
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

// fields returns the ids of all fields.
func (p *page) fields() []string {
	ids := slices.Concat(emailFields[:], detailFields[:], codeFields[:])
	for _, c := range p.query.Answer().Consents {
		ids = append(ids, consentID(c.Kind))
	}
	return ids
}

// field returns a field of the page with its error.
func (p *page) field(id, label, hint string) ui.Field {
	return p.WithError(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// emailFactID is the id of the line of the email address.
const emailFactID = "email-now"

// facts shows what registers say about the person, and the email address.
func (p *page) facts(reply api.ProfileReply) app.UI {
	w := p.Words()
	why := w.T("profile.name.own")
	if reply.Registered {
		why = w.T("profile.name.why")
	}
	return ui.Card("facts", w.T("profile.facts"),
		ui.ReadOnly(w.T("profile.name"), reply.Name, why),
		app.Elem("div").ID(emailFactID).TabIndex(-1).Body(ui.ReadOnly(w.T("profile.email"), reply.Email, "")),
		ui.StackedForm(w.T("profile.email.change"), ui.Submit("email", p.changeEmail),
			p.ErrorSummary(p.refused, emailFields[:]...),
			ui.WithButton( // to the right of the field, S1.26
				p.field("email", w.T("profile.email.new"), w.T("profile.email.hint")).
					Text(p.email, ui.Input{Kind: "email", Complete: "email"}, ui.Change("email", func(_ app.Context, v string) { p.email = v })),
				ui.SubmitButton(w.T("profile.email.change")).DataSet("variant", "secondary"),
			),
		),
	)
}

// confirmations asks for the codes of the channels that are not confirmed yet, S4.19, S4.20.
func (p *page) confirmations(reply api.ProfileReply) app.UI {
	w := p.Words()
	var parts []app.UI
	if reply.PendingEmail != "" || !reply.EmailConfirmed && reply.Email != "" {
		parts = append(parts, p.codeForm("email", p.unconfirmed(reply, "email")))
	}
	if !reply.MobileConfirmed && reply.Mobile != "" {
		parts = append(parts, p.codeForm("mobile", p.unconfirmed(reply, "mobile")))
	}
	if len(parts) == 0 {
		return app.Elem("div").Hidden(true)
	}
	why := app.Elem("details").Class("bp-twin").Body(app.Elem("summary").Text(w.T("profile.why")), app.Elem("p").Text(w.T("profile.why.text"))) // S4.16
	return ui.Card("unconfirmed", w.T("profile.unconfirmed"), append(parts, why)...)
}

// unconfirmed says that a channel is not confirmed yet. It is the name of the form for the channel's code, too.
func (p *page) unconfirmed(reply api.ProfileReply, channel string) string {
	w := p.Words()
	switch {
	case channel != "email":
		return w.T("profile.mobile.unconfirmed")
	case reply.PendingEmail != "":
		return w.T("profile.email.pending", "email", reply.PendingEmail)
	}
	return w.T("profile.email.unconfirmed")
}

// codeForm is the form for one channel's code. Enter sends it, S4.24.
func (p *page) codeForm(channel, text string) app.UI {
	w := p.Words()
	id := "code-" + channel
	withdraw := app.UI(app.Elem("span").Hidden(true))
	if channel == "email" && p.query.Answer().PendingEmail != "" {
		withdraw = ui.Button("tertiary", w.T("profile.email.keep"), ui.On("keep-email", p.keepEmail)).ID("keep-email")
	}
	return ui.StackedForm(text, ui.Submit("confirm/"+channel, func(ctx app.Context) { p.confirmCode(ctx, channel) }),
		p.ErrorSummary(p.refused, id),
		p.field(id, text, "").Text(p.codes[channel], ui.Input{Kind: "text", Mode: "numeric", Complete: "one-time-code"},
			ui.Change("code/"+channel, func(_ app.Context, v string) { p.codes[channel] = v })),
		app.Elem("div").Class("bp-buttons").Body(
			ui.SubmitButton(w.T("profile.confirm")),
			ui.Button("tertiary", w.T("profile.code.again"), ui.On("again/"+channel, func(ctx app.Context) { p.sendCode(ctx, channel) })),
			withdraw,
		),
	)
}

// form is everything that a person enters on the page, saved with the button at its end, S4.26.
func (p *page) form(reply api.ProfileReply) app.UI {
	w := p.Words()
	ids := detailFields[:]
	for _, c := range reply.Consents {
		ids = append(ids[:len(ids):len(ids)], consentID(c.Kind))
	}
	return ui.PageForm(w.T("profile.title"), ui.Submit("details", p.save),
		p.ErrorSummary(p.refused, ids...), p.details(reply), p.consentBoxes(reply), ui.SubmitButton(w.T("profile.save")),
	)
}

// details has the fields of telephone numbers, postal address and contact person, S4.22.
func (p *page) details(reply api.ProfileReply) app.UI {
	w := p.Words()
	line := func(id, label, kind, complete string, at *string) app.UI {
		return p.field(id, label, "").Text(*at, ui.Input{Kind: kind, Complete: complete},
			ui.Change(id, func(_ app.Context, v string) { *at = v }))
	}
	phones := []app.UI{
		line("mobile", w.T("profile.mobile"), "tel", "tel", &p.draft.Mobile),
		line("phone_private", w.T("profile.phone.private"), "tel", "home tel", &p.draft.PhonePrivate),
		line("phone_work", w.T("profile.phone.work"), "tel", "work tel", &p.draft.PhoneWork),
	}
	if reply.Company { // S4.18
		phones = append(phones, line("contact", w.T("profile.contact"), "text", "name", &p.draft.Contact))
	}
	return ui.Card("details", w.T("profile.details"), ui.Stack(
		ui.FieldRow(phones...),
		line("street", w.T("profile.street"), "text", "street-address", &p.draft.Street),
		ui.FieldRow(
			line("postal_code", w.T("profile.postal"), "text", "postal-code", &p.draft.PostalCode),
			line("city", w.T("profile.city"), "text", "address-level2", &p.draft.City),
			p.field("country", w.T("profile.country"), "").Select(p.draft.Country, p.countries(), ui.Change("country", func(_ app.Context, v string) { p.draft.Country = v })),
		),
		app.If(p.May(api.AgreementChange.Endpoint), app.Elem("p").Body(app.A().Class("ds-link").Href(site.AgreementAddress).Text(w.T("profile.addresses")))),
	))
}

// countries lists the countries to choose from, with one that the person has stated before though it is not among them.
func (p *page) countries() []ui.Option {
	w := p.Words()
	options := []ui.Option{{Text: w.T("agree.choose")}}
	for _, code := range i18n.Countries() {
		options = append(options, ui.Option{Value: code, Text: w.T("country." + code)})
	}
	if code := p.draft.Country; code != "" && !slices.Contains(i18n.Countries(), code) {
		options = append(options, ui.Option{Value: code, Text: code})
	}
	return options
}

// consentBoxes asks for each consent and shows the version and time of the choice made before, S4.27–S4.33.
func (p *page) consentBoxes(reply api.ProfileReply) app.UI {
	w := p.Words()
	var boxes []app.UI
	for _, c := range reply.Consents {
		kind, id := c.Kind, consentID(c.Kind)
		boxes = append(boxes, p.field(id, w.T("consent."+string(kind)), p.consentNote(c)).Checkbox(
			p.consents[kind], ui.Toggle(id, func(_ app.Context, on bool) { p.consents[kind] = on })))
	}
	return ui.Card("consents", w.T("profile.consents"), app.Elem("p").Text(w.T("profile.consents.lead")),
		app.Elem("p").Body(app.A().Class("ds-link").Href(site.Privacy).Text(w.T("profile.consents.statement"))), ui.Stack(boxes...))
}

// consentNote says which choice was made before, and when.
func (p *page) consentNote(c api.Consent) string {
	w := p.Words()
	switch {
	case c.Version == 0:
		return w.T("profile.consent.none")
	case c.Kind == toll.ConsentAdvertising && c.Given && !c.Reaches:
		return w.T("profile.consent.idle")
	}
	return w.T("profile.consent.at", "version", c.Version, "at", w.Day(oslo.DayOf(c.At)))
}

// privacy shows what is stored about the person and offers its export and erasure.
func (p *page) privacy(reply api.ProfileReply) app.UI {
	w := p.Words()
	holds := make([]ui.Fact, 0, len(reply.Holds))
	for _, h := range reply.Holds {
		holds = append(holds, ui.Fact{Name: w.T("hold." + h.What), Value: w.T("profile.hold", "n", w.Number(int64(h.Count)), "date", w.Day(oslo.DayOf(h.Until)))})
	}
	last := app.UI(ui.Button("secondary", w.T("profile.erase"), ui.On("erase", p.askErase)).ID("erase").DataSet("color", "danger"))
	if reply.Erasure != nil {
		last = ui.Alert("warning", "", w.T("profile.erase.asked", "date", w.Day(oslo.DayOf(*reply.Erasure))), app.Elem("p").Body(
			ui.Button("secondary", w.T("profile.erase.withdraw"), ui.On("keep", func(ctx app.Context) { p.erase(ctx, true) }))))
	}
	return ui.Card("privacy", w.T("profile.privacy"),
		app.Elem("p").Body(app.A().Class("ds-link").Href(site.Export).Text(w.T("profile.export"))),
		app.Elem("p").Text(w.T("profile.erase.lead")), ui.Facts(holds), last,
	)
}
