//go:build !js

package change

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/toll"
)

// Answers are what a test fills into a page.
type Answers struct {
	Chosen, Country, Plate string
	Keep, When, Day, Hour  string
	Reason                 toll.ChangeReason
	Fate                   toll.ChangeKind
	Agreement, Order       string
	End, Right, Terms      bool
	Stated                 toll.StatedVehicle
}

// Fill sets answers of a page.
func Fill(page app.Composer, a Answers) {
	p, _ := page.(*changePage)
	set := func(to *string, v string) {
		if v != "" {
			*to = v
		}
	}
	set(&p.chosen, a.Chosen)
	set(&p.country, a.Country)
	set(&p.plate, a.Plate)
	set(&p.keep, a.Keep)
	set(&p.when, a.When)
	set(&p.day, a.Day)
	set(&p.hour, a.Hour)
	set(&p.agreement, a.Agreement)
	set(&p.order, a.Order)
	p.reason, p.fate, p.end, p.right, p.stated = a.Reason, a.Fate, a.End, a.Right, a.Stated
	for _, kind := range toll.Terms() {
		p.terms[kind] = a.Terms
	}
}

// Next goes on from the questions, State from the facts of the vehicle, and Save saves the change.
func Next(ctx app.Context, page app.Composer) { page.(*changePage).next(ctx) }

// State goes on with the stated facts.
func State(ctx app.Context, page app.Composer) { page.(*changePage).state(ctx) }

// Save saves the change.
func Save(ctx app.Context, page app.Composer) { page.(*changePage).send(ctx) }
