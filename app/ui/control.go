package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Button is a button. Variant is primary, secondary or tertiary.
func Button(variant, text string, act Action, icons ...Icon) app.HTMLButton {
	b := app.Button().Type("button").Class("ds-button").OnClick(act.handler(), act.key)
	if variant != "primary" {
		b = b.DataSet("variant", variant)
	}
	body := make([]app.UI, 0, len(icons)+1)
	for _, icon := range icons {
		body = append(body, icon.UI())
	}
	return b.Body(append(body, app.Text(text))...)
}

// Field is a labelled control with its hint and error. ErrorID is the id of the element with the error when
// that is elsewhere in the form, because it is about more than this field.
type Field struct {
	ID, Label, Hint, Error, ErrorID string
}

// described returns the value of aria-describedby, empty when nothing describes the field.
func (f Field) described() string {
	switch {
	case f.ErrorID != "":
		return f.ErrorID
	case f.Error != "":
		return f.ID + "-wrong"
	case f.Hint != "":
		return f.ID + "-hint"
	}
	return ""
}

// wrap adds label, hint and error to a control.
func (f Field) wrap(control app.UI) app.UI {
	return app.Elem("div").Class("ds-field").Body(
		app.Label().Class("ds-label").For(f.ID).Text(f.Label),
		app.If(f.Hint != "", app.Elem("p").ID(f.ID+"-hint").DataSet("field", "description").Text(f.Hint)),
		control,
		app.If(f.Error != "", FieldError(f.ID+"-wrong", f.Error)),
	)
}

// FieldError is the error of a field.
func FieldError(id, text string) app.UI {
	return app.Elem("p").ID(id).Class("ds-validation-message").DataSet("field", "validation").Text(text)
}

// markable is a control that can be marked as invalid and described.
type markable[T any] interface {
	Aria(name string, value any) T
}

// mark adds the ARIA attributes for a field's description and error to its control.
func mark[T markable[T]](f Field, control T) T {
	if f.Error != "" || f.ErrorID != "" {
		control = control.Aria("invalid", "true")
	}
	if by := f.described(); by != "" {
		control = control.Aria("describedby", by)
	}
	return control
}

// Date is a field for a date, written as 2026-11-20 or empty.
func (f Field) Date(value string, change Action) app.UI {
	return f.wrap(mark(f, app.Input().ID(f.ID).Name(f.ID).Type("date").Class("ds-input").Value(value).OnChange(change.handler(), change.key)))
}

// Search is a search field.
func (f Field) Search(value string, change Action) app.UI {
	return f.wrap(mark(f, app.Input().ID(f.ID).Name(f.ID).Type("search").Class("ds-input").AutoComplete(false).Value(value).OnChange(change.handler(), change.key)))
}

// Time is a field for a time of day, written as 07:30 or empty.
func (f Field) Time(value string, change Action) app.UI {
	return f.wrap(mark(f, app.Input().ID(f.ID).Name(f.ID).Type("time").Class("ds-input").Value(value).OnChange(change.handler(), change.key)))
}

// Option is one choice of a Select.
type Option struct{ Value, Text string }

// Select is a field with a choice among options.
func (f Field) Select(value string, options []Option, change Action) app.UI {
	choices := make([]app.UI, 0, len(options))
	for _, o := range options {
		choice := app.Option().Value(o.Value).Text(o.Text)
		if o.Value == value {
			choice = choice.Selected(true)
		}
		choices = append(choices, choice)
	}
	return f.wrap(mark(f, app.Select().ID(f.ID).Name(f.ID).Class("ds-input").Body(choices...).OnChange(change.handler(), change.key)))
}

// Form is a form whose fields are next to each other where there is space.
func Form(name string, submit Action, body ...app.UI) app.UI {
	return app.Form().Class("bp-form").Aria("label", name).Attr("novalidate", "novalidate").
		OnSubmit(submit.handler(), submit.key).Body(body...)
}

// StackedForm is a form whose fields are below each other.
func StackedForm(name string, submit Action, body ...app.UI) app.UI {
	return app.Form().Class("bp-question").Aria("label", name).Attr("novalidate", "novalidate").
		OnSubmit(submit.handler(), submit.key).Body(body...)
}

// PageForm is a form of several cards, with its button below them.
func PageForm(name string, submit Action, body ...app.UI) app.UI {
	return app.Form().Class("bp-page-form").Aria("label", name).Attr("novalidate", "novalidate").
		OnSubmit(submit.handler(), submit.key).Body(body...)
}

// Stack puts fields below each other, as in a StackedForm.
func Stack(fields ...app.UI) app.UI { return app.Elem("div").Class("bp-question").Body(fields...) }

// SubmitButton is the button that sends a form.
func SubmitButton(text string) app.HTMLButton {
	return app.Button().Type("submit").Class("ds-button").Text(text)
}

// Preset is a ready choice with an address of its own.
type Preset struct {
	Href, Text string
	Current    bool
}

// Presets is a row of ready choices.
func Presets(name string, presets []Preset) app.UI {
	items := make([]app.UI, 0, len(presets))
	for _, p := range presets {
		link := app.A().Class("bp-chip").Href(p.Href).Text(p.Text)
		if p.Current {
			link = link.Aria("current", "true")
		}
		items = append(items, app.Elem("li").Body(link))
	}
	return app.Elem("nav").Class("bp-presets").Aria("label", name).Body(app.Elem("ul").Body(items...))
}

// NextLink is a link that looks like a button.
func NextLink(href, text string) app.HTMLA {
	return app.A().Class("ds-button").DataSet("variant", "secondary").Href(href).Body(app.Text(text), IconGo.UI())
}

// Chip is a small button for a ready choice.
func Chip(text string, act Action) app.UI {
	return app.Button().Type("button").Class("bp-chip").Text(text).OnClick(act.handler(), act.key)
}

// PressedChip is a Chip that is on or off.
func PressedChip(text string, on bool, act Action) app.UI {
	return app.Button().Type("button").Class("bp-chip").Aria("pressed", strconv.FormatBool(on)).Text(text).OnClick(act.handler(), act.key)
}

// ListButton is a button in a list of things to add. Note distinguishes things of the same name; does says to
// screen readers what pressing the button does.
func ListButton(id, name, note, does string, act Action) app.UI {
	return app.Button().Type("button").ID(id).Class("bp-offer").OnClick(act.handler(), act.key).Body(
		app.Elem("span").Class("bp-station").Text(name), app.Elem("span").Class("bp-sub").Text(note),
		app.Elem("span").Class("ds-sr-only").Text(", "+does))
}
