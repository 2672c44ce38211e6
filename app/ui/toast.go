package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Toast is a short message at the edge of the screen, with at most one action. It stays until it is closed or
// the page is left: messages with a time limit fail WCAG 2.2.1.
type Toast struct {
	ID, Text   string
	ActionText string // empty without an action
	Action     Action
	Close      string // for screen readers
	OnClose    Action
}

// Toasts is the region of the toasts. It is always on the page, so that screen readers announce new ones.
func Toasts(list ...Toast) app.UI {
	items := make([]app.UI, 0, len(list))
	for _, t := range list {
		items = append(items, t.ui())
	}
	return app.Elem("div").Class("bp-toasts").Role("status").Body(items...)
}

// ui returns the message with its action, if any, and the button that closes it.
func (t Toast) ui() app.UI {
	parts := []app.UI{app.Elem("p").Text(t.Text)}
	if t.ActionText != "" {
		parts = append(parts, app.Button().Type("button").ID(t.ID+"-do").Class("bp-toast-do").Text(t.ActionText).OnClick(t.Action.handler(), t.Action.key))
	}
	parts = append(parts, app.Button().Type("button").ID(t.ID+"-close").Class("bp-close").Aria("label", t.Close).
		OnClick(t.OnClose.handler(), t.OnClose.key).Body(IconClose.UI()))
	return app.Elem("div").ID(t.ID).Class("bp-toast").Body(parts...)
}

// Confirmation is the page after a binding step: what was done, the number to quote, and what happens next.
func Confirmation(title, numberName, number string, then []string, more ...app.UI) app.UI {
	steps := make([]app.UI, 0, len(then))
	for _, text := range then {
		steps = append(steps, app.Elem("li").Text(text))
	}
	body := []app.UI{
		Title(title),
		app.Elem("p").Class("bp-reference").Body(app.Elem("span").Class("bp-quiet").Text(numberName), app.Elem("span").Class("bp-reference-number").Text(number)),
		app.Elem("ol").Class("bp-then").Body(steps...),
	}
	return app.Elem("section").Class("bp-confirmed").Body(append(body, more...)...)
}
