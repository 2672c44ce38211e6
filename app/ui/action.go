// Package ui has the components of the pages: shell, buttons, fields, tables, receipts and the states of
// loading, empty and failed. It has no text of its own and imports nothing about tolls.
//
// Components are functions, not go-app components: go-app matches children by position, so a component's
// own state would stay with its position when a list changes. State is in the page.
package ui

import (
	"runtime/debug"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Action is what happens when a person uses a control. go-app compares handlers by their code, so two
// closures of one line are the same to it: the key must differ between controls, such as by a row's id.
type Action struct {
	key string
	do  app.EventHandler
}

// On returns the action of pressing a button.
func On(key string, do func(app.Context)) Action {
	return Action{key, func(ctx app.Context, _ app.Event) { do(ctx) }}
}

// Submit returns the action of sending a form. The browser does not load a page for it.
func Submit(key string, do func(app.Context)) Action {
	return Action{key, func(ctx app.Context, e app.Event) {
		e.PreventDefault()
		do(ctx)
	}}
}

// Change returns the action of giving a field a value.
func Change(key string, do func(ctx app.Context, value string)) Action {
	return Action{key, func(ctx app.Context, _ app.Event) { do(ctx, ctx.JSSrc().Get("value").String()) }}
}

// Touch returns the action of changing anything in a form. It is called with the form's name, which is empty
// outside forms.
func Touch(key string, do func(ctx app.Context, form string)) Action {
	return Action{key, func(ctx app.Context, e app.Event) {
		form, name := e.Get("target").Call("closest", "form"), ""
		if form.Truthy() {
			name = form.Call("getAttribute", "aria-label").String()
		}
		do(ctx, name)
	}}
}

// handler returns the action as a go-app handler. A panic would end the program and freeze the page, so it is
// logged instead.
func (a Action) handler() app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		defer Recover("action " + a.key)
		a.do(ctx, e)
	}
}

// Recover ends a panic and logs it. Every function that go-app calls back defers it.
func Recover(where string) {
	if cause := recover(); cause != nil {
		app.Logf("%s: %v\n%s", where, cause, debug.Stack())
	}
}
