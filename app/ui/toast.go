package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Toast is a short word about what has just been done. It stays until it is closed or the page is left:
// nothing is said only for a moment, WCAG 2.2.1.
func Toast(text, closing string, act Act) app.UI {
	return app.Elem("div").Class("bp-toasts").Role("status").Body(
		app.If(text != "", app.Elem("div").Class("bp-toast").Body(
			app.Elem("p").Text(text),
			app.Button().Type("button").Class("bp-close").Aria("label", closing).OnClick(act.handler(), act.key).Body(IconClose.UI()),
		)))
}

// Receipted is the page after a step that binds: what was done, the number to quote, and what happens when.
func Receipted(title, numberName, number string, then []string, more ...app.UI) app.UI {
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
