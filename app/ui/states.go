package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Skeleton is a grey placeholder for content that is loading.
func Skeleton(class string) app.UI {
	return app.Elem("span").Class("ds-skeleton bp-bone "+class).DataSet("variant", "rectangle")
}

// Loading is the placeholder of a page that waits for its first answer. It never shows an amount.
func Loading(text string) app.UI {
	return app.Elem("div").Class("bp-loading").Body(
		app.Elem("p").Class("ds-sr-only").Role("status").Text(text),
		Skeleton("bp-bone-title"), Skeleton("bp-bone-card"), Skeleton("bp-bone-row"), Skeleton("bp-bone-row"), Skeleton("bp-bone-row"),
	)
}

// Alert is an important message. Color is info, success, warning or danger.
func Alert(color, title, text string, more ...app.UI) app.UI {
	body := []app.UI{}
	if title != "" {
		body = append(body, app.Elem("h2").Class("ds-heading").DataSet("size", "2xs").Text(title))
	}
	body = append(body, app.Elem("p").Text(text))
	alert := app.Elem("div").Class("ds-alert").DataSet("color", color).Body(append(body, more...)...)
	if color == "danger" {
		alert = alert.Role("alert")
	}
	return alert
}

// Failure says why there is no answer, with a button to try again.
func Failure(title, text, trace, retry string, action Action) app.UI {
	return Alert("danger", title, text,
		app.If(trace != "", app.Elem("p").Class("bp-quiet").Text(trace)),
		app.Elem("p").Body(Button("secondary", retry, action)),
	)
}

// Empty says that a list is empty, and what to do about it.
func Empty(title, hint string) app.UI {
	return app.Elem("div").Class("bp-empty").Body(
		IconEmpty.UI(),
		app.Elem("p").Class("bp-empty-title").Text(title),
		app.If(hint != "", app.Elem("p").Class("bp-quiet").Text(hint)),
	)
}

// Badge is a short label of the thing beside it. Color is neutral, info, success, warning or danger.
func Badge(color, text string) app.UI {
	return app.Elem("span").Class("ds-tag bp-badge").DataSet("color", color).Text(text)
}

// TitleID is the id of a page's heading, for moving focus to it.
const TitleID = "title"

// Columns puts two parts of a page beside each other where there is space, the first wider. It returns nil
// without parts.
func Columns(all ...app.UI) app.UI {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return app.Elem("div").Class("bp-abreast").Body(all...)
}

// Title is the page's heading, which gets focus when the page is opened.
func Title(text string) app.UI {
	return app.Elem("h1").ID(TitleID).Class("bp-title").TabIndex(-1).Text(text)
}

// Heading is the heading of a part of the page.
func Heading(id, text string) app.UI { return app.Elem("h2").ID(id).Class("bp-heading").Text(text) }

// Card is a part of a page under a heading.
func Card(id, title string, body ...app.UI) app.UI {
	return app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", id).Body(append([]app.UI{Heading(id, title)}, body...)...)
}

// Technical hides details that few people need behind a heading that opens them.
func Technical(title string, body ...app.UI) app.UI {
	return app.Elem("details").Class("bp-twin").Body(append([]app.UI{app.Elem("summary").Text(title)}, body...)...)
}

// Lead is the introduction below a page's heading.
func Lead(text string) app.UI { return app.Elem("p").Class("bp-lead").Text(text) }
