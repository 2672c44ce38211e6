package page

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// The ids of the fields that can be wrong.
const (
	stationField = "station"
	dayField     = "day"
	backField    = "back"
)

// timeFields are the ids of the fields for when the stations are passed.
func (p *prices) timeFields() []string {
	ids := []string{dayField, backField}
	for i := range p.trip.Stops {
		ids = append(ids, "at-"+strconv.Itoa(i))
	}
	return ids
}

// choice is everything that the price depends on.
func (p *prices) choice() app.UI {
	w := p.f.words()
	return app.Elem("div").Class("bp-choose bp-stack").Body(
		app.Elem("section").Class("bp-stack").Aria("labelledby", "stations").Body(
			ui.Heading("stations", w.T("prices.stations")),
			p.searching(),
			app.If(len(p.trip.Stops) > 0, p.stops()),
		),
		app.Elem("section").Class("bp-stack").Aria("labelledby", "trip").Body(
			ui.Heading("trip", w.T("prices.trip")),
			ui.Form(w.T("prices.trip"), ui.Submit("trip", func(app.Context) {}), p.fields()...),
			p.f.mistakes(p.refused, p.timeFields()...),
		),
	)
}

func (p *prices) searching() app.UI {
	w := p.f.words()
	found, more := p.find()
	rows := make([]app.UI, 0, len(found))
	for _, s := range found {
		rows = append(rows, app.Elem("li").Body(p.offer(s)))
	}
	status := ""
	if p.query != "" {
		status = w.N("prices.found", len(found)+more)
		if more > 0 {
			status += " " + w.T("prices.narrow")
		}
	}
	return app.Elem("div").Class("bp-search").Body(
		ui.Form(w.T("prices.search"), ui.Submit("search", p.search),
			p.f.blamed(p.refused, ui.Field{ID: stationField, Label: w.T("prices.search"), Hint: w.T("prices.search.hint")}).Search(p.query,
				ui.Change(stationField, func(_ app.Context, v string) { p.query = v })),
			p.f.mistakes(p.refused, stationField),
			ui.Send(w.T("prices.search.do")),
		),
		app.If(p.query == "" && len(p.trip.Stops) == 0, p.schemes()),
		app.Elem("p").Role("status").Class("bp-quiet").Text(status),
		app.Elem("ul").Class("bp-offers").Body(rows...),
	)
}

// schemes are ready searches.
func (p *prices) schemes() app.UI {
	chips := []app.UI{}
	for _, s := range p.f.s.Tariffs().Book.Schemes {
		chips = append(chips, app.Elem("li").Body(ui.Chip(s.Name, ui.On("scheme/"+string(s.ID), func(app.Context) { p.query = s.Name }))))
	}
	return app.Elem("nav").Class("bp-presets").Aria("label", p.f.words().T("prices.schemes")).Body(app.Elem("ul").Body(chips...))
}

func (p *prices) offer(s tariff.Station) app.UI {
	scheme := schemeName(p.f.s.Tariffs().Book, s.Scheme)
	return ui.Offer("add-"+string(s.ID), s.Name, scheme+" · "+s.ChargerName, p.f.words().T("prices.add"),
		ui.On("add/"+string(s.ID), func(ctx app.Context) {
			p.add(s.ID)
			ctx.Defer(func(app.Context) { p.f.s.Window.Focus(stationField) })
		}))
}

// stops are the stations chosen, each with the time it is passed.
func (p *prices) stops() app.UI {
	w := p.f.words()
	rows := make([]app.UI, 0, len(p.trip.Stops))
	for i, stop := range p.trip.Stops {
		name, scheme := p.place(stop.Station)
		key, field := strconv.Itoa(i)+"/"+string(stop.Station), "at-"+strconv.Itoa(i)
		rows = append(rows, app.Elem("li").Class("bp-stop").Body(
			app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(name), app.Elem("span").Class("bp-sub").Text(scheme)),
			p.f.blamed(p.refused, ui.Field{ID: field, Label: w.T("prices.at", "name", name)}).Clock(clock(stop.Minute), ui.Change("at/"+key, func(_ app.Context, v string) {
				minute, ok := parseClock(v)
				p.keep(field, ok, func(t *trip.Trip) { t.Stops[i].Minute = minute })
			})),
			ui.Button("tertiary", w.T("prices.remove"), ui.On("remove/"+key, func(app.Context) { p.remove(i) })).Aria("label", w.T("prices.remove.name", "name", name)),
		))
	}
	return app.Elem("ol").Class("bp-stops").Body(rows...)
}

func (p *prices) place(id toll.StationID) (name, scheme string) {
	t := p.f.s.Tariffs()
	s, ok := t.Plan.Station(id)
	if !ok {
		return string(id), ""
	}
	return s.Name, schemeName(t.Book, s.Scheme)
}

// fields are the date, the vehicle and the way.
func (p *prices) fields() []app.UI {
	w := p.f.words()
	change := func(key string, do func(t *trip.Trip, v string)) ui.Act {
		return ui.Change(key, func(_ app.Context, v string) { p.change(func(t *trip.Trip) { do(t, v) }) })
	}
	both := ""
	if p.trip.Return {
		both = "both"
	}
	fields := []app.UI{
		ui.Field{ID: "class", Label: w.T("prices.class")}.Select(p.trip.Class.String(), classOptions(w), change("class", func(t *trip.Trip, v string) {
			t.Class, _ = toll.ParseClass(v)
		})),
		p.f.blamed(p.refused, ui.Field{ID: dayField, Label: w.T("prices.day")}).Day(p.trip.Day.String(), ui.Change(dayField, func(_ app.Context, v string) {
			day, err := oslo.ParseDay(v)
			p.keep(dayField, err == nil, func(t *trip.Trip) { t.Day = day })
		})),
		ui.Field{ID: "way", Label: w.T("prices.way")}.Select(string(p.trip.Way), []ui.Option{
			{Value: string(toll.Inbound), Text: w.T("prices.way.in")}, {Value: string(toll.Outbound), Text: w.T("prices.way.out")},
		}, change("way", func(t *trip.Trip, v string) { t.Way = toll.Direction(v) })),
		ui.Field{ID: "both", Label: w.T("prices.return")}.Select(both, []ui.Option{
			{Text: w.T("prices.return.no")}, {Value: "both", Text: w.T("prices.return.yes")},
		}, change("both", func(t *trip.Trip, v string) { t.Return = v != "" })),
	}
	if p.trip.Return {
		fields = append(fields, p.f.blamed(p.refused, ui.Field{ID: backField, Label: w.T("prices.back")}).Clock(clock(p.trip.Back), ui.Change(backField, func(_ app.Context, v string) {
			minute, ok := parseClock(v)
			p.keep(backField, ok, func(t *trip.Trip) { t.Back = minute })
		})))
	}
	if slices.ContainsFunc(p.trip.Stops, func(s trip.Stop) bool { return p.ferry(s.Station) }) {
		fields = append(fields, ui.Field{ID: "length", Label: w.T("prices.length")}.Select(strconv.Itoa(p.trip.LengthMM), lengthOptions(w),
			change("length", func(t *trip.Trip, v string) { t.LengthMM, _ = strconv.Atoi(v) })))
	}
	return fields
}

func classOptions(w *i18n.Words) (options []ui.Option) {
	for c := range toll.Class(toll.ClassCount) {
		options = append(options, ui.Option{Value: c.String(), Text: i18n.Sentence(w.Class(c.String()))})
	}
	return options
}

// lengthOptions are whole metres up to the longest vehicle.
func lengthOptions(w *i18n.Words) []ui.Option {
	options := []ui.Option{{Value: "0", Text: w.T("prices.length.choose")}}
	for _, mm := range []int{5_000, 6_000, 8_000, 10_000, 12_000, 14_000, 17_500, 19_500, 22_000} {
		options = append(options, ui.Option{Value: strconv.Itoa(mm), Text: w.T("prices.length.to", "metres", w.Decimal(int64(mm/100), 1))})
	}
	return options
}
