package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Crumb is a link of a breadcrumb trail or stepper. The current page has no Href.
type Crumb struct{ Href, Text string }

// Crumbs is the breadcrumb trail of a page.
func Crumbs(name string, way ...Crumb) app.UI {
	items := make([]app.UI, 0, len(way))
	for _, c := range way {
		if c.Href == "" {
			items = append(items, app.Elem("li").Body(app.Elem("span").Aria("current", "page").Text(c.Text)))
			continue
		}
		items = append(items, app.Elem("li").Body(app.A().Class("ds-link").Href(c.Href).Text(c.Text)))
	}
	return app.Elem("nav").Class("ds-breadcrumbs").Aria("label", name).Body(app.Elem("ol").Body(items...))
}

// Stepper shows the steps of a task of several pages. Steps that are done are links back.
type Stepper struct {
	Name    string // "Step 2 of 4"
	Steps   []Crumb
	Current int // counted from 0
}

// UI returns the stepper.
func (s Stepper) UI() app.UI {
	items := make([]app.UI, 0, len(s.Steps))
	for i, step := range s.Steps {
		number := app.Elem("span").Class("bp-step-number").Aria("hidden", "true").Text(strconv.Itoa(i + 1))
		text := app.Elem("span").Class("bp-step-text").Text(step.Text)
		item := app.Elem("li").Class("bp-step")
		switch {
		case i < s.Current:
			item = item.Class("bp-step-done").Body(app.A().Href(step.Href).Body(number, text))
		case i == s.Current:
			item = item.Aria("current", "step").Body(number, text)
		default:
			item = item.Body(number, text)
		}
		items = append(items, item)
	}
	return app.Elem("nav").Class("bp-steps").Aria("label", s.Name).Body(app.Elem("p").Class("bp-quiet").Text(s.Name), app.Elem("ol").Body(items...))
}

// Pages is the pagination of a long list.
type Pages struct {
	Name           string
	Previous, Next string // texts
	Current, Count int    // counted from 1
	Href           func(page int) string
}

// UI returns the pagination: the first page, the last one and the neighbors of the current one.
func (p Pages) UI() app.UI {
	step := func(page int, text string) app.UI {
		if page < 1 || page > p.Count {
			return app.Elem("li")
		}
		return app.Elem("li").Body(app.A().Class("ds-button").DataSet("variant", "tertiary").Href(p.Href(page)).Text(text))
	}
	items := []app.UI{step(p.Current-1, p.Previous)}
	for n := 1; n <= p.Count; n++ {
		switch n {
		case p.Current:
			items = append(items, app.Elem("li").Body(app.A().Class("ds-button").DataSet("variant", "primary").Aria("current", "page").Href(p.Href(n)).Text(strconv.Itoa(n))))
		case 1, p.Count, p.Current - 1, p.Current + 1:
			items = append(items, step(n, strconv.Itoa(n)))
		// One ellipsis on each side for all pages that are left out.
		case p.Current - 2, p.Current + 2:
			items = append(items, app.Elem("li").Class("bp-gap").Aria("hidden", "true").Text("…"))
		}
	}
	items = append(items, step(p.Current+1, p.Next))
	return app.Elem("nav").Class("bp-pages").Aria("label", p.Name).Body(app.Elem("ul").Body(items...))
}
