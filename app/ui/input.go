package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Input is the kind of text that a field takes, for on-screen keyboards and autofill.
type Input struct {
	Kind     string // text, email, tel
	Complete string // the autocomplete token; off when empty
	Mode     string // inputmode; follows from Kind when empty
	Typed    Action // at every character; none when empty. It must not change the value of the field
}

// Text is a field for a line of text.
func (f Field) Text(value string, in Input, change Action) app.UI {
	field := app.Input().ID(f.ID).Name(f.ID).Type(in.Kind).Class("ds-input").Value(value).OnChange(change.handler(), change.key)
	if in.Complete == "" {
		in.Complete = "off"
	}
	field = field.Attr("autocomplete", in.Complete)
	if in.Typed.do != nil {
		field = field.OnInput(in.Typed.handler(), in.Typed.key)
	}
	if in.Mode != "" {
		field = field.Attr("inputmode", in.Mode)
	}
	return f.wrap(mark(f, field))
}

// Toggle returns the action of ticking a box.
func Toggle(key string, do func(ctx app.Context, on bool)) Action {
	return Action{key, func(ctx app.Context, _ app.Event) { do(ctx, ctx.JSSrc().Get("checked").Bool()) }}
}

// Checkbox is a checkbox.
func (f Field) Checkbox(on bool, change Action) app.UI {
	box := app.Input().ID(f.ID).Name(f.ID).Type("checkbox").Class("ds-input").Checked(on).OnChange(change.handler(), change.key)
	if by := f.described(); by != "" {
		box = box.Aria("describedby", by)
	}
	return app.Elem("div").Class("ds-field").Body(
		box,
		app.Label().Class("ds-label").For(f.ID).Text(f.Label),
		app.If(f.Hint != "", app.Elem("p").ID(f.ID+"-hint").DataSet("field", "description").Text(f.Hint)),
		app.If(f.Error != "", FieldError(f.ID+"-wrong", f.Error)),
	)
}

// Pick is a box without a visible label, which selects a row of a list.
func Pick(id, name string, on bool, do func(ctx app.Context, on bool)) app.UI {
	act := Toggle(id, do)
	return app.Input().ID(id).Type("checkbox").Class("ds-input bp-pick").Aria("label", name).Checked(on).OnChange(act.handler(), act.key)
}

// FieldRow puts short fields next to each other where there is space.
func FieldRow(fields ...app.UI) app.UI { return app.Elem("div").Class("bp-fields").Body(fields...) }

// WithButton puts a field's own button to the right of it where there is space.
func WithButton(field, button app.UI) app.UI {
	return app.Elem("div").Class("bp-with-button").Body(field, button)
}

// ReadOnly is a value that cannot be changed on the page, with the reason.
func ReadOnly(name, value, why string) app.UI {
	return app.Elem("div").Class("bp-fact").Body(
		app.Elem("p").Class("ds-label").Text(name), app.Elem("p").Text(value), app.If(why != "", app.Elem("p").Class("bp-quiet").Text(why)),
	)
}
