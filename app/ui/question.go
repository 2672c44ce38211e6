package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// ErrorSummaryID is the id of the list of what is wrong with a form, for moving focus to it.
const ErrorSummaryID = "mistakes"

// FormError is what is wrong with one field, in the words that stand beside it.
type FormError struct{ Field, Text string }

// ErrorSummary is the list above the button that sends, even for one: each leads to its field. Focus moves
// to it when the form is refused, portal.md C2. Nothing is shown when there is none.
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

// Radios is a question with one answer among a few.
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

// File is a field for files of the person's own. Kinds is the browser's accept list; what may be sent is
// decided elsewhere. Chosen says what has been chosen, empty before.
func (f Field) File(kinds, chosen string, change Action) app.UI {
	input := app.Input().ID(f.ID).Name(f.ID).Type("file").Class("ds-input").Accept(kinds).OnChange(change.handler(), change.key)
	return f.wrap(app.Elem("div").Class("bp-file").Body(mark(f, input), app.If(chosen != "", app.Elem("p").Role("status").Text(chosen))))
}

// Answer is what a person has answered, and the way back to change it.
type Answer struct{ Question, Text, Href string }

// Answers is the summary to check before a step that binds. Change is the link's word; readers hear the
// question with it.
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
