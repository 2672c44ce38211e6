// Package workbench shows every component in every state on one page, for developers and designers. The
// server renders it in development only; it is not part of the program that people load, and is in English.
package workbench

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

// Page returns the workbench.
func Page() app.UI {
	return app.Elem("main").ID("main").Class("bp-bench").Body(
		app.Elem("p").Class("bp-title").Text("Workbench"), // the confirmation below has the page's heading
		part("Way to a page", ui.Crumbs("Way", ui.Crumb{Href: "/", Text: "Overview"}, ui.Crumb{Href: "/passages", Text: "Passages"}, ui.Crumb{Text: "E18 Maritim"}),
			ui.Pages{Name: "Pages", Previous: "Previous", Next: "Next", Current: 4, Count: 9, Href: func(int) string { return "#main" }}.UI()),
		part("Buttons", buttons()...),
		part("Tags and badges", badges()...),
		part("Alerts", alerts()...),
		part("Fields", fields()...),
		part("Question", question()),
		part("Steps and answers", task()...),
		part("Confirmation", ui.Confirmation("The tag is ordered", "Reference number", "BP-2026-004711",
			[]string{"We send the tag within three working days.", "You get a letter when it is on its way."}, ui.NextLink("/", "Go to the overview"))),
		part("Tabs and charts", tabs("sum", line()), tabs("day", bars())),
		part("Meters", meters()...),
		part("Tasks", ui.Tasks([]ui.Task{
			{Title: "The tag in DP 45821 is rarely read", Text: "12 of 20 passages were registered by the plate alone.", Href: "/passages", Link: "See the passages"},
			{Title: "Agreement 7001001 is blocked", Text: "Passages are registered as before, but without discount."},
		})),
		part("Tables", table(false), table(true)),
		part("Loading, empty, failed", ui.Loading("Loading"), ui.Empty("Nothing here yet", "It appears as you drive."),
			ui.Failure("We could not get the information", "Check your connection and try again.", "Quote t-17 if you contact us.", "Try again", nothing("again"))),
		part("Toast and dialog", ui.Toasts(ui.Toast{ID: "bench-toast", Text: "E18 Maritim is removed", ActionText: "Undo", Action: nothing("undo"), Close: "Close", OnClose: nothing("toast")}),
			ui.Dialog{ID: "ask", Title: "End the other sessions?", Text: "They must sign in again.", Yes: "End them", No: "Keep them", Danger: true, OnYes: nothing("yes"), Open: true}.UI()),
	)
}

func part(title string, body ...app.UI) app.UI {
	return app.Elem("section").Aria("label", title).Body(append([]app.UI{app.Elem("h2").Class("bp-heading").Text(title)}, body...)...)
}

func nothing(key string) ui.Action { return ui.On(key, func(app.Context) {}) }

func buttons() []app.UI {
	return []app.UI{
		app.Elem("div").Class("bp-buttons").Body(
			ui.Button("primary", "Primary", nothing("primary")), ui.Button("secondary", "Secondary", nothing("secondary")),
			ui.Button("tertiary", "Tertiary", nothing("tertiary")), ui.Button("secondary", "With icon", nothing("icon"), ui.IconLeave),
			ui.Button("primary", "Take away", nothing("danger")).DataSet("color", "danger"), ui.NextLink("/", "Onward")),
		ui.Presets("Presets", []ui.Preset{{Href: "/passages", Text: "This month", Current: true}, {Href: "/passages", Text: "Last month"}, {Href: "/passages", Text: "Last 30 days"}}),
		app.Elem("div").Class("bp-buttons").Body(ui.Chip("Chip", nothing("chip"))),
		ui.ListButton("offer", "E18 Maritim", "Oslo", "Add", nothing("offer")),
	}
}

func badges() (all []app.UI) {
	row := app.Elem("div").Class("bp-buttons")
	for _, color := range []string{"neutral", "info", "success", "warning", "danger"} {
		all = append(all, ui.Badge(color, color))
	}
	return []app.UI{row.Body(append(all, app.A().Class("bp-plate").Href("/passages").Text("DP 45821"))...)}
}

func alerts() (all []app.UI) {
	for _, color := range []string{"info", "success", "warning", "danger"} {
		all = append(all, ui.Alert(color, "An alert of "+color, "It says what happened, what it means and what to do next."))
	}
	return all
}
