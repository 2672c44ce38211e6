package fleet

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
)

// Limits of a Picker.
const (
	selectMax = 20 // vehicles in a list to choose from; more are searched for
	offersMax = 8  // vehicles that a search shows
)

// Picker is a field that chooses a vehicle: from a list, or from a large fleet by a search. Search is the text searched
// for, which the page keeps; it is empty while the vehicle chosen is shown.
type Picker struct {
	Field   ui.Field
	Words   *i18n.Words
	Options []ui.Option // an option without a value is for all vehicles or none
	Chosen  string
	Search  *string
	Focus   func(id string)
	Choose  func(ctx app.Context, value string)
}

// UI returns the field.
func (p Picker) UI() app.UI {
	if len(p.Options) <= selectMax {
		return p.Field.Select(p.Chosen, p.Options, ui.Change(p.Field.ID, func(ctx app.Context, v string) { p.Choose(ctx, v) }))
	}
	w, chosen := p.Words, ""
	for _, o := range p.Options {
		if o.Value == p.Chosen {
			chosen = o.Text
		}
	}
	if chosen != "" {
		p.Field.Hint = w.T("list.chosen", "vehicle", chosen)
	}
	var offers []app.UI
	found := 0
	for _, o := range p.Options {
		if *p.Search == "" || !(ui.Listing{Search: *p.Search}).Matches(o.Text) {
			continue
		}
		if found++; found <= offersMax {
			offers = append(offers, app.Elem("li").Body(p.offer(o.Value, o.Text)))
		}
	}
	status := ""
	switch {
	case *p.Search == "" && p.Chosen != "" && p.Options[0].Value == "" && p.Options[0].Text != "": // back to all vehicles
		offers = append(offers, app.Elem("li").Body(p.offer("", p.Options[0].Text)))
	case *p.Search != "":
		status = w.N("list.found", found)
	}
	return app.Elem("div").Class("bp-vehicle-picker").Body(
		p.Field.Search(*p.Search, ui.Change(p.Field.ID, func(_ app.Context, v string) { *p.Search = v })),
		app.Elem("p").Role("status").Class("bp-quiet").Text(status),
		app.Elem("ul").Class("bp-offers").Body(offers...),
	)
}

// offer is a button that chooses a vehicle. Focus goes back to the field, which then names it.
func (p Picker) offer(value, text string) app.UI {
	return ui.ListButton(p.Field.ID+"-pick-"+value, text, "", p.Words.T("list.choose"), ui.On(p.Field.ID+"/pick/"+value, func(ctx app.Context) {
		*p.Search = ""
		p.Choose(ctx, value)
		p.Focus(p.Field.ID)
	}))
}
