// Package ui has the components of the pages: shell, buttons, fields, table, receipt and the states of
// loading, empty and error. It knows nothing of tolls and holds no text of its own.
//
// Components are functions, not go-app components: children are matched by position and keep their
// unexported state with their place, so state stays in the page, goapp.md 9.
package ui

import (
	"runtime/debug"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Action is something a person does with a control. go-app takes two closures from one line of code for
// the same handler, so the key must tell one control from another: a row's key holds its id.
type Action struct {
	key string
	do  app.EventHandler
}

// On makes an act from its key.
func On(key string, do func(app.Context)) Action {
	return Action{key, func(ctx app.Context, _ app.Event) { do(ctx) }}
}

// Submit makes the act of sending a form. The browser does not load a page for it.
func Submit(key string, do func(app.Context)) Action {
	return Action{key, func(ctx app.Context, e app.Event) {
		e.PreventDefault()
		do(ctx)
	}}
}

// Change makes the act of giving a field a value.
func Change(key string, do func(ctx app.Context, value string)) Action {
	return Action{key, func(ctx app.Context, _ app.Event) { do(ctx, ctx.JSSrc().Get("value").String()) }}
}

// Touch makes the act of changing anything in a form, which is told the form's name; empty outside forms.
func Touch(key string, do func(ctx app.Context, form string)) Action {
	return Action{key, func(ctx app.Context, e app.Event) {
		form, name := e.Get("target").Call("closest", "form"), ""
		if form.Truthy() {
			name = form.Call("getAttribute", "aria-label").String()
		}
		do(ctx, name)
	}}
}

// handler is the act as go-app takes it. A panic would end the program and freeze the page, so it is
// noted for the operator instead.
func (a Action) handler() app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		defer Recover("act " + a.key)
		a.do(ctx, e)
	}
}

// Recover ends a panic and notes it. It is deferred by everything that go-app calls back.
func Recover(where string) {
	if cause := recover(); cause != nil {
		app.Logf("%s: %v\n%s", where, cause, debug.Stack())
	}
}
