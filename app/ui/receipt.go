package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Receipt lists amounts and their sum.
type Receipt struct {
	Title string
	Lines []ReceiptLine
	Sum   string // the name of the sum
	Total string
	Facts []Fact
	Notes []string
	Link  ReceiptLink // where to go on; empty for none
}

// ReceiptLink is a link of a receipt.
type ReceiptLink struct{ Text, Href string }

// ReceiptLine is a line of a receipt; Amount may be empty.
type ReceiptLine struct{ Text, Amount string }

// Fact is a name with a value.
type Fact struct{ Name, Value string }

// UI returns the receipt.
func (r Receipt) UI() app.UI {
	lines := make([]app.UI, 0, len(r.Lines))
	for _, l := range r.Lines {
		lines = append(lines, app.Elem("li").Body(app.Elem("span").Text(l.Text), app.Elem("span").Class("bp-amount").Text(l.Amount)))
	}
	notes := make([]app.UI, 0, len(r.Notes))
	for _, n := range r.Notes {
		notes = append(notes, app.Elem("p").Class("bp-receipt-note").Text(n))
	}
	return app.Elem("div").Class("bp-receipt").Body(
		app.Elem("h3").Class("bp-receipt-title").Text(r.Title),
		app.Elem("div").Class("bp-receipt-notes").Body(notes...),
		app.If(len(lines) > 0, app.Elem("ol").Class("bp-receipt-lines").Body(lines...)),
		app.If(r.Total != "", app.Elem("p").Class("bp-receipt-sum").Body(
			app.Elem("span").Text(r.Sum), app.Elem("span").Class("bp-amount").Text(r.Total))),
		Facts(r.Facts),
		app.If(r.Link.Href != "", app.Elem("p").Body(app.A().Class("ds-link").Href(r.Link.Href).Text(r.Link.Text))),
	)
}

// Facts is a short list of names and values.
func Facts(facts []Fact) app.UI {
	rows := make([]app.UI, 0, len(facts))
	for _, f := range facts {
		rows = append(rows, app.Elem("div").Body(app.Elem("dt").Text(f.Name), app.Elem("dd").Text(f.Value)))
	}
	return app.Elem("dl").Class("bp-facts").Body(rows...)
}

// Entry is an entry of a list: a name, notes about it, and a control or badge at the end, which may be nil.
func Entry(name string, notes []string, end app.UI) app.UI {
	text := []app.UI{app.Elem("p").Class("bp-entry-name").Text(name)}
	for _, note := range notes {
		text = append(text, app.Elem("p").Class("bp-quiet").Text(note))
	}
	return app.Elem("div").Class("bp-entry").Body(app.Elem("div").Body(text...), app.If(end != nil, end))
}
