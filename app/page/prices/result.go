package prices

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// result shows what the trip costs with a tag and without, and why.
func (p *page) result() []app.UI {
	w := p.Words()
	if len(p.trip.Stops) == 0 {
		return []app.UI{ui.Empty(w.T("prices.empty"), w.T("prices.empty.hint"))}
	}
	t := p.Session.Tariffs()
	return []app.UI{
		app.Elem("div").Class("bp-beside").Body(
			p.total("with", w.T("prices.with"), p.with),
			p.total("without", w.T("prices.without"), p.without),
		),
		p.picture(),
		app.If(!p.with.Whole || !p.without.Whole, ui.Alert("warning", "", w.T("prices.gap"))),
		p.table(),
		app.Elem("p").Class("bp-quiet").Text(w.T("prices.note")),
		app.Elem("div").ID("priced").DataSet("took", p.took.String()).DataSet("ready", t.Took.String()).Body(
			app.Elem("p").Class("bp-quiet").Text(w.T("prices.device")),
			ui.Technical(w.T("app.technical"), ui.Facts([]ui.Fact{
				{Name: w.T("check.book"), Value: t.Version}, {Name: w.T("check.took"), Value: frame.Millis(w, p.took)},
			}))),
	}
}

func (p *page) total(id, name string, q trip.Quote) app.UI {
	return app.Elem("div").ID("total-"+id).Class("bp-total-card").Body(
		app.Elem("p").Class("bp-quiet").Text(name),
		app.Elem("p").Class("bp-total-amount").Text(sums(p.Words(), q)),
	)
}

// sums writes a quote's total, one amount for each currency. When any price is unknown, so is the total.
func sums(w *i18n.Words, q trip.Quote) string {
	if !q.Whole {
		return w.T("prices.unknown")
	}
	parts := make([]string, len(q.Sums))
	for i, s := range q.Sums {
		parts[i] = w.Money(s.Net, s.Currency)
	}
	return strings.Join(parts, " + ")
}

// table shows the price of each passage, with an agreement and tag and without, in groups of the way there and
// back.
func (p *page) table() app.UI {
	w := p.Words()
	there, back := ui.Group{Title: w.T("prices.there")}, ui.Group{Title: w.T("prices.home")}
	for i := range p.with.Lines {
		group := &there
		if p.with.Lines[i].Back {
			group = &back
		}
		group.Rows = append(group.Rows, p.row(p.with.Lines[i], p.without.Lines[i]))
	}
	groups := []ui.Group{there}
	if len(back.Rows) > 0 {
		groups = append(groups, back)
	}
	return ui.Table{
		Kind: "prices", Caption: w.T("prices.result"), Groups: groups,
		Columns: []ui.Column{
			{Text: w.T("passages.time")},
			{Text: w.T("passages.station")},
			{Text: w.T("prices.with"), Number: true},
			{Text: w.T("prices.without"), Number: true},
		},
	}.UI()
}

// picture shows the trip as a route when it has more than one station.
func (p *page) picture() app.UI {
	if len(p.with.Lines) < 2 {
		return app.Elem("div").Hidden(true)
	}
	w := p.Words()
	stops := make([]ui.Stop, 0, len(p.with.Lines))
	for _, l := range p.with.Lines {
		name, _ := p.stationName(l.Station)
		stop := ui.Stop{Name: name, Note: w.Clock(l.At), Amount: w.T("prices.unknown")}
		if l.Why == nil {
			stop.Amount = w.Money(l.Net, p.currency(l.Station))
		}
		stops = append(stops, stop)
	}
	return ui.Route(stops)
}

// row returns the row of a passage; an open one has both receipts below it.
func (p *page) row(with, without trip.Line) ui.Row {
	w := p.Words()
	name, scheme := p.stationName(with.Station)
	sub := scheme
	// A trip past midnight has passages of the next day.
	if oslo.DayOf(with.At) != p.trip.Day {
		sub = w.Weekday(oslo.DayOf(with.At)) + " · " + scheme
	}
	x := &ui.Expand{
		Open: p.open[with.ID], Label: []app.UI{app.Elem("span").Text(w.Clock(with.At)), app.Elem("span").Class("ds-sr-only").Text(", " + name + ", " + p.amountText(with))},
		Toggle: ui.On("row/"+string(with.ID), func(app.Context) { p.open[with.ID] = !p.open[with.ID] }),
	}
	if x.Open {
		x.Detail = app.Elem("div").Class("bp-beside").Body(p.receipt(w.T("prices.with"), with), p.receipt(w.T("prices.without"), without))
	}
	return ui.Row{ID: string(with.ID), Expand: x, Cells: []app.UI{
		nil,
		app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(name), app.Elem("span").Class("bp-sub").Text(sub)),
		p.amount(with), p.amount(without),
	}}
}

// amountText returns what a passage costs, in words for screen readers.
func (p *page) amountText(l trip.Line) string {
	if l.Why != nil {
		return p.Words().T("prices.unknown")
	}
	return p.Words().Money(l.Net, p.currency(l.Station))
}

func (p *page) amount(l trip.Line) app.UI {
	if l.Why != nil {
		return ui.Badge("neutral", p.Words().T("prices.unknown"))
	}
	return app.Elem("span").Class("bp-amount").Text(p.Words().Money(l.Net, p.currency(l.Station)))
}

func (p *page) currency(id toll.StationID) string {
	s, _ := p.Session.Tariffs().Plan.Station(id)
	return s.Currency
}

// receipt lists step by step how the list price becomes the charge. The month's counter of passages is left
// out: the trip has not been made.
func (p *page) receipt(name string, l trip.Line) app.UI {
	w := p.Words()
	r := ui.Receipt{Title: name}
	if l.Why != nil {
		r.Notes = []string{p.unpricedReason(l)}
		return r.UI()
	}
	currency := p.currency(l.Station)
	for _, s := range l.Steps {
		if s.Rule == rating.RuleCounted {
			continue
		}
		step := ui.ReceiptLine{Text: w.Step(s, p.findLine), Amount: w.Money(s.Ore, currency)}
		if s.Ore == 0 && s.Rule != rating.RuleList {
			step.Amount = ""
		}
		r.Lines = append(r.Lines, step)
	}
	r.Sum, r.Total = w.T("passages.pay"), w.Money(l.Net, currency)
	if i := slices.IndexFunc(l.Steps, func(s rating.Step) bool { return s.Tariff != "" }); i >= 0 {
		r.Facts = []ui.Fact{{Name: w.T("passages.tariff"), Value: w.Tariff(l.Steps[i].Tariff)}}
	}
	return r.UI()
}

// unpricedReason says what is missing for a price: the vehicle's length on a ferry, otherwise a tariff.
func (p *page) unpricedReason(l trip.Line) string {
	w := p.Words()
	if p.trip.LengthMM == 0 && p.isFerry(l.Station) {
		return w.T("prices.length.missing")
	}
	name, _ := p.stationName(l.Station)
	return w.T("prices.missing", "name", name, "date", w.Day(oslo.DayOf(l.At)))
}

// findLine looks up the line that a step refers to.
func (p *page) findLine(id toll.PassageID) (station string, at time.Time, ok bool) {
	for _, l := range p.with.Lines {
		if l.ID == id {
			name, _ := p.stationName(l.Station)
			return name, l.At, true
		}
	}
	return "", time.Time{}, false
}
