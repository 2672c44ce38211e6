package agreement

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/api"
	"bompass/shared/toll"
)

// TypePlate types a plate, and LeavePlate leaves its field.
func TypePlate(c app.Composer, text string)  { c.(*newPage).typePlate(text) }
func LeavePlate(c app.Composer, text string) { c.(*newPage).checkPlate(text) }

// Answer types into the fields of the step shown and sends them.
func Answer(ctx app.Context, c app.Composer, change func(*api.AgreementAnswers, *toll.StatedVehicle, map[toll.TermsKind]bool)) {
	p := c.(*newPage)
	change(&p.draft, &p.stated, p.terms)
	p.send(ctx)
}

// State states what a vehicle is without sending it.
func State(c app.Composer, stated toll.StatedVehicle) { c.(*newPage).stated = stated }

// Refer types a reference into the page of an agreement and saves it.
func Refer(ctx app.Context, c app.Composer, reference string) {
	p := c.(*detailsPage)
	p.reference = reference
	p.save(ctx)
}

// Expand shows all vehicles of an agreement.
func Expand(c app.Composer) { c.(*detailsPage).expanded = true }

// Conclude presses the last button.
func Conclude(ctx app.Context, c app.Composer) { c.(*newPage).conclude(ctx) }
