package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Meter is how far something has come, as a bar with its words.
type Meter struct {
	ID, Name, Note string
	Text           string // "42 of 60"
	Count, Of      int
	Done           string // said instead of Text's colour alone once Count has reached Of; empty before
}

// UI is the meter.
func (m Meter) UI() app.UI {
	bar := app.Progress().Class("bp-meter-bar").Value(strconv.Itoa(m.Count)).Max(strconv.Itoa(max(1, m.Of))).Aria("labelledby", m.ID)
	return app.Div().Class("bp-meter").Body(
		app.P().ID(m.ID).Class("bp-meter-name").Body(
			app.Span().Body(app.Span().Class("bp-station").Text(m.Name), app.Span().Class("bp-sub").Text(m.Note)),
			app.Span().Class("bp-amount").Text(m.Text),
		),
		bar,
		app.If(m.Done != "", app.P().Class("bp-meter-done").Text(m.Done)),
	)
}
