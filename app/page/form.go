package page

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/fault"
)

// forms is what the frame knows of a page's forms: which are begun, what a person is being asked, and
// what has just been done.
type forms struct {
	begun    map[string]bool // by name: something was changed and not sent
	question *question       // the last one; it stays, since a dialog may tell late that it was closed
	asking   bool
	toast    *toast
	later    bool // the new version may wait until the next page
}

// question is what a person is asked before something that cannot be undone.
type question struct {
	title, text, yes string
	do               func(app.Context)
}

// toast is a word about what has just been done, and the way to undo it where there is one.
type toast struct {
	text string
	undo func(app.Context)
}

// confirmID is the one dialog of a page.
const confirmID = "confirm"

// touched takes down that a form is begun.
func (f *forms) touched() ui.Act {
	return ui.Touch("touched", func(_ app.Context, form string) { f.begin(form) })
}

func (f *forms) begin(form string) {
	if f.begun == nil {
		f.begun = map[string]bool{}
	}
	f.begun[form] = true
}

// settle takes down that forms were sent; without names, all of them.
func (f *forms) settle(names ...string) {
	if len(names) == 0 {
		f.begun = nil
	}
	for _, name := range names {
		delete(f.begun, name)
	}
}

// busy tells whether the person is in the middle of something.
func (f *forms) busy() bool { return len(f.begun) > 0 || f.asking }

// confirm asks before something that cannot be undone.
func (f *forms) confirm(ctx app.Context, q question) {
	f.question, f.asking = &q, true
	ctx.Defer(func(app.Context) { ui.Ask(confirmID) })
}

// done says that something was done.
func (f *forms) done(text string) { f.toast = &toast{text: text} }

// undoable says that something was done, and offers to undo it.
func (f *forms) undoable(text string, undo func(app.Context)) { f.toast = &toast{text, undo} }

// undo undoes what was done last.
func (f *forms) undo(ctx app.Context) {
	t := f.toast
	f.toast = nil
	t.undo(ctx)
}

// dialog is the page's dialog. It is always there and mostly closed: focus returns to where it was only
// if nothing around it moves.
func (f *frame) dialog() app.UI {
	d := ui.Dialog{
		ID: confirmID, No: f.words().T("app.keep"), Danger: true,
		Closed: ui.On("closed", func(app.Context) { f.asking = false }),
	}
	if q := f.question; q != nil {
		d.Title, d.Text, d.Yes, d.Do = q.title, q.text, q.yes, ui.On("yes/"+q.title+q.text, q.do)
	}
	return d.UI()
}

// toasts are the words at the edge of the screen: that a new version is ready, unless the person is in
// the middle of something, and what has just been done.
func (f *frame) toasts() []ui.Toast {
	w := f.words()
	var list []ui.Toast
	if f.s.Outdated() && !f.busy() && !f.later {
		list = append(list, ui.Toast{
			ID: "update", Text: w.T("app.outdated"), Do: w.T("app.update"), Act: ui.On("outdated", func(app.Context) { f.s.Window.Update() }),
			Close: w.T("app.later"), Closed: ui.On("later", func(app.Context) {
				f.later = true
				f.back()
			}),
		})
	}
	if t := f.toast; t != nil {
		shown := ui.Toast{ID: "toast", Text: t.text, Close: w.T("app.close"), Closed: ui.On("toast", func(app.Context) {
			f.toast = nil
			f.back()
		})}
		if t.undo != nil {
			shown.Do, shown.Act = w.T("app.undo"), ui.On("undo/"+t.text, func(ctx app.Context) {
				f.undo(ctx)
				f.back()
			})
		}
		list = append(list, shown)
	}
	return list
}

// back moves focus to the heading when the control that has it goes. It does so at once: go-app drops
// what a control that is gone has deferred.
func (f *frame) back() { f.s.Window.Focus(ui.TitleID) }

// blamed is a field with what was said of it, if it is the one that was refused.
func (f *frame) blamed(refused *fault.Error, field ui.Field) ui.Field {
	if refused != nil && refused.Field == field.ID {
		field.Wrong = f.words().Fault(refused)
	}
	return field
}

// mistakes is the summary of the form that holds the fields, if one of them was refused.
func (f *frame) mistakes(refused *fault.Error, fields ...string) app.UI {
	var list []ui.Mistake
	if refused != nil && slices.Contains(fields, refused.Field) {
		list = append(list, ui.Mistake{Field: refused.Field, Text: f.words().Fault(refused)})
	}
	return ui.Mistakes(f.words().T("app.mistakes"), list)
}

// refusal says what was refused when none of the page's fields is to blame.
func (f *frame) refusal(refused *fault.Error, fields ...string) app.UI {
	if refused == nil || slices.Contains(fields, refused.Field) {
		return app.Elem("div").Hidden(true)
	}
	return app.Elem("div").ID(ui.MistakesID).TabIndex(-1).Body(ui.Alert("danger", "", f.words().Fault(refused)))
}

// blame moves focus to what says why a form was refused, and says so in the page's name.
func (f *frame) blame(ctx app.Context, title string) {
	f.name(f.words().T("app.error.prefix", "title", title))
	ctx.Defer(func(app.Context) { f.s.Window.Focus(ui.MistakesID) })
}
