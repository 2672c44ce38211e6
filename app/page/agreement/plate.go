package agreement

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// plateForm says what plates of the chosen country look like.
func (p *newPage) plateForm() string {
	w := p.Words()
	if key := "plate.form." + p.draft.Country; w.Has(key) {
		return w.T(key)
	}
	return w.T("field.plate.wrong")
}

// typePlate checks a plate while it is typed. It finds only what no further character can put right. The draft gets the plate
// when the field is left: a value that is written while it is typed could undo the next character.
func (p *newPage) typePlate(written string) {
	p.plate = ""
	if !ident.PlateBegins(p.draft.Country, written) {
		p.plate = p.plateForm()
	}
}

// checkPlate checks the plate for its country when the field is left.
func (p *newPage) checkPlate(written string) {
	p.draft.Plate, p.plate = written, ""
	if _, problem := ident.Plate(p.draft.Country, written); problem != ident.None && problem != ident.Missing {
		p.plate = p.plateForm()
	}
}

// plateField asks for the registration number, in the country that was chosen before.
func (p *newPage) plateField() []app.UI {
	w := p.Words()
	field := p.field("plate", w.T("agree.plate"), w.T("agree.plate.hint"))
	if field.Error == "" {
		field.Error = p.plate
	}
	return []app.UI{
		field.Text(p.draft.Plate, ui.Input{Kind: "text", Typed: ui.Change("agree/plate/typed", func(_ app.Context, v string) { p.typePlate(v) })}, ui.Change("agree/plate", func(_ app.Context, v string) { p.checkPlate(v) })),
		app.If(p.draft.Country != "", app.Elem("p").Class("bp-quiet").Text(w.T("agree.plate.country", "country", w.T("country."+p.draft.Country)))),
	}
}

func (p *newPage) plateText() string {
	return toll.NewPlate(p.query.Answer().Answers.Country, p.query.Answer().Answers.Plate).String()
}
