package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Tabs are views of which one is shown at a time. The arrow keys, Home and End move among them.
type Tabs struct {
	ID, Name string
	Tabs     []Tab
	Current  string // id of the tab shown
	OnSelect func(ctx app.Context, id string)
	Body     app.UI // of the tab shown
}

// Tab is one view.
type Tab struct{ ID, Text string }

// UI returns the tabs with the body of the current one.
func (t Tabs) UI() app.UI {
	buttons := make([]app.UI, 0, len(t.Tabs))
	for _, tab := range t.Tabs {
		here, stop := tab.ID == t.Current, 0
		if !here {
			stop = -1 // only the current tab is in the tab order; arrow keys move among them
		}
		click := On(t.ID+"/"+tab.ID, func(ctx app.Context) { t.OnSelect(ctx, tab.ID) })
		key := Action{"key/" + t.ID + "/" + t.Current, t.pressed}
		buttons = append(buttons, app.Button().Type("button").Role("tab").ID(t.id(tab.ID)).TabIndex(stop).
			Aria("selected", strconv.FormatBool(here)).Aria("controls", t.ID+"-panel").Text(tab.Text).
			OnClick(click.handler(), click.key).OnKeyDown(key.handler(), key.key))
	}
	return app.Elem("div").Class("ds-tabs").Body(
		app.Elem("div").Role("tablist").Aria("label", t.Name).Body(buttons...),
		app.Elem("div").Role("tabpanel").ID(t.ID+"-panel").Aria("labelledby", t.id(t.Current)).Body(t.Body),
	)
}

func (t Tabs) id(tab string) string { return t.ID + "-" + tab }

// pressed moves to another tab by the arrow keys, Home and End, together with the focus.
func (t Tabs) pressed(ctx app.Context, e app.Event) {
	next, ok := t.Next(e.Get("key").String())
	if !ok {
		return
	}
	e.PreventDefault()
	t.OnSelect(ctx, next)
	ctx.Defer(func(app.Context) { focus(t.id(next)) })
}

// Next returns the tab to which a key moves from the current one; ok is false for other keys.
func (t Tabs) Next(key string) (id string, ok bool) {
	n := len(t.Tabs)
	at := 0
	for i, tab := range t.Tabs {
		if tab.ID == t.Current {
			at = i
		}
	}
	switch key {
	case "ArrowRight":
		at++
	case "ArrowLeft":
		at += n - 1
	case "Home":
		at = 0
	case "End":
		at = n - 1
	default:
		return "", false
	}
	return t.Tabs[at%n].ID, true
}

// focus moves focus to an element.
func focus(id string) {
	if element := app.Window().GetElementByID(id); element.Truthy() {
		element.Call("focus")
	}
}
