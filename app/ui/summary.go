package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// ErrorSummaryID is the id of a form's error summary, for moving focus to it.
const ErrorSummaryID = "mistakes"

// FormError is the error of one field, with the same text as beside the field.
type FormError struct{ Field, Text string }

// ErrorSummary lists the errors of a form above its button, each with a link to its field. Focus moves to it
// when the form is refused. It is hidden when there are no errors.
func ErrorSummary(title string, list []FormError) app.UI {
	if len(list) == 0 {
		return app.Elem("div").Hidden(true)
	}
	items := make([]app.UI, 0, len(list))
	for _, m := range list {
		items = append(items, app.Elem("li").Body(app.A().Class("ds-link").Href("#"+m.Field).Text(m.Text)))
	}
	return app.Elem("div").ID(ErrorSummaryID).Class("ds-error-summary").TabIndex(-1).Aria("labelledby", ErrorSummaryID+"-title").Body(
		app.Elem("h2").ID(ErrorSummaryID+"-title").Class("ds-heading").Text(title),
		app.Elem("ul").Class("ds-list").Body(items...),
	)
}

// Radios is a group of radio buttons.
func (f Field) Radios(value string, options []Option, change func(ctx app.Context, value string)) app.UI {
	choices := make([]app.UI, 0, len(options))
	for _, o := range options {
		act := Change(f.ID+"/"+o.Value, func(ctx app.Context, _ string) { change(ctx, o.Value) })
		id := f.ID + "-" + o.Value
		input := app.Input().ID(id).Name(f.ID).Type("radio").Class("ds-input").Value(o.Value).OnChange(act.handler(), act.key)
		if o.Value == value {
			input = input.Checked(true)
		}
		choices = append(choices, app.Elem("div").Class("ds-field").Body(
			input,
			app.Label().Class("ds-label").For(id).Text(o.Text)))
	}
	set := app.Elem("fieldset").ID(f.ID).Class("ds-fieldset bp-radios")
	if by := f.described(); by != "" {
		set = set.Aria("describedby", by)
	}
	return set.Body(
		app.Elem("legend").Class("ds-label").Text(f.Label),
		app.If(f.Hint != "", app.Elem("p").ID(f.ID+"-hint").Class("bp-quiet").Text(f.Hint)),
		app.Elem("div").Class("bp-choices").Body(choices...),
		app.If(f.Error != "", FieldError(f.ID+"-wrong", f.Error)),
	)
}

// File is a field for files. Kinds is the browser's accept list, which does not limit what can be sent. Chosen
// describes the file chosen, empty before.
func (f Field) File(kinds, chosen string, change Action) app.UI {
	input := app.Input().ID(f.ID).Name(f.ID).Type("file").Class("ds-input").Accept(kinds).OnChange(change.handler(), change.key)
	return f.wrap(app.Elem("div").Class("bp-file").Body(mark(f, input), app.If(chosen != "", app.Elem("p").Role("status").Text(chosen))))
}

// Answer is a question with the answer given and the address where it can be changed.
type Answer struct{ Question, Text, Href string }

// Answers lists answers to check before a binding step. Change is the text of the links; screen readers read
// the question after it.
func Answers(change string, answers []Answer) app.UI {
	rows := make([]app.UI, 0, len(answers))
	for _, a := range answers {
		rows = append(rows, app.Elem("div").Body(
			app.Elem("dt").Text(a.Question), app.Elem("dd").Text(a.Text),
			app.Elem("dd").Class("bp-change").Body(app.If(a.Href != "", app.A().Class("ds-link").Href(a.Href).Body(
				app.Text(change), app.Elem("span").Class("ds-sr-only").Text(" "+a.Question))))))
	}
	return app.Elem("dl").Class("bp-answers").Body(rows...)
}
