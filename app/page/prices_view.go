package page

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// result is what the trip costs, with a tag and without, and why.
func (p *prices) result() []app.UI {
	w := p.f.words()
	if len(p.trip.Stops) == 0 {
		return []app.UI{ui.Empty(w.T("prices.empty"), w.T("prices.empty.hint"))}
	}
	t := p.f.s.Tariffs()
	return []app.UI{
		app.Elem("div").Class("bp-beside").Body(
			p.total("with", w.T("prices.with"), p.with),
			p.total("without", w.T("prices.without"), p.without),
		),
		p.route(),
		app.If(!p.with.Whole || !p.without.Whole, ui.Alert("warning", "", w.T("prices.gap"))),
		p.table(),
		app.Elem("p").Class("bp-quiet").Text(w.T("prices.note")),
		app.Elem("p").Class("bp-quiet").ID("priced").DataSet("took", p.took.String()).DataSet("ready", t.Took.String()).
			Text(w.T("prices.device", "time", millis(w, p.took), "version", t.Version)),
	}
}

func (p *prices) total(id, name string, q trip.Quote) app.UI {
	return app.Elem("div").ID("total-"+id).Class("bp-total-card").Body(
		app.Elem("p").Class("bp-quiet").Text(name),
		app.Elem("p").Class("bp-total-amount").Text(sums(p.f.words(), q)),
	)
}

// sums writes a quote's total, one amount for each currency. While any price is not known, neither is
// the total.
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

func (p *prices) table() app.UI {
	w := p.f.words()
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

// route is the trip as a picture, once there is more than one station to it.
func (p *prices) route() app.UI {
	if len(p.with.Lines) < 2 {
		return app.Elem("div").Hidden(true)
	}
	w := p.f.words()
	stops := make([]ui.Stop, 0, len(p.with.Lines))
	for _, l := range p.with.Lines {
		name, _ := p.place(l.Station)
		stop := ui.Stop{Name: name, Note: w.Clock(l.At), Amount: w.T("prices.unknown")}
		if l.Why == nil {
			stop.Amount = w.Money(l.Net, p.currency(l.Station))
		}
		stops = append(stops, stop)
	}
	return ui.Route(stops)
}

func (p *prices) row(with, without trip.Line) ui.Row {
	w := p.f.words()
	name, scheme := p.place(with.Station)
	sub := scheme
	if oslo.DayOf(with.At) != p.trip.Day {
		sub = w.Weekday(oslo.DayOf(with.At)) + " · " + scheme
	}
	x := &ui.Expand{
		Open: p.open[with.ID], Label: []app.UI{app.Elem("span").Text(w.Clock(with.At))},
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

func (p *prices) amount(l trip.Line) app.UI {
	if l.Why != nil {
		return ui.Badge("neutral", p.f.words().T("prices.unknown"))
	}
	return app.Elem("span").Class("bp-amount").Text(p.f.words().Money(l.Net, p.currency(l.Station)))
}

func (p *prices) currency(id toll.StationID) string {
	s, _ := p.f.s.Tariffs().Plan.Station(id)
	return s.Currency
}

// receipt says step by step how the list price becomes the charge. The counter of a month says nothing
// of a trip that is not made.
func (p *prices) receipt(name string, l trip.Line) app.UI {
	w := p.f.words()
	r := ui.Receipt{Title: name}
	if l.Why != nil {
		r.Notes = []string{p.why(l)}
		return r.UI()
	}
	currency := p.currency(l.Station)
	for _, s := range l.Steps {
		if s.Rule == rating.RuleCounted {
			continue
		}
		step := ui.ReceiptLine{Text: w.Step(s, p.found), Amount: w.Money(s.Ore, currency)}
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

// why says what is missing; a ferry that asks for a length says that.
func (p *prices) why(l trip.Line) string {
	w := p.f.words()
	if p.trip.LengthMM == 0 && p.ferry(l.Station) {
		return w.T("prices.length.missing")
	}
	name, _ := p.place(l.Station)
	return w.T("prices.missing", "name", name, "date", w.Day(oslo.DayOf(l.At)))
}

func (p *prices) found(id toll.PassageID) (station string, at time.Time, ok bool) {
	for _, l := range p.with.Lines {
		if l.ID == id {
			name, _ := p.place(l.Station)
			return name, l.At, true
		}
	}
	return "", time.Time{}, false
}
