package page

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// countries are those that are offered, Norway first, the others by code. A vehicle of any other country
// is for customer service.
func countries() []string {
	return []string{
		"NO", "SE", "DK", "FI", "IS", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "EE", "ES", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
		"MT", "NL", "PL", "PT", "RO", "SI", "SK", "UA",
	}
}

// part is the step of the stepper that a question belongs to.
func part(step api.AgreementStep) api.AgreementStep {
	if step == api.StepCountry || step == api.StepPlate {
		return api.StepVehicle
	}
	return step
}

// question is the page's heading: what is asked.
func (p *agree) question() string {
	w := p.f.words()
	switch p.step {
	case api.StepCharger:
		return w.T("agree.ask.charger")
	case api.StepDetails:
		return w.T("agree.ask.details")
	case api.StepCountry:
		return w.T("agree.ask.country")
	case api.StepPlate:
		return w.T("agree.ask.plate")
	case api.StepVehicle:
		if p.reply.Found == nil {
			return w.T("agree.ask.stated")
		}
		return w.T("agree.ask.vehicle")
	case api.StepTag:
		return w.T("agree.ask.tag")
	case api.StepTerms:
		return w.T("agree.ask.terms")
	case api.StepCheck:
	}
	return w.T("agree.ask.check")
}

func (p *agree) back() app.UI {
	href, text := "/welcome/customer", p.f.words().T("agree.back")
	if before := p.before(); before != "" {
		href = stepHref(before)
	}
	return app.Elem("p").Class("bp-back").Body(app.A().Class("ds-link").Href(href).Text(text))
}

// steps shows how far the person has come; what is behind is a way back.
func (p *agree) steps() app.UI {
	w := p.f.words()
	s := ui.Stepper{}
	last := api.AgreementStep("")
	for _, step := range p.reply.Steps {
		if of := part(step); of != last {
			s.Steps = append(s.Steps, ui.Crumb{Href: stepHref(step), Text: w.T("agree.part." + string(of))})
			last = of
		}
		if step == p.step {
			s.Here = len(s.Steps) - 1
		}
	}
	s.Name = w.T("agree.step", "n", strconv.Itoa(s.Here+1), "of", strconv.Itoa(len(s.Steps)))
	return s.UI()
}

// form is the question's own form, with what is wrong above its button.
func (p *agree) form() app.UI {
	w := p.f.words()
	body, send, act := []app.UI(nil), w.T("agree.next"), ui.Submit("answer/"+string(p.step), p.send)
	switch p.step {
	case api.StepCharger:
		body = p.chargers()
	case api.StepDetails:
		body = p.details()
	case api.StepCountry:
		body = p.country()
	case api.StepPlate:
		body = p.plate()
	case api.StepVehicle:
		if body = p.stating(); p.reply.Found != nil {
			body, send = p.found(), w.T("agree.vehicle.sure")
		}
	case api.StepTag:
		body = p.tag()
	case api.StepTerms:
		body = p.accepting()
	case api.StepCheck:
		body, send, act = p.check(), w.T("agree.begin"), ui.Submit("begin", p.begin)
	}
	body = append(body, ui.Mistakes(w.T("app.mistakes"), p.mistakes()))
	if p.refused != nil && p.refused.Code == fault.VehicleTaken { // it may be the person's own
		body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href("/agreements/find").Text(w.T("overview.find"))))
	}
	return ui.Question(p.question(), act, append(body, ui.Send(send))...)
}

// mistakes are what the server refused, each at its field.
func (p *agree) mistakes() []ui.Mistake {
	if p.refused == nil {
		return nil
	}
	field := p.refused.Field
	switch {
	case field == "charger" && len(p.reply.Chargers) > 0:
		field += "-" + string(p.reply.Chargers[0].ID)
	case field == "tag":
		field += "-yes"
	case field == "kind":
		field += "-" + string(toll.KindCar)
	case p.step == api.StepCheck || field == "":
		field = ui.TitleID
	}
	return []ui.Mistake{{Field: field, Text: p.f.words().Fault(p.refused)}}
}

// field is a field of the question with what is wrong with it.
func (p *agree) field(id, label, hint string) ui.Field {
	return p.f.blamed(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// put is the act of typing into a field.
func (p *agree) put(key string, to *string) ui.Act {
	return ui.Change("agree/"+key, func(_ app.Context, v string) { *to = v })
}

// pick is the act of choosing one of a few.
func (p *agree) pick(to *string) func(app.Context, string) {
	return func(_ app.Context, v string) { *to = v }
}

func lead(text string) app.UI { return app.Elem("p").Class("bp-lead").Text(text) }

func (p *agree) chargers() []app.UI {
	w := p.f.words()
	options := make([]ui.Option, 0, len(p.reply.Chargers))
	for _, c := range p.reply.Chargers {
		options = append(options, ui.Option{Value: string(c.ID), Text: c.Name})
	}
	return []app.UI{
		lead(w.T("agree.why.charger")),
		p.field("charger", w.T("agree.part.charger"), "").Radios(string(p.draft.Charger), options, p.pick((*string)(&p.draft.Charger))),
	}
}

// details asks for what is missing, and for nothing else, S2.28.
func (p *agree) details() []app.UI {
	w := p.f.words()
	body := []app.UI{lead(w.T("agree.why.details"))}
	for _, name := range p.reply.Missing {
		switch name {
		case "street":
			body = append(body, p.field("street", w.T("profile.street"), "").Text(p.draft.Street, ui.Input{Kind: "text", Complete: "street-address", Max: 100}, p.put("street", &p.draft.Street)))
		case "postal_code":
			body = append(body, p.field("postal_code", w.T("profile.postal"), "").Text(p.draft.PostalCode, ui.Input{Kind: "text", Complete: "postal-code", Max: 10}, p.put("postal", &p.draft.PostalCode)))
		case "city":
			body = append(body, p.field("city", w.T("profile.city"), "").Text(p.draft.City, ui.Input{Kind: "text", Complete: "address-level2", Max: 100}, p.put("city", &p.draft.City)))
		case "home":
			body = append(body, p.field("home", w.T("agree.country"), "").Select(p.draft.Home, named(w, countries()), p.put("home", &p.draft.Home)))
		}
	}
	return body
}

func named(w *i18n.Words, codes []string) []ui.Option {
	options := make([]ui.Option, 0, len(codes))
	for _, code := range codes {
		options = append(options, ui.Option{Value: code, Text: w.T("country." + code)})
	}
	return options
}

// country comes before the number, S2.30.
func (p *agree) country() []app.UI {
	w := p.f.words()
	options := append([]ui.Option{{Text: w.T("agree.choose")}}, named(w, countries())...)
	return []app.UI{
		lead(w.T("agree.why.country")),
		p.field("country", w.T("agree.country"), "").Select(p.draft.Country, options, p.put("country", &p.draft.Country)),
	}
}

func (p *agree) plate() []app.UI {
	w := p.f.words()
	return []app.UI{
		p.field("plate", w.T("agree.plate"), w.T("agree.plate.hint")).
			Text(p.draft.Plate, ui.Input{Kind: "text", Max: 12}, p.put("plate", &p.draft.Plate)),
		app.If(p.draft.Country != "", app.Elem("p").Class("bp-quiet").Text(w.T("agree.plate.country", "country", w.T("country."+p.draft.Country)))),
	}
}

// found is what the register says of the vehicle, S2.32.
func (p *agree) found() []app.UI {
	w, v := p.f.words(), p.reply.Found
	facts := []ui.Fact{
		{Name: w.T("agree.plate"), Value: p.written()},
		{Name: w.T("agree.vehicle.make"), Value: strings.TrimSpace(v.Make + " " + v.Model)},
		{Name: w.T("agree.vehicle.since"), Value: v.Since},
		{Name: w.T("overview.class"), Value: w.T("class." + v.Facts.Class(true).String())},
	}
	return []app.UI{
		ui.Facts(facts), app.Elem("p").Class("bp-quiet").Text(w.T("agree.vehicle.source")),
		app.Elem("p").Body(app.A().Class("ds-link").Href(stepHref(api.StepPlate)).Text(w.T("agree.vehicle.no"))),
	}
}

func (p *agree) written() string {
	return toll.NewPlate(p.reply.Answers.Country, p.reply.Answers.Plate).String()
}

// stating asks for what decides the price of a vehicle that no register tells of.
func (p *agree) stating() []app.UI {
	w := p.f.words()
	why := w.T("agree.why.stated", "plate", p.written())
	if p.reply.Silent {
		why = w.T("agree.why.silent", "plate", p.written())
	}
	var kinds, fuels []ui.Option
	for _, kind := range toll.VehicleKinds() {
		kinds = append(kinds, ui.Option{Value: string(kind), Text: w.T("agree.kind." + string(kind))})
	}
	for _, fuel := range append([]string{""}, toll.StatedFuels()...) {
		text := w.T("agree.choose.fuel")
		if fuel != "" {
			text = w.T("agree.fuel." + fuel)
		}
		fuels = append(fuels, ui.Option{Value: fuel, Text: text})
	}
	body := []app.UI{lead(why), p.field("kind", w.T("agree.kind"), "").Radios(string(p.stated.Kind), kinds, p.pick((*string)(&p.stated.Kind)))}
	if p.stated.AsksFuel() {
		body = append(body, p.field("fuel", w.T("agree.fuel"), "").Select(p.stated.Fuel, fuels, p.put("fuel", &p.stated.Fuel)))
	}
	if p.stated.AsksEuro() {
		body = append(body, p.euro())
	}
	return body
}

func (p *agree) euro() app.UI {
	w := p.f.words()
	options := []ui.Option{{Value: "0", Text: w.T("agree.euro.unknown")}}
	for n := 6; n > 0; n-- {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Text: w.T("agree.euro.class", "n", strconv.Itoa(n))})
	}
	return p.field("euro", w.T("agree.euro"), w.T("agree.euro.hint")).Select(strconv.Itoa(p.stated.Euro), options,
		ui.Change("agree/euro", func(_ app.Context, v string) { p.stated.Euro, _ = strconv.Atoi(v) }))
}

func (p *agree) tag() []app.UI {
	w := p.f.words()
	return []app.UI{
		lead(w.T("agree.why.tag")),
		p.field("tag", w.T("agree.part.tag"), "").Radios(p.draft.Tag, []ui.Option{
			{Value: "yes", Text: w.T("agree.tag.yes")}, {Value: "no", Text: w.T("agree.tag.no")},
		}, p.pick(&p.draft.Tag)),
	}
}

// accepting asks for both sets of terms, S2.33.
func (p *agree) accepting() []app.UI {
	w := p.f.words()
	body := []app.UI{lead(w.T("agree.why.terms"))}
	for _, kind := range toll.Terms() {
		id := string(kind)
		body = append(body, app.Elem("div").Class("bp-terms").Body(
			p.field(id, w.T("agree.terms."+id), "").Box(p.terms[kind], ui.Toggle("terms/"+id, func(_ app.Context, on bool) { p.terms[kind] = on })),
			app.Elem("p").Body(app.A().Class("ds-link").Href("/terms/"+id).Text(w.T("agree.read."+id))),
		))
	}
	return body
}

// check shows all answers, each with a way to change it.
func (p *agree) check() []app.UI {
	w, a := p.f.words(), p.reply.Answers
	answers := []ui.Answer{
		{Question: w.T("agree.customer"), Text: p.reply.Name},
		{Question: w.T("agree.part.charger"), Text: p.charger(a.Charger), Href: stepHref(api.StepCharger)},
	}
	if len(p.reply.Missing) > 0 {
		answers = append(answers, ui.Answer{Question: w.T("agree.part.details"), Text: p.address(), Href: stepHref(api.StepDetails)})
	}
	tag := w.T("agree.tag.no")
	if a.Tag == "yes" {
		tag = w.T("agree.tag.yes")
	}
	answers = append(answers,
		ui.Answer{Question: w.T("agree.plate"), Text: p.written(), Href: stepHref(api.StepPlate)},
		ui.Answer{Question: w.T("agree.part.vehicle"), Text: p.vehicle(), Href: stepHref(api.StepVehicle)},
		ui.Answer{Question: w.T("agree.part.tag"), Text: tag, Href: stepHref(api.StepTag)},
		ui.Answer{Question: w.T("agree.part.terms"), Text: w.T("agree.terms.accepted"), Href: stepHref(api.StepTerms)},
	)
	return []app.UI{ui.Answers(w.T("agree.change"), answers), app.Elem("p").Text(w.T("agree.begin.note"))}
}

func (p *agree) charger(id toll.ChargerID) string {
	for _, c := range p.reply.Chargers {
		if c.ID == id {
			return c.Name
		}
	}
	return string(id)
}

// address is the part of the address that was asked for.
func (p *agree) address() string {
	a, w := p.reply.Answers, p.f.words()
	parts := []string{}
	for _, part := range []string{a.Street, strings.TrimSpace(a.PostalCode + " " + a.City)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if a.Home != "" && a.Home != "NO" {
		parts = append(parts, w.T("country."+a.Home))
	}
	return strings.Join(parts, ", ")
}

// vehicle is the vehicle in words: the register's, or the person's own.
func (p *agree) vehicle() string {
	w := p.f.words()
	if v := p.reply.Found; v != nil {
		return strings.TrimSpace(v.Make+" "+v.Model) + ", " + w.T("class."+v.Facts.Class(true).String())
	}
	if p.reply.Answers.Stated == nil {
		return ""
	}
	facts, _ := p.reply.Answers.Stated.Facts()
	return w.T("class." + facts.Class(true).String())
}
