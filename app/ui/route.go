package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Stop is a station of a route with a note and an amount.
type Stop struct{ Name, Note, Amount string }

// Route shows a trip as a picture. It is hidden from screen readers, which read the table with the same stops.
func Route(stops []Stop) app.UI {
	items := make([]app.UI, 0, len(stops))
	for _, s := range stops {
		items = append(items, app.Elem("li").Body(
			IconPassage.UI(),
			app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(s.Name), app.Elem("span").Class("bp-sub").Text(s.Note)),
			app.Elem("span").Class("bp-amount").Text(s.Amount),
		))
	}
	return app.Elem("ol").Class("bp-route").Aria("hidden", "true").Body(items...)
}
