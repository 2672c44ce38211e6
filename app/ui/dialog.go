package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Dialog is a modal question. It is the browser's dialog element: Escape closes it, and focus stays inside and
// returns to where it was. Closing it changes nothing.
type Dialog struct {
	ID, Title, Text string
	Yes, No         string
	Danger          bool   // Yes deletes or ends something
	OnYes           Action // when Yes is pressed
	OnClose         Action // whenever it closes, by Escape too
	More            []app.UI
	Open            bool // shown in the page's flow, for the workbench
}

// UI returns the dialog, closed until OpenDialog is called.
func (d Dialog) UI() app.UI {
	yes := Button("primary", d.Yes, Action{d.OnYes.key, func(ctx app.Context, e app.Event) {
		closeDialog(d.ID)
		if d.OnYes.do != nil {
			d.OnYes.do(ctx, e)
		}
	}})
	if d.Danger {
		yes = yes.DataSet("color", "danger")
	}
	body := append([]app.UI{app.Elem("h2").ID(d.ID+"-title").Class("ds-heading").DataSet("size", "sm").Text(d.Title), app.Elem("p").ID(d.ID + "-text").Text(d.Text)}, d.More...)
	body = append(body, app.Elem("div").Class("bp-buttons").Body(
		// The focus is on the button that changes nothing.
		yes.ID(d.ID+"-yes"), Button("secondary", d.No, On("close/"+d.ID, func(app.Context) { closeDialog(d.ID) })).ID(d.ID+"-no").AutoFocus(true)))
	dialog := app.Elem("dialog").ID(d.ID).Class("ds-dialog bp-dialog").Aria("labelledby", d.ID+"-title").Aria("describedby", d.ID+"-text")
	if d.OnClose.do != nil {
		dialog = dialog.On("close", d.OnClose.handler(), d.OnClose.key)
	}
	if d.Open {
		dialog = dialog.Attr("open", true)
	}
	return dialog.Body(body...)
}

// OpenDialog opens a dialog that is on the page.
func OpenDialog(id string) {
	if dialog := app.Window().GetElementByID(id); dialog.Truthy() && !dialog.Get("open").Bool() {
		dialog.Call("showModal")
	}
}

func closeDialog(id string) {
	if dialog := app.Window().GetElementByID(id); dialog.Truthy() {
		dialog.Call("close")
	}
}
