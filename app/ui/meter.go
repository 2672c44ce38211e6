package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Meter is a progress bar with its text.
type Meter struct {
	ID, Name, Note string
	Text           string // "42 of 60"
	Count, Of      int
	Done           string // the text when Count has reached Of, empty before: color alone would not say it
}

// UI returns the meter.
func (m Meter) UI() app.UI {
	bar := app.Elem("progress").Class("bp-meter-bar").Attr("value", m.Count).Attr("max", max(1, m.Of)).Aria("labelledby", m.ID)
	return app.Elem("div").Class("bp-meter").Body(
		app.Elem("p").ID(m.ID).Class("bp-meter-name").Body(
			app.Elem("span").Body(app.Elem("span").Class("bp-station").Text(m.Name), app.Elem("span").Class("bp-sub").Text(m.Note)),
			app.Elem("span").Class("bp-amount").Text(m.Text),
		),
		bar,
		app.If(m.Done != "", app.Elem("p").Class("bp-meter-done").Text(m.Done)),
	)
}
