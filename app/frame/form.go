package frame

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/fault"
)

// forms is the state of a page's forms, of its dialog and of its toast.
type forms struct {
	dirty        map[string]bool // by name of the form: changed and not sent
	confirmation *Confirmation   // the latest; it is kept, because a dialog can report late that it was closed
	confirming   bool            // the dialog is open
	toast        *toast
	updateLater  bool // the offer of the new version was closed until the next page
}

// Confirmation is a question that is answered before something happens that cannot be undone.
type Confirmation struct {
	Title, Text, Yes string
	Do               func(app.Context)
}

// toast says what has just been done, and offers to undo it where that is possible.
type toast struct {
	text string
	undo func(app.Context)
}

// confirmID is the id of the page's dialog.
const confirmID = "confirm"

// formChanged is the action of changing anything in a form.
func (f *forms) formChanged() ui.Action {
	return ui.Touch("touched", func(_ app.Context, form string) { f.MarkDirty(form) })
}

// MarkDirty notes that a form was changed and not sent.
func (f *forms) MarkDirty(form string) {
	if f.dirty == nil {
		f.dirty = map[string]bool{}
	}
	f.dirty[form] = true
}

// MarkClean notes that forms were sent or left; without names, all of them.
func (f *forms) MarkClean(names ...string) {
	if len(names) == 0 {
		f.dirty = nil
	}
	for _, name := range names {
		delete(f.dirty, name)
	}
}

// MarkClean notes that forms were sent or left, see forms.MarkClean. What was typed in those that are named is no longer
// kept in the tab.
func (p *Page) MarkClean(names ...string) {
	p.forms.MarkClean(names...)
	for _, name := range names {
		p.Session.Window.ForgetTyped(name)
	}
}

// Dirty reports whether a form was changed and not sent.
func (f *forms) Dirty(form string) bool { return f.dirty[form] }

// busy reports whether the person is in the middle of something.
func (f *forms) busy() bool { return len(f.dirty) > 0 || f.confirming }

// Confirm opens the dialog with a question.
func (f *forms) Confirm(ctx app.Context, c Confirmation) {
	f.confirmation, f.confirming = &c, true
	ctx.Defer(func(app.Context) { ui.OpenDialog(confirmID) })
}

// Answer does what the dialog asked about.
func (f *forms) Answer(ctx app.Context) { f.confirmation.Do(ctx) }

// Toast says that something was done.
func (f *forms) Toast(text string) { f.toast = &toast{text: text} }

// ToastWithUndo says that something was done and offers to undo it.
func (f *forms) ToastWithUndo(text string, undo func(app.Context)) { f.toast = &toast{text, undo} }

// Undo undoes what the toast says was done.
func (f *forms) Undo(ctx app.Context) {
	t := f.toast
	f.toast = nil
	t.undo(ctx)
}

// dialog returns the page's dialog. It is always on the page, mostly closed: focus returns to where it was
// only when nothing around the dialog moves.
func (p *Page) dialog() app.UI {
	d := ui.Dialog{
		ID: confirmID, No: p.Words().T("app.keep"), Danger: true,
		OnClose: ui.On("closed", func(app.Context) { p.confirming = false }),
	}
	if c := p.confirmation; c != nil {
		d.Title, d.Text, d.Yes, d.OnYes = c.Title, c.Text, c.Yes, ui.On("yes/"+c.Title+c.Text, p.Answer)
	}
	return d.UI()
}

// toasts returns the messages at the edge of the screen: that a new version is ready, unless the person
// is in the middle of something, and what has just been done.
func (p *Page) toasts() []ui.Toast {
	w := p.Words()
	var list []ui.Toast
	if p.Session.Outdated() && !p.busy() && !p.updateLater {
		list = append(list, ui.Toast{
			ID: "update", Text: w.T("app.outdated"), ActionText: w.T("app.update"),
			Action: ui.On("outdated", func(app.Context) { p.Session.Window.ApplyUpdate() }),
			Close:  w.T("app.later"), OnClose: ui.On("later", func(app.Context) {
				p.updateLater = true
				p.FocusTitle()
			}),
		})
	}
	if t := p.toast; t != nil {
		shown := ui.Toast{ID: "toast", Text: t.text, Close: w.T("app.close"), OnClose: ui.On("toast", func(app.Context) {
			p.toast = nil
			p.FocusTitle()
		})}
		if t.undo != nil {
			shown.ActionText, shown.Action = w.T("app.undo"), ui.On("undo/"+t.text, func(ctx app.Context) {
				p.Undo(ctx)
				p.FocusTitle()
			})
		}
		list = append(list, shown)
	}
	return list
}

// FocusTitle moves focus to the heading when the control that has it is about to go. It does so at once:
// go-app drops the deferred actions of a control that has been removed.
func (p *Page) FocusTitle() { p.Session.Window.Focus(ui.TitleID) }

// WithError returns a field with its error, if it is the field that was refused.
func (p *Page) WithError(refused *fault.Error, field ui.Field) ui.Field {
	if about := refused.About(field.ID); about != nil {
		field.Error = p.Words().Fault(about)
	}
	return field
}

// ErrorSummary returns the summary of the errors of a form with these fields.
func (p *Page) ErrorSummary(refused *fault.Error, fields ...string) app.UI {
	var list []ui.FormError
	for _, one := range refused.All() {
		if slices.Contains(fields, one.Field) {
			list = append(list, ui.FormError{Field: one.Field, Text: p.Words().Fault(one)})
		}
	}
	return ui.ErrorSummary(p.Words().T("app.mistakes"), list)
}

// OtherError shows an error that is not about any of the page's fields.
func (p *Page) OtherError(refused *fault.Error, fields ...string) app.UI {
	if refused == nil || slices.Contains(fields, refused.Field) {
		return app.Elem("div").Hidden(true)
	}
	return app.Elem("div").ID(ui.ErrorSummaryID).TabIndex(-1).Body(ui.Alert("danger", "", p.Words().Fault(refused)))
}

// FocusErrors moves focus to the summary of a form's errors and puts the word for an error before the title.
func (p *Page) FocusErrors(ctx app.Context, title string) {
	p.SetTitle(p.Words().T("app.error.prefix", "title", title))
	ctx.Defer(func(app.Context) { p.Session.Window.Focus(ui.ErrorSummaryID) })
}
