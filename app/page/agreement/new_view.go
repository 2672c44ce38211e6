package agreement

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// stepperStep returns the step of the stepper that a question belongs to.
func stepperStep(step api.AgreementStep) api.AgreementStep {
	if step == api.StepCountry || step == api.StepPlate {
		return api.StepVehicle
	}
	return step
}

// question returns the page's heading, which is the question.
func (p *newPage) question() string {
	w := p.Words()
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
		if p.query.Answer().Found == nil {
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

// back links to the previous step.
func (p *newPage) back() app.UI {
	href, text := site.BecomeCustomer, p.Words().T("agree.back")
	if previous := p.previous(); previous != "" {
		href = stepAddress(previous)
	}
	return app.Elem("p").Class("bp-back").Body(app.A().Class("ds-link").Href(href).Text(text))
}

// stepper shows how far the person has come. Steps that are done are links back.
func (p *newPage) stepper() app.UI {
	w := p.Words()
	s := ui.Stepper{}
	last := api.AgreementStep("")
	for _, step := range p.query.Answer().Steps {
		if of := stepperStep(step); of != last {
			s.Steps = append(s.Steps, ui.Crumb{Href: stepAddress(step), Text: w.T("agree.part." + string(of))})
			last = of
		}
		if step == p.step {
			s.Current = len(s.Steps) - 1
		}
	}
	s.Name = w.T("agree.step", "n", strconv.Itoa(s.Current+1), "of", strconv.Itoa(len(s.Steps)))
	return s.UI()
}

// form is the form of the question, with its errors above the button.
func (p *newPage) form() app.UI {
	w := p.Words()
	body, send, act := []app.UI(nil), w.T("agree.next"), ui.Submit("answer/"+string(p.step), p.send)
	switch p.step {
	case api.StepCharger:
		body = p.chargerField()
	case api.StepDetails:
		body = p.addressFields()
	case api.StepCountry:
		body = p.countryField()
	case api.StepPlate:
		body = p.plateField()
	case api.StepVehicle:
		if body = p.statedFields(); p.query.Answer().Found != nil {
			body, send = p.registerFacts(), w.T("agree.vehicle.sure")
		}
	case api.StepTag:
		body = p.tagField()
	case api.StepTerms:
		body = p.termsFields()
	case api.StepCheck:
		body, send, act = p.summary(), w.T("agree.begin"), ui.Submit("begin", p.conclude)
	}
	body = append([]app.UI{ui.ErrorSummary(w.T("app.mistakes"), p.formErrors())}, body...)
	if p.refused != nil && p.refused.Code == fault.VehicleTaken { // it may be the person's own
		body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(site.FindAgreements).Text(w.T("overview.find"))))
	}
	return ui.StackedForm(p.question(), act, append(body, ui.SubmitButton(send))...)
}

// formErrors returns what the server refused, at the ids of the controls that are about it.
func (p *newPage) formErrors() (list []ui.FormError) {
	for _, one := range p.refused.All() {
		field := one.Field
		switch {
		case field == "charger" && len(p.query.Answer().Chargers) > 0:
			field += "-" + string(p.query.Answer().Chargers[0].ID)
		case field == "tag":
			field += "-yes"
		case field == "kind":
			field += "-" + string(toll.KindCar)
		case p.step == api.StepCheck || field == "":
			field = ui.TitleID
		}
		list = append(list, ui.FormError{Field: field, Text: p.faultText(one)})
	}
	return list
}

// faultText returns what is wrong with a field; with a plate, what plates of its country look like.
func (p *newPage) faultText(f *fault.Error) string {
	if f.Field == "plate" && f.Code == fault.FieldWrong {
		return p.plateForm()
	}
	return p.Words().Fault(f)
}

// field returns a field of the question with its error.
func (p *newPage) field(id, label, hint string) ui.Field {
	field := ui.Field{ID: id, Label: label, Hint: hint}
	if about := p.refused.About(id); about != nil {
		field.Error = p.faultText(about)
	}
	return field
}

// setText returns the action of typing into a field.
func (p *newPage) setText(key string, to *string) ui.Action {
	return ui.Change("agree/"+key, func(_ app.Context, v string) { *to = v })
}

// setChoice returns the action of choosing one of a few.
func (p *newPage) setChoice(to *string) func(app.Context, string) {
	return func(_ app.Context, v string) { *to = v }
}

// chargerField asks for the toll company of the agreement.
func (p *newPage) chargerField() []app.UI {
	w := p.Words()
	options := make([]ui.Option, 0, len(p.query.Answer().Chargers))
	for _, c := range p.query.Answer().Chargers {
		options = append(options, ui.Option{Value: string(c.ID), Text: c.Name})
	}
	return []app.UI{
		ui.Lead(w.T("agree.why.charger")),
		p.field("charger", w.T("agree.part.charger"), "").Radios(string(p.draft.Charger), options, p.setChoice((*string)(&p.draft.Charger))),
	}
}

// addressFields asks for the parts of the address that are missing, S2.28.
func (p *newPage) addressFields() []app.UI {
	w := p.Words()
	body := []app.UI{ui.Lead(w.T("agree.why.details"))}
	for _, name := range p.query.Answer().Missing {
		switch name {
		case "street":
			body = append(body, p.field("street", w.T("profile.street"), "").Text(p.draft.Street, ui.Input{Kind: "text", Complete: "street-address"}, p.setText("street", &p.draft.Street)))
		case "postal_code":
			body = append(body, p.field("postal_code", w.T("profile.postal"), "").Text(p.draft.PostalCode, ui.Input{Kind: "text", Complete: "postal-code"}, p.setText("postal", &p.draft.PostalCode)))
		case "city":
			body = append(body, p.field("city", w.T("profile.city"), "").Text(p.draft.City, ui.Input{Kind: "text", Complete: "address-level2"}, p.setText("city", &p.draft.City)))
		case "home":
			body = append(body, p.field("home", w.T("agree.country"), "").Select(p.draft.Home, countryOptions(w), p.setText("home", &p.draft.Home)))
		}
	}
	return body
}

func countryOptions(w *i18n.Words) (options []ui.Option) {
	for _, code := range i18n.Countries() {
		options = append(options, ui.Option{Value: code, Text: w.T("country." + code)})
	}
	return options
}

// countryField comes before the number, S2.30.
func (p *newPage) countryField() []app.UI {
	w := p.Words()
	options := append([]ui.Option{{Text: w.T("agree.choose")}}, countryOptions(w)...)
	return []app.UI{
		ui.Lead(w.T("agree.why.country")),
		p.field("country", w.T("agree.country"), "").Select(p.draft.Country, options, p.setText("country", &p.draft.Country)),
	}
}

// registerFacts shows what the register says about the vehicle, S2.32.
func (p *newPage) registerFacts() []app.UI {
	w, v := p.Words(), p.query.Answer().Found
	facts := []ui.Fact{
		{Name: w.T("agree.plate"), Value: p.plateText()},
		{Name: w.T("agree.vehicle.make"), Value: strings.TrimSpace(v.Make + " " + v.Model)},
		{Name: w.T("agree.vehicle.since"), Value: v.Since},
		{Name: w.T("overview.class"), Value: w.T("class." + v.Facts.Class(true).String())},
	}
	return []app.UI{
		ui.Facts(facts), app.Elem("p").Class("bp-quiet").Text(w.T("agree.vehicle.source")),
		app.Elem("p").Body(app.A().Class("ds-link").Href(stepAddress(api.StepPlate)).Text(w.T("agree.vehicle.no"))),
	}
}

// statedFields asks for what decides the price of a vehicle that no register has.
func (p *newPage) statedFields() []app.UI {
	w := p.Words()
	why := w.T("agree.why.stated", "plate", p.plateText())
	if p.query.Answer().Silent {
		why = w.T("agree.why.silent", "plate", p.plateText())
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
	body := []app.UI{ui.Lead(why), p.meant(), p.compared(), p.field("kind", w.T("agree.kind"), "").Radios(string(p.stated.Kind), kinds, p.setChoice((*string)(&p.stated.Kind)))}
	if p.stated.AsksFuel() {
		body = append(body, p.field("fuel", w.T("agree.fuel"), "").Select(p.stated.Fuel, fuels, p.setText("fuel", &p.stated.Fuel)))
	}
	if p.stated.AsksEuro() {
		body = append(body, p.euroField())
	}
	return body
}

// meant offers the plate that the person may have meant.
func (p *newPage) meant() app.UI {
	w, plate := p.Words(), p.query.Answer().Meant
	if plate == nil {
		return app.Elem("div").Hidden(true)
	}
	return ui.Alert("warning", w.T("plate.mean", "plate", plate.String()), "", app.Elem("p").Body(
		ui.Button("primary", w.T("plate.use", "plate", plate.String()), ui.On("meant/"+plate.Text, func(ctx app.Context) { p.useMeant(ctx, *plate) })).ID("meant")))
}

// compared shows the plate large and asks whether it is the one on the vehicle: no register has it.
func (p *newPage) compared() app.UI {
	w := p.Words()
	return app.Elem("div").Class("bp-compared").Body(
		app.Elem("p").Class("bp-big-plate").Attr("translate", "no").Text(p.plateText()),
		p.field("right", w.T("plate.right"), w.T("plate.right.lead")).Checkbox(p.right, ui.Toggle("agree/right", func(_ app.Context, on bool) { p.right = on })),
	)
}

// euroField asks for the Euro class, on which the price of heavy vehicles depends.
func (p *newPage) euroField() app.UI {
	w := p.Words()
	options := []ui.Option{{Value: "0", Text: w.T("agree.euro.unknown")}}
	for n := 6; n > 0; n-- {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Text: w.T("agree.euro.class", "n", strconv.Itoa(n))})
	}
	return p.field("euro", w.T("agree.euro"), w.T("agree.euro.hint")).Select(strconv.Itoa(p.stated.Euro), options,
		ui.Change("agree/euro", func(_ app.Context, v string) { p.stated.Euro, _ = strconv.Atoi(v) }))
}

// tagField asks whether a tag is ordered.
func (p *newPage) tagField() []app.UI {
	w := p.Words()
	return []app.UI{
		ui.Lead(w.T("agree.why.tag")),
		p.field("tag", w.T("agree.part.tag"), "").Radios(p.draft.Tag, []ui.Option{
			{Value: "yes", Text: w.T("agree.tag.yes")}, {Value: "no", Text: w.T("agree.tag.no")},
		}, p.setChoice(&p.draft.Tag)),
	}
}

// termsFields asks for both sets of terms, S2.33.
func (p *newPage) termsFields() []app.UI {
	w := p.Words()
	body := []app.UI{ui.Lead(w.T("agree.why.terms"))}
	for _, kind := range toll.Terms() {
		id := string(kind)
		body = append(body, app.Elem("div").Class("bp-terms").Body(
			p.field(id, w.T("agree.terms."+id), "").Checkbox(p.terms[kind], ui.Toggle("terms/"+id, func(_ app.Context, on bool) { p.terms[kind] = on })),
			app.Elem("p").Body(app.A().Class("ds-link").Href(site.Terms+id).Text(w.T("agree.read."+id))),
		))
	}
	return body
}

// summary shows all answers, each with a link to change it.
func (p *newPage) summary() []app.UI {
	w, a := p.Words(), p.query.Answer().Answers
	answers := []ui.Answer{
		{Question: w.T("agree.customer"), Text: p.query.Answer().Name},
		{Question: w.T("agree.part.charger"), Text: p.chargerName(a.Charger), Href: stepAddress(api.StepCharger)},
	}
	if len(p.query.Answer().Missing) > 0 {
		answers = append(answers, ui.Answer{Question: w.T("agree.part.details"), Text: p.addressText(), Href: stepAddress(api.StepDetails)})
	}
	tag := w.T("agree.tag.no")
	if a.Tag == "yes" {
		tag = w.T("agree.tag.yes")
	}
	answers = append(answers,
		ui.Answer{Question: w.T("agree.plate"), Text: p.plateText(), Href: stepAddress(api.StepPlate)},
		ui.Answer{Question: w.T("agree.part.vehicle"), Text: p.vehicleText(), Href: stepAddress(api.StepVehicle)},
		ui.Answer{Question: w.T("agree.part.tag"), Text: tag, Href: stepAddress(api.StepTag)},
		ui.Answer{Question: w.T("agree.part.terms"), Text: w.T("agree.terms.accepted"), Href: stepAddress(api.StepTerms)},
	)
	return []app.UI{ui.Answers(w.T("agree.change"), answers), app.Elem("p").Text(w.T("agree.begin.note"))}
}

func (p *newPage) chargerName(id toll.ChargerID) string {
	for _, c := range p.query.Answer().Chargers {
		if c.ID == id {
			return c.Name
		}
	}
	return string(id)
}

// addressText returns the parts of the address that were asked for.
func (p *newPage) addressText() string {
	a, w := p.query.Answer().Answers, p.Words()
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

// vehicleText describes the vehicle as the register or the person does.
func (p *newPage) vehicleText() string {
	w := p.Words()
	if v := p.query.Answer().Found; v != nil {
		return strings.TrimSpace(v.Make+" "+v.Model) + ", " + w.T("class."+v.Facts.Class(true).String())
	}
	if p.query.Answer().Answers.Stated == nil {
		return ""
	}
	facts, _ := p.query.Answer().Answers.Stated.Facts()
	return w.T("class." + facts.Class(true).String())
}
