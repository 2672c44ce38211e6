package change

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

func set(key string, to *string) ui.Action {
	return ui.Change("change/"+key, func(_ app.Context, v string) { *to = v })
}

func choose(to *string) func(app.Context, string) {
	return func(_ app.Context, v string) { *to = v }
}

// slot is the place of a part that is not always shown, nil while it is not. go-app compares children by position: without
// the place, the fields below would become those above them, with what a person has chosen there.
func slot(part app.UI) app.UI {
	if part == nil {
		return app.Elem("div").Hidden(true)
	}
	return app.Elem("div").Body(part)
}

// plateFields ask for a vehicle: country first, then its number, S2.63.
func (p *changePage) plateFields() app.UI {
	w := p.Words()
	var countries []ui.Option
	for _, code := range i18n.Countries() {
		countries = append(countries, ui.Option{Value: code, Text: w.T("country." + code)})
	}
	return ui.Stack(
		p.field("country", w.T("agree.country"), "").Select(p.country, countries, set("country", &p.country)),
		p.field("plate", w.T("agree.plate"), w.T("agree.plate.hint")).Text(p.plate, ui.Input{Kind: "text"}, set("plate", &p.plate)),
	)
}

// whenFields ask from when on the change counts.
func (p *changePage) whenFields() app.UI {
	w := p.Words()
	field := ui.Field{ID: "when", Label: w.T("change.when")}
	radios := field.Radios(p.when, []ui.Option{{Value: now, Text: w.T("change.when.now")}, {Value: then, Text: w.T("change.when.then")}}, choose(&p.when))
	if p.when != then {
		return radios
	}
	first := p.Session.Today() - toll.BackdateDaysMax
	return ui.Stack(radios, ui.FieldRow(
		p.field("at", w.T("change.when.day"), w.T("change.when.hint", "day", w.Day(first))).Date(p.day, set("day", &p.day)),
		ui.Field{ID: "hour", Label: w.T("change.when.hour")}.Time(p.hour, set("hour", &p.hour)),
	))
}

// statedFields ask for what decides the price of a vehicle that no register has.
func (p *changePage) statedFields() []app.UI {
	w, plate := p.Words(), p.looked.Plate.String()
	why := w.T("agree.why.stated", "plate", plate)
	if p.looked.Silent {
		why = w.T("agree.why.silent", "plate", plate)
	}
	body := []app.UI{ui.Lead(why), p.meant(), p.compared(plate), p.kindField()}
	if p.stated.AsksFuel() {
		fuels := []ui.Option{{Text: w.T("agree.choose.fuel")}}
		for _, fuel := range toll.StatedFuels() {
			fuels = append(fuels, ui.Option{Value: fuel, Text: w.T("agree.fuel." + fuel)})
		}
		body = append(body, p.field("fuel", w.T("agree.fuel"), "").Select(p.stated.Fuel, fuels, set("fuel", &p.stated.Fuel)))
	}
	if p.stated.AsksEuro() {
		body = append(body, p.euroField())
	}
	return body
}

func (p *changePage) kindField() app.UI {
	w := p.Words()
	var kinds []ui.Option
	for _, kind := range toll.VehicleKinds() {
		kinds = append(kinds, ui.Option{Value: string(kind), Text: w.T("agree.kind." + string(kind))})
	}
	return p.field("kind", w.T("agree.kind"), "").Radios(string(p.stated.Kind), kinds, choose((*string)(&p.stated.Kind)))
}

func (p *changePage) euroField() app.UI {
	w := p.Words()
	options := []ui.Option{{Value: "0", Text: w.T("agree.euro.unknown")}}
	for n := 6; n > 0; n-- {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Text: w.T("agree.euro.class", "n", strconv.Itoa(n))})
	}
	return p.field("euro", w.T("agree.euro"), w.T("agree.euro.hint")).Select(strconv.Itoa(p.stated.Euro), options,
		ui.Change("change/euro", func(_ app.Context, v string) { p.stated.Euro, _ = strconv.Atoi(v) }))
}

// compared shows the plate large and asks whether it is the one on the vehicle: no register has it.
func (p *changePage) compared(plate string) app.UI {
	w := p.Words()
	return app.Elem("div").Class("bp-compared").Body(
		app.Elem("p").Class("bp-big-plate").Attr("translate", "no").Text(plate),
		p.field("right", w.T("plate.right"), w.T("plate.right.lead")).Checkbox(p.right, ui.Toggle("change/right", func(_ app.Context, on bool) { p.right = on })),
	)
}

// meant offers the plate that the person may have meant.
func (p *changePage) meant() app.UI {
	w, plate := p.Words(), p.looked.Meant
	if plate == nil {
		return app.Elem("div").Hidden(true)
	}
	return ui.Alert("warning", w.T("plate.mean", "plate", plate.String()), "", app.Elem("p").Body(
		ui.Button("primary", w.T("plate.use", "plate", plate.String()), ui.On("meant/"+plate.Text, func(ctx app.Context) {
			if !p.sending {
				p.lookUp(ctx, plate.Country, plate.Text)
			}
		})).ID("meant")))
}

// facts shows what is known of the vehicle that was looked up, S2.69.
func (p *changePage) facts() app.UI {
	w, source := p.Words(), p.Words().T("agree.vehicle.source")
	facts := []ui.Fact{{Name: w.T("agree.plate"), Value: p.looked.Plate.String()}}
	known, _ := p.stated.Facts()
	if v := p.looked.Found; v != nil {
		known = v.Facts
		facts = append(facts, ui.Fact{Name: w.T("agree.vehicle.make"), Value: strings.TrimSpace(v.Make + " " + v.Model)}, ui.Fact{Name: w.T("agree.vehicle.since"), Value: v.Since})
	} else {
		source = w.T("change.vehicle.stated")
	}
	facts = append(facts, ui.Fact{Name: w.T("overview.class"), Value: w.T("class." + known.Class(true).String())})
	return ui.Stack(ui.Facts(facts), app.Elem("p").Class("bp-quiet").Text(source))
}
