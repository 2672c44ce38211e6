package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Task is something that the person should do: what, why, and a link to where it is done.
type Task struct{ Title, Text, Href, Link string }

// Tasks is a list of tasks.
func Tasks(tasks []Task) app.UI {
	items := make([]app.UI, 0, len(tasks))
	for _, t := range tasks {
		items = append(items, app.Elem("li").Class("bp-task").Body(
			IconAlert.UI(),
			app.Elem("div").Body(
				app.Elem("p").Class("bp-task-title").Text(t.Title),
				app.Elem("p").Text(t.Text),
				app.If(t.Href != "", app.Elem("p").Body(app.A().Class("ds-button").DataSet("variant", "secondary").Href(t.Href).Text(t.Link))),
			)))
	}
	return app.Elem("ul").Class("bp-tasks").Body(items...)
}
