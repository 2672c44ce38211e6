package invoice

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/passagelist"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// lines shows the lines with a sum for each toll company. A row opens into why it costs what it does.
func (p *detailsPage) lines(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	heading := app.Elem("h2").ID(linesID).Class("bp-card-title").TabIndex(-1).Text(w.T("invoices.lines"))
	if len(reply.Lines) == 0 {
		return app.Elem("section").Class("bp-card").Aria("labelledby", linesID).Body(heading, app.Elem("p").Text(w.T("invoices.lines.hidden")))
	}
	table := ui.Table{
		Kind: "passages", Caption: w.T("invoices.lines"), Groups: p.groups(reply),
		Columns: []ui.Column{
			{Text: w.T("passages.time")},
			{Text: w.T("passages.station")},
			{Text: w.T("invoices.checked")},
			{Text: w.T("passages.amount"), Number: true},
		},
	}
	return app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", linesID).Body(
		app.Elem("div").Class("bp-card-head").Body(heading), table.UI(),
		app.Elem("p").ID(endID).Class("bp-quiet bp-more").Text(w.T("passages.shown", "shown", w.Number(int64(min(p.shown, len(reply.Lines)))), "count", w.Number(int64(len(reply.Lines))))),
	)
}

// groups returns the rows that are shown, by toll company in the order of their first lines.
func (p *detailsPage) groups(reply *api.InvoiceReply) []ui.Group {
	w := p.Words()
	left := p.shown
	groups := make([]ui.Group, 0, len(reply.Chargers))
	for _, sum := range reply.Chargers {
		g := ui.Group{Title: sum.Name, Note: w.N("invoices.count", sum.Lines, "amount", w.Kroner(sum.Amount))}
		for i := range reply.Lines {
			if string(reply.Lines[i].Charger) != sum.ID || left == 0 {
				continue
			}
			left--
			g.Rows = append(g.Rows, p.row(reply, i))
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// row shows a line.
func (p *detailsPage) row(reply *api.InvoiceReply, i int) ui.Row {
	w, l := p.Words(), &reply.Lines[i]
	expand := &ui.Expand{
		Open:   p.open[i],
		Toggle: ui.On("line/"+strconv.Itoa(i), func(app.Context) { p.open[i] = !p.open[i] }),
		Label: []app.UI{
			app.Elem("span").Class("bp-when").Body(app.Elem("span").Text(w.ShortDay(dayOf(l))), app.Elem("span").Class("bp-sub").Text(w.Clock(l.At))),
			app.Elem("span").Class("ds-sr-only").Text(", " + l.StationName + ", " + w.Kroner(l.Amount)),
		},
	}
	if expand.Open {
		expand.Detail = p.why(reply, i)
	}
	sub := strings.ReplaceAll(l.Plate.String(), " ", "\u00a0")
	if kind := p.kindText(l); kind != "" {
		sub += " · " + kind
	}
	return ui.Row{ID: "line-" + strconv.Itoa(i+1), Expand: expand, Cells: []app.UI{
		nil,
		app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(l.StationName), app.Elem("span").Class("bp-sub").Text(sub)),
		p.verdict(i),
		app.Elem("div").Class("bp-sum").Body(app.Elem("span").Class("bp-amount").Text(w.Kroner(l.Amount))),
	}}
}

// kindText says what a line is for; empty for a passage of a toll station.
func (p *detailsPage) kindText(l *invoice.Line) string {
	if l.Kind == invoice.LinePassage {
		return ""
	}
	return p.Words().T("invoices.kind."+string(l.Kind), "number", l.Corrects)
}

// why explains the amount of a line.
func (p *detailsPage) why(reply *api.InvoiceReply, i int) app.UI {
	w, l := p.Words(), &reply.Lines[i]
	shown := api.PassageLine{
		ID: l.Passage, At: l.At, Station: l.Station, Name: l.StationName, Charger: l.ChargerName, Vehicle: l.Vehicle, Plate: l.Plate, Tag: l.Tag,
		MatchedBy: toll.ByTag, Priced: true, List: l.List, Net: l.Amount, Steps: l.Steps,
	}
	if l.Tag == "" {
		shown.MatchedBy = toll.ByPlate
	}
	receipt := passagelist.Table{Words: w, Wrong: l.Passage != "" && reply.Kind == invoice.KindInvoice && p.May(api.FleetChange.Endpoint), Days: []passagelist.Day{{Of: dayOf(l), Lines: passagesOf(reply)}}}.Receipt(shown)
	switch l.Kind {
	case invoice.LineCorrection:
		receipt.Notes = append(receipt.Notes, w.T("invoices.why.correction", "number", l.Corrects, "now", w.Kroner(sumOf(l))))
	case invoice.LineFare:
		receipt.Notes = append(receipt.Notes, w.T("invoices.why.fare"))
	case invoice.LinePassage:
		if len(l.Steps) == 0 {
			receipt.Notes = append(receipt.Notes, w.T("invoices.why.toll"))
		}
	case invoice.LineTagFee, invoice.LineDeposit, invoice.LinePaperFee, invoice.LineReminder, invoice.LineInterest:
	}
	if c := p.compared(i); c != nil && c.Verdict == invoice.Changed {
		receipt.Notes = append(receipt.Notes, w.T("invoices.line.changed", "amount", w.Kroner(c.Own)))
	}
	return receipt.UI()
}

// sumOf returns what the steps of a line add up to: the price of its passage, of which a correction is only the difference.
func sumOf(l *invoice.Line) (sum money.Ore) {
	for _, s := range l.Steps {
		sum += s.Ore
	}
	return sum
}

// passagesOf returns the passages of an invoice, to which the reasons of others refer.
func passagesOf(reply *api.InvoiceReply) []api.PassageLine {
	list := make([]api.PassageLine, len(reply.Lines))
	for i := range reply.Lines {
		list[i] = api.PassageLine{ID: reply.Lines[i].Passage, At: reply.Lines[i].At, Name: reply.Lines[i].StationName}
	}
	return list
}
