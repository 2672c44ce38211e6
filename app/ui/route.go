package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Stop is one station of a route: its name, and what is to be known of it there.
type Stop struct{ Name, Note, Amount string }

// Route is a trip as a picture, station after station. The table with the same stops is for those who
// cannot or would rather not look.
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
