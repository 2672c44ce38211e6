package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Receipt is lines that lead to a sum, as on a till receipt.
type Receipt struct {
	Title string
	Lines []ReceiptLine
	Sum   string // what the sum is called
	Total string
	Facts []Fact
	Notes []string
}

// ReceiptLine is one step; Amount may be empty when the step only tells something.
type ReceiptLine struct{ Text, Amount string }

// Fact is a name and its value below the sum.
type Fact struct{ Name, Value string }

// UI is the receipt.
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

// Entry is one line of a list of things that are not amounts: a name, what is to be known of it, and
// what can be done about it, nil for nothing.
func Entry(name string, notes []string, end app.UI) app.UI {
	text := []app.UI{app.Elem("p").Class("bp-entry-name").Text(name)}
	for _, note := range notes {
		text = append(text, app.Elem("p").Class("bp-quiet").Text(note))
	}
	return app.Elem("div").Class("bp-entry").Body(app.Elem("div").Body(text...), app.If(end != nil, end))
}
